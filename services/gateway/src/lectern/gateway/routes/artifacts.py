"""All files of a video: listed, on one sheet, in one archive."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from lectern.gateway import examples_of_work
from lectern.gateway.archive import measure_artifacts, prepare_archive
from lectern.gateway.contact_sheet import describe_contact_sheet
from lectern.gateway.deps import Deps
from lectern.gateway.derived import ensure_file
from lectern.gateway.object_response import OBJECT_RESPONSES, make_disposition, make_object_response
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.schemas import ArtifactEntry, ArtifactList
from lectern.gateway.video_log import read_video
from lectern.gateway.zip_stream import measure_zip, write_zip
from lectern.language.slugs import slug

router = APIRouter(tags=["media"])


@router.get(
    "/v1/videos/{video_id}/artifacts",
    summary="List everything that can be downloaded",
    responses={
        **describe_json(200, ArtifactList, "The files that the video has now", examples_of_work.ARTIFACTS),
        **describe_problems(404, 503),
    },
)
async def list_files(deps: Deps, video_id: str) -> ArtifactList:
    """Finished files, those of each scene, and the script. Grows while the video is made."""
    log = await read_video(deps, video_id)
    return ArtifactList(data=[ArtifactEntry.model_validate(each) for each in await measure_artifacts(deps, log)])


@router.head("/v1/videos/{video_id}/contact-sheet", include_in_schema=False)
@router.get(
    "/v1/videos/{video_id}/contact-sheet",
    summary="See the whole video on one sheet",
    response_class=Response,
    responses=OBJECT_RESPONSES,
)
async def send_contact_sheet(
    deps: Deps, request: Request, video_id: str, download: Annotated[bool, Query(description="1 saves it")] = False
) -> Response:
    """One JPEG: the last frame of each beat of the scenes rendered so far, with its number (`scene.beat`)."""
    log = await read_video(deps, video_id)
    key = await ensure_file(deps, log, await describe_contact_sheet(deps, log))
    name = f"{slug(log.state.title(), 'video')}.contact-sheet.jpg"
    return await make_object_response(deps, request, key, "image/jpeg", name, download=download)


@router.head("/v1/videos/{video_id}/archive", include_in_schema=False)
@router.get(
    "/v1/videos/{video_id}/archive",
    summary="Download everything as a zip",
    response_class=Response,
    responses={
        200: {"description": "The archive", "content": {"application/zip": {}}},
        **describe_problems(404, 409, 503),
    },
)
async def send_archive(deps: Deps, request: Request, video_id: str) -> Response:
    """Files that are made on demand are made first. Cannot be resumed: there are no ranges."""
    log = await read_video(deps, video_id)
    entries = await prepare_archive(deps, log)
    disposition = make_disposition(f"{slug(log.state.title(), 'video')}.zip")
    headers = {"Content-Disposition": disposition, "Accept-Ranges": "none", "Cache-Control": "private, no-cache"}
    size = measure_zip(entries)
    if size is not None:
        headers["Content-Length"] = str(size)
    if request.method == "HEAD":
        return Response(headers=headers, media_type="application/zip")
    return StreamingResponse(write_zip(entries, log[0].event.at), headers=headers, media_type="application/zip")
