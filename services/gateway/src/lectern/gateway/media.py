"""Media: finished files and footage, whole or in ranges."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from lectern.gateway import documentation as docs
from lectern.gateway import mapping, ranges
from lectern.gateway.context import Gateway, TheGateway, read_video
from lectern.gateway.refusals import refusal
from lectern.gateway.rounds import no_scene
from lectern.language.slugs import slug
from lectern.worker import ObjectInfo

router = APIRouter(tags=["media"])

Variant = Literal["video", "captions_vtt", "captions_srt", "captions_ass", "chapters_vtt", "transcript", "thumbnail"]
_SUFFIXES = {
    "captions_vtt": ".vtt",
    "captions_srt": ".srt",
    "captions_ass": ".ass",
    "chapters_vtt": ".chapters.vtt",
    "video/mp4": ".mp4",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/markdown": ".md",
    "text/plain": ".txt",
}


def _disposition(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lstrip("-.") or "video"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _etag(info: ObjectInfo, key: str) -> str:
    """A strong tag: the store's own, or one from the key, since what lies under a key is made once per revision."""
    tag = info.etag.strip().removeprefix("W/").strip('"') or hashlib.sha256(f"{key}:{info.size}".encode()).hexdigest()
    return f'"{tag}"'


def _matches(header: str, etag: str) -> bool:
    """If-None-Match: weak comparison over a list (RFC 9110 section 13.1.2)."""
    return header.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in header.split(","))


async def _served(gateway: Gateway, request: Request, key: str, media_type: str, name: str, download: bool) -> Response:
    """The object under a key as an answer to GET or HEAD, with ranges and conditions, or a redirect to the store."""
    info = await gateway.connections.store.head(key)
    if info is None:
        raise refusal(
            404,
            "gone",
            "The file is no longer there",
            "The file was made but has expired from the object store.",
            "POST …/retry or …/redo makes it again.",
        )
    if gateway.settings.media_redirect and request.method == "GET":
        seconds = gateway.settings.media_url_seconds
        url = await gateway.connections.store.presign(key, seconds, name if download else None)
        return Response(status_code=307, headers={"Location": url, "Cache-Control": f"private, max-age={seconds // 2}"})
    etag = _etag(info, key)
    headers = {"ETag": etag, "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
    if download:
        headers["Content-Disposition"] = _disposition(name)
    given = request.headers
    if "if-none-match" in given and _matches(given["if-none-match"], etag):
        return Response(status_code=304, headers=headers)
    # If-Range compares strongly; a date never matches, because we send no Last-Modified to compare it with.
    honoured = request.method == "GET" and given.get("if-range", etag).strip() == etag
    try:
        span = ranges.requested(given.get("range"), info.size) if honoured else None
    except ranges.Unsatisfiable:
        refused = refusal(
            416,
            "range-not-satisfiable",
            "The range lies outside the file",
            f"The file has {info.size} bytes; {given['range'][:60]} starts behind its end.",
            "Ask for a range inside the file.",
        )
        refused.headers.update({"Content-Range": f"bytes */{info.size}", "ETag": etag})
        raise refused from None
    if span:
        headers["Content-Range"] = f"bytes {span.start}-{span.end}/{info.size}"
    headers["Content-Length"] = str(span.length if span else info.size)
    status = 206 if span else 200
    if request.method == "HEAD" or info.size == 0:
        return Response(status_code=status, headers=headers, media_type=media_type)
    start, end = (span.start, span.end) if span else (0, info.size - 1)
    return StreamingResponse(
        gateway.connections.store.stream(key, start, end), status, headers=headers, media_type=media_type
    )


_MEDIA_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The whole file", "content": {"video/mp4": {}, "text/vtt": {}, "image/jpeg": {}}},
    206: {"description": "The range asked for"},
    304: {"description": "The file you have is the newest"},
    307: {"description": "Where the file is, when the service hands out addresses of its store"},
    **docs.problems(404, 409, 416, 422, 503),
}


@router.head("/v1/videos/{video_id}/content", include_in_schema=False)
@router.get(
    "/v1/videos/{video_id}/content",
    summary="Watch or download a finished file",
    response_class=Response,
    responses=_MEDIA_RESPONSES,
)
async def content(
    gateway: TheGateway,
    request: Request,
    video_id: str,
    variant: Annotated[Variant, Query(description="which file")] = "video",
    download: Annotated[bool, Query(description="1 saves it under the video's title")] = False,
) -> Response:
    """Answers ranges, so players can seek. While a new revision is made the one before stays available."""
    known = await read_video(gateway, video_id)
    completed = known.state.completed
    output = next((output for output in completed.outputs if output.kind == variant), None) if completed else None
    if completed is None:
        raise refusal(
            409,
            "invalid-state",
            "The video is not finished",
            f"The video is {known.state.status().replace('_', ' ')}.",
            "Wait for the event video.completed; rendered scenes can be watched at …/scenes/{number}/footage.",
        )
    if output is None:
        raise refusal(
            404,
            "no-such-output",
            "The video has no such file",
            f"This video has no {variant.replace('_', ' ')}.",
            f"It has: {', '.join(output.kind for output in completed.outputs)}.",
        )
    plain = output.media_type.partition(";")[0]
    suffix = _SUFFIXES.get(output.kind) or _SUFFIXES.get(plain, "")
    title = mapping.video(known.state, video_id, known[0][1]).title
    return await _served(gateway, request, output.key, output.media_type, slug(title, "video") + suffix, download)


@router.head("/v1/videos/{video_id}/scenes/{number}/footage", include_in_schema=False)
@router.get(
    "/v1/videos/{video_id}/scenes/{number}/footage",
    summary="Watch one scene, without sound, as soon as it is rendered",
    response_class=Response,
    responses=_MEDIA_RESPONSES,
)
async def footage(
    gateway: TheGateway,
    request: Request,
    video_id: str,
    number: int,
    download: Annotated[bool, Query(description="1 saves it as a file")] = False,
) -> Response:
    """Scene 1 can be watched while scene 5 renders."""
    known = await read_video(gateway, video_id)
    count = known.state.scene_count()
    if count and not 1 <= number <= count:
        raise no_scene(number, count)
    rendered = known.state.scene(number).rendered if count else None
    if rendered is None:
        raise refusal(
            409,
            "invalid-state",
            "The scene is not rendered",
            f"Scene {number} is {known.state.scene(number).status()}.",
            f"Wait for the event scene.rendered of scene {number}.",
        )
    return await _served(gateway, request, rendered.footage.key, "video/mp4", f"scene-{number}.mp4", download)
