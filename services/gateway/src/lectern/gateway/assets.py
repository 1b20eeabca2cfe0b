"""What users upload to go into a video: pictures for a document, music to lie beneath the voice."""

from __future__ import annotations

import difflib
import hashlib
import re
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request, Response

from lectern.contracts import keys
from lectern.contracts.options import MUSIC
from lectern.contracts.problems import FieldError
from lectern.gateway import documentation as docs
from lectern.gateway import models as m
from lectern.gateway.context import Gateway, TheGateway
from lectern.gateway.refusals import invalid, refusal
from lectern.gateway.validation import unsupported_media_type

router = APIRouter(tags=["videos"])

PICTURES = ("image/png", "image/jpeg", "image/webp")
SOUNDS = ("audio/mpeg", "audio/wav", "audio/flac", "audio/ogg", "audio/mp4")
_ASSET_ID = re.compile(r"[0-9a-f]{64}")
_ALSO = {
    **dict.fromkeys(("audio/mp3", "audio/x-mp3", "audio/x-mpeg"), "audio/mpeg"),
    **dict.fromkeys(("audio/x-wav", "audio/wave", "audio/vnd.wave"), "audio/wav"),
    **dict.fromkeys(("audio/opus", "audio/vorbis", "application/ogg", "audio/x-vorbis+ogg"), "audio/ogg"),
    **dict.fromkeys(("audio/x-m4a", "audio/m4a", "audio/mp4a-latm"), "audio/mp4"),
    "audio/x-flac": "audio/flac",
}


def media_type(data: bytes) -> str | None:
    """The media type of a picture or of sound by its first bytes; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12])
    if data.startswith(b"fLaC"):
        return "audio/flac"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    # MPEG audio: a tag, or a frame's eleven set bits followed by layer III.
    if data.startswith(b"ID3") or (len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    return None


async def check_music(gateway: Gateway, wanted: str | None) -> None:
    """Refuses (422) music that nobody uploaded and that does not come with Lectern."""
    if wanted is None or wanted in MUSIC:
        return
    if not _ASSET_ID.fullmatch(wanted):
        near = difflib.get_close_matches(wanted.lower(), MUSIC, n=1, cutoff=0.4)
        known = f"did you mean {near[0]!r}?" if near else f"there are {' and '.join(MUSIC)},"
        detail = f"there is no track {wanted!r}; {known} or upload one with POST /v1/assets and send its id"
        raise invalid(FieldError(pointer="/options/music", detail=detail))
    info = await gateway.connections.store.head(keys.asset(wanted))
    if info is None:
        detail = f"there is no asset {wanted[:12]}…; upload the music with POST /v1/assets first"
        raise invalid(FieldError(pointer="/options/music", detail=detail))
    if info.media_type.startswith("image/"):
        detail = f"asset {wanted[:12]}… is {info.media_type}, not sound; send the id of an uploaded track"
        raise invalid(FieldError(pointer="/options/music", detail=detail))


@router.post(
    "/v1/assets",
    status_code=201,
    response_model=m.Asset,
    summary="Upload a picture for a document, or music",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (*PICTURES, *SOUNDS)},
        }
    },
    responses={**docs.answers(201, "Stored", docs.ASSET), **docs.problems(413, 415, 503)},
)
async def upload(gateway: TheGateway, request: Request, content_type: Annotated[str, Header()] = "") -> Response:
    """Takes a PNG, JPEG or WebP, or an MP3, WAV, FLAC, Ogg or M4A, as the raw body.

    Name a picture by its id in `document.assets`, music in `options.music`.
    """
    given = content_type.partition(";")[0].strip().lower()
    declared = _ALSO.get(given, given)
    if declared not in (*PICTURES, *SOUNDS):
        raise unsupported_media_type(given, *PICTURES, *SOUNDS)
    data = await request.body()
    actual = media_type(data)
    if actual != declared:
        kind = "picture" if declared in PICTURES else "track"
        known = "no PNG, JPEG or WebP" if declared in PICTURES else "no MP3, WAV, FLAC, Ogg or M4A"
        raise refusal(
            415,
            "unsupported-media-type",
            f"The {kind} is not what it says it is",
            f"Content-Type is {given}, but the bytes are {actual or known}.",
            f"Convert the {kind}, or send its real type.",
        )
    sha256 = hashlib.sha256(data).hexdigest()
    await gateway.connections.store.put(keys.asset(sha256), data, actual)
    structlog.get_logger("lectern.gateway").info("asset stored", action="asset", bytes=len(data), asset=sha256[:12])
    body = m.Asset(id=sha256, media_type=actual, bytes=len(data))
    return Response(body.model_dump_json(), 201, media_type="application/json")
