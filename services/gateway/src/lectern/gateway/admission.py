"""Checks of a request against what exists: uploaded assets, bundled music, available voices."""

from __future__ import annotations

import difflib
import re

from lectern.contracts import keys
from lectern.contracts.options import MUSIC, NO_MUSIC
from lectern.contracts.problems import FieldError
from lectern.gateway.clients import list_voices
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.refusals import make_pointer, refuse_fields
from lectern.gateway.schemas import SentDocument
from lectern.gateway.schemas.brands import BrandRequest
from lectern.worker import map_concurrently

MAX_LOOKUPS = 8  # questions to the store at once, so that one request leaves others their turn
_ASSET_ID = re.compile(r"[0-9a-f]{64}")


async def check_assets(deps: GatewayDeps, document: SentDocument | None) -> None:
    """Refuse (422) a document that names images that were not uploaded."""
    if document is None:
        return
    ids = sorted(set(document.assets.values()))
    store, owner = deps.connections.store, deps.principal.owner
    found = await map_concurrently(lambda each: store.head(keys.asset(each, owner)), ids, limit=MAX_LOOKUPS)
    images = {each for each, info in zip(ids, found, strict=True) if info and not info.media_type.startswith("audio/")}
    errors = [
        FieldError(
            pointer=make_pointer(("document", "assets", name)),
            detail=f"there is no image {asset[:12]}…; upload it with POST /v1/assets first",
        )
        for name, asset in document.assets.items()
        if asset not in images
    ]
    if errors:
        raise refuse_fields(*errors)


async def check_music(deps: GatewayDeps, music: str | None, pointer: str = "/options/music") -> None:
    """Refuse (422) music that is neither bundled nor uploaded."""
    if music in (None, NO_MUSIC, *MUSIC):
        return
    if detail := await _find_music_fault(deps, music):
        raise refuse_fields(FieldError(pointer=pointer, detail=detail))


async def _find_music_fault(deps: GatewayDeps, music: str) -> str:
    if not _ASSET_ID.fullmatch(music):
        near = difflib.get_close_matches(music.lower(), MUSIC, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {' and '.join(MUSIC)},"
        return f"there is no track {music!r}; {hint} or upload one with POST /v1/assets and send its id"
    info = await deps.connections.store.head(keys.asset(music, deps.principal.owner))
    if info is None:
        return f"there is no asset {music[:12]}…; upload the music with POST /v1/assets first"
    if info.media_type.startswith("image/"):
        return f"asset {music[:12]}… is {info.media_type}, not audio; send the id of an uploaded track"
    return ""


async def check_logo(deps: GatewayDeps, brand: BrandRequest | None, pointer: str = "/options/brand") -> None:
    """Refuse (422) a brand whose logo is no uploaded image."""
    if brand is None or brand.logo is None:
        return
    info = await deps.connections.store.head(keys.asset(brand.logo, deps.principal.owner))
    if info is None or info.media_type.startswith("audio/"):
        detail = f"there is no image {brand.logo[:12]}…; upload it with POST /v1/assets first"
        raise refuse_fields(FieldError(pointer=f"{pointer}/logo", detail=detail))


async def check_voice(deps: GatewayDeps, voice: str | None, pointer: str = "/options/voice") -> None:
    """Refuse (422) an unavailable voice, suggesting similar ones. Without a voice service every voice passes."""
    offer = await list_voices(deps, voice) if voice else None
    if offer and offer.refused:
        raise refuse_fields(FieldError(pointer=pointer, detail=offer.refused))
