"""Uploads that go into a video: images for a document, and music."""

from __future__ import annotations

import hashlib
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request, Response

from lectern.contracts import keys
from lectern.gateway import examples, problem_types
from lectern.gateway.deps import Deps
from lectern.gateway.image_sizes import MAX_PIXELS, MAX_SIDE, read_image_size
from lectern.gateway.media_types import AUDIO_TYPES, IMAGE_TYPES, detect_media_type, normalize_media_type
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse, refuse_media_type
from lectern.gateway.responses import make_json_response
from lectern.gateway.room import require_room
from lectern.gateway.schemas import Asset

router = APIRouter(tags=["videos"])

_TYPES = (*IMAGE_TYPES, *AUDIO_TYPES)


@router.post(
    "/v1/assets",
    status_code=201,
    response_model=Asset,
    summary="Upload an image for a document, or music",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in _TYPES},
        }
    },
    responses={**describe_json(201, Asset, "Stored", examples.ASSET), **describe_problems(413, 415, 422, 503)},
)
async def upload_asset(deps: Deps, request: Request, content_type: Annotated[str, Header()] = "") -> Response:
    """Accepts a PNG, JPEG or WebP, or an MP3, WAV, FLAC, Ogg or M4A, as the raw body.

    Name an image by its id in `document.assets`, music in `options.music`.
    """
    received = content_type.partition(";")[0].strip().lower()
    declared = normalize_media_type(received)
    if declared not in _TYPES:
        raise refuse_media_type(received, *_TYPES)
    data = await request.body()
    actual = detect_media_type(data)
    if actual != declared:
        images, tracks = ("image", "PNG, JPEG or WebP"), ("track", "MP3, WAV, FLAC, Ogg or M4A")
        kind, known = images if declared in IMAGE_TYPES else tracks
        raise refuse(
            problem_types.UNSUPPORTED_MEDIA_TYPE,
            f"Content-Type is {received}, but the bytes are {actual or f'not {known}'}.",
            f"Convert the {kind}, or declare its real type.",
        )
    if actual in IMAGE_TYPES:
        _check_image(data, actual)
    await require_room(deps)
    sha256 = hashlib.sha256(data).hexdigest()
    await deps.connections.store.put(keys.asset(sha256, deps.principal.owner), data, actual)
    structlog.get_logger("lectern.gateway").info("asset stored", action="asset", bytes=len(data), asset=sha256[:12])
    return make_json_response(Asset(id=sha256, media_type=actual, bytes=len(data)), 201)


def _check_image(data: bytes, media_type: str) -> None:
    """Raises a 422 for an image that no scene could show: without a size, or too large once it is decoded."""
    size = read_image_size(data, media_type)
    if size is None:
        raise refuse(problem_types.IMAGE_UNUSABLE, "The file's header is cut or states no width and height.")
    if max(size) > MAX_SIDE or size.width * size.height > MAX_PIXELS:
        raise refuse(
            problem_types.IMAGE_UNUSABLE,
            f"The image is {size.width} × {size.height} pixels; up to {MAX_PIXELS // 1_000_000} megapixels and "
            f"{MAX_SIDE} on a side can be shown.",
            "Scale it down: no video shows more than 3840 × 2160 of it.",
        )
