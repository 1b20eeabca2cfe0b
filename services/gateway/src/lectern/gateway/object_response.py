"""An object of the store as a response to GET or HEAD: with ranges and conditions, or a redirect to the store."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from lectern.gateway import byte_ranges, examples_of_work, problem_types
from lectern.gateway.byte_ranges import ByteRange
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.openapi import describe_problems
from lectern.gateway.refusals import refuse
from lectern.worker import ObjectInfo

_MEDIA_TYPES: dict[str, dict[str, Any]] = {
    **{media_type: {} for media_type in ("video/mp4", "image/jpeg", "audio/mp4", "audio/flac")},
    **{media_type: {} for media_type in ("text/vtt", "application/x-subrip", "text/x-ssa", "text/plain")},
    "application/json": {
        "schema": {"type": "object", "description": "a transcript with times"},
        "example": examples_of_work.TIMED_TRANSCRIPT,
    },
}
OBJECT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole file", "content": _MEDIA_TYPES},
    206: {"description": "The requested range"},
    304: {"description": "Your copy is up to date"},
    307: {"description": "The file's URL in the object store, if the service is set up to redirect"},
    **describe_problems(404, 409, 416, 422, 503),
}


async def make_object_response(
    deps: GatewayDeps, request: Request, key: str, media_type: str, name: str, *, download: bool
) -> Response:
    """Respond with the object under a key; `download` has clients save it under `name`."""
    store, settings = deps.connections.store, deps.settings
    info = await store.head(key)
    if info is None:
        raise refuse(problem_types.GONE, "The file was made but has expired from the object store.")
    if settings.media_redirect and request.method == "GET":
        seconds = settings.media_url_seconds
        url = await store.presign(key, seconds, name if download else None)
        return Response(status_code=307, headers={"Location": url, "Cache-Control": f"private, max-age={seconds // 2}"})
    etag = _make_etag(info, key)
    headers = {"ETag": etag, "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
    if download:
        headers["Content-Disposition"] = make_disposition(name)
    if _matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    part = _select_range(request, info, etag)
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.end}/{info.size}"
    headers["Content-Length"] = str(part.length if part else info.size)
    status = 206 if part else 200
    if request.method == "HEAD" or info.size == 0:
        return Response(status_code=status, headers=headers, media_type=media_type)
    start, end = (part.start, part.end) if part else (0, info.size - 1)
    return StreamingResponse(store.stream(key, start, end), status, headers=headers, media_type=media_type)


def _select_range(request: Request, info: ObjectInfo, etag: str) -> ByteRange | None:
    header = request.headers.get("range")
    # If-Range compares strongly; a date never matches, because we send no Last-Modified to compare it with.
    if request.method != "GET" or request.headers.get("if-range", etag).strip() != etag:
        return None
    try:
        return byte_ranges.parse_range(header, info.size)
    except byte_ranges.UnsatisfiableRange:
        raise refuse(
            problem_types.RANGE_NOT_SATISFIABLE,
            f"The file has {info.size} bytes; {(header or '')[:60]} starts after its end.",
            headers={"Content-Range": f"bytes */{info.size}", "ETag": etag},
        ) from None


def make_disposition(name: str) -> str:
    """The header that has clients save a file under its name (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lstrip("-.") or "video"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _make_etag(info: ObjectInfo, key: str) -> str:
    """A strong tag: the store's own, or one of the key, since an object is written once per revision."""
    tag = info.etag.strip().removeprefix("W/").strip('"') or hashlib.sha256(f"{key}:{info.size}".encode()).hexdigest()
    return f'"{tag}"'


def _matches(header: str | None, etag: str) -> bool:
    """If-None-Match: weak comparison over a list (RFC 9110 section 13.1.2)."""
    if header is None:
        return False
    return header.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in header.split(","))
