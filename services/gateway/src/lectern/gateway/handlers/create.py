"""Requesting a new video."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.options import BUNDLED, MUSIC, NO_MUSIC, Brief, VideoOptions
from lectern.gateway.schemas import SentDocument, VideoRequest, VideoRequestOptions
from lectern.gateway.schemas.brands import keep_brand
from lectern.language.tags import leading_language


def create(request: VideoRequest, video_id: str, owner: str = "") -> e.VideoRequested:
    """The first event of a new video. Its document's text belongs under `keys.document`."""
    document = request.document
    brief = Brief(
        topic=request.topic or "",
        document_key=keys.document(video_id) if document else "",
        audience=request.audience,
        target_seconds=request.target_seconds,
        scenes=request.scenes,
        tone=request.tone,
        style=request.style,
        search=request.search,
        assets=asset_keys(document),
    )
    return e.VideoRequested(
        video_id=video_id,
        owner=owner,
        lane=request.lane,
        brief=brief,
        options=_fill_in_defaults(request.options),
        title=request.title,
        metadata=request.metadata,
        external_id=request.external_id,
    )


def asset_keys(document: SentDocument | None) -> dict[str, str]:
    """Object keys of the images a document names, by the names it gives them."""
    return {name: keys.asset(sha256) for name, sha256 in document.assets.items()} if document else {}


def _fill_in_defaults(options: VideoRequestOptions) -> VideoOptions:
    """A voice speaks its locale's language; without either, the script's language decides."""
    defaults = VideoOptions()
    language = options.language or leading_language(options.voice or "") or defaults.language
    return VideoOptions(
        quality=options.quality,
        aspect=options.aspect,
        voice=options.voice or defaults.voice,
        speaking_rate=options.speaking_rate,
        language=language,
        captions=options.captions,
        theme=options.theme,
        review=options.review,
        critique=options.critique,
        burn_captions=options.burn_captions,
        music_key=find_music_key(options.music),
        sounds=options.sounds,
        max_cost_usd=options.max_cost_usd,
        brand=keep_brand(options.brand),
        cards=options.cards,
    )


def find_music_key(music: str | None) -> str:
    """The key of a track by its name or id; "" for none."""
    if music in (None, NO_MUSIC):
        return ""
    return f"{BUNDLED}{music}" if music in MUSIC else keys.asset(music)
