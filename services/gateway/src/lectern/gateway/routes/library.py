"""The list of videos, page by page, with its filters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator

from lectern.contracts.problems import FieldError
from lectern.contracts.state import Status
from lectern.gateway import examples
from lectern.gateway.deps import Deps
from lectern.gateway.filters import VideoFilter, fold_text
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse_fields
from lectern.gateway.schemas import MAX_METADATA, VideoList
from lectern.gateway.video_log import VIDEO_ID

router = APIRouter(tags=["videos"])

MAX_SEARCH = 200  # characters
MAX_FILTER = 1000  # characters of a filter's name and value together
_ID_PATTERN = f"^({VIDEO_ID.pattern})?$"  # an empty one is none
_METADATA_PARAMETER: dict[str, Any] = {
    "name": "metadata",
    "in": "query",
    "style": "deepObject",
    "explode": True,
    "description": "`metadata[name]=value`: only videos whose metadata have this value; may be repeated",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": MAX_METADATA},
    "example": {"course": "biology-7b"},
}


def _refuse_number(value: object) -> object:
    """Seconds since 1970 are no RFC 3339, though pydantic takes them."""
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9._]*\s*", value):
        raise ValueError("is no time; write it like 2026-11-20T09:30:00Z")
    return value


_Time = Annotated[datetime, BeforeValidator(_refuse_number)]


def _id_query(description: str) -> Any:
    return Query(description=description, json_schema_extra={"pattern": _ID_PATTERN})


@router.get(
    "/v1/videos",
    response_model=VideoList,
    summary="List videos, newest first",
    responses={**describe_json(200, VideoList, "One page", examples.VIDEO_LIST), **describe_problems(422, 503)},
    openapi_extra={"parameters": [_METADATA_PARAMETER]},
)
async def list_videos(
    deps: Deps,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=100, description="videos on a page")] = 20,
    after: Annotated[str, _id_query("`next_cursor` of the previous page")] = "",
    order: Annotated[Literal["desc", "asc"], Query(description="desc: newest first")] = "desc",
    status: Annotated[list[Status] | None, Query(description="only these statuses; may be repeated")] = None,
    created_after: Annotated[_Time | None, Query(description="only videos requested later, RFC 3339")] = None,
    created_before: Annotated[_Time | None, Query(description="only videos requested earlier, RFC 3339")] = None,
    q: Annotated[
        str,
        Query(max_length=MAX_SEARCH, description="words of the title or topic, in any order; case and accents are one"),
    ] = "",
    batch: Annotated[str, _id_query("only videos of this batch")] = "",
    parent: Annotated[str, _id_query("only videos that were made from this one")] = "",
    external_id: Annotated[str, Query(max_length=128, description="only videos with this id of your own")] = "",
) -> Response:
    """Lists follow the log within milliseconds; for a video that was just created, GET its own path."""
    for name, value in (("after", after), ("batch", batch), ("parent", parent)):
        if value and not VIDEO_ID.fullmatch(value):
            hint = "is no cursor; send the previous page's `next_cursor`" if name == "after" else "is no id"
            raise refuse_fields(FieldError(pointer=f"?{name}", detail=hint))
    wanted = VideoFilter(
        owner=deps.principal.owner,
        statuses=frozenset(status or ()),
        created_after=_to_utc(created_after),
        created_before=_to_utc(created_before),
        metadata=_read_metadata(request.query_params.multi_items()),
        words=tuple(sorted(set(fold_text(q).split()), key=len, reverse=True)),
        batch=batch,
        parent=parent,
        external_id=external_id,
    )
    await deps.views.wait_until_current()
    views, cursor = deps.views.page(wanted, limit=limit, after=after, oldest_first=order == "asc")
    # Views hold summaries as the JSON of `VideoSummary`; a page of a hundred is not decoded only to be encoded again.
    page = {"object": "list", "data": [v.summary for v in views], "has_more": bool(cursor), "next_cursor": cursor}
    return Response(msgspec.json.encode(page), media_type="application/json")


def _to_utc(time: datetime | None) -> datetime | None:
    """A time without an offset is in UTC, as all times of the API are."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)


def _read_metadata(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in query:
        if not (name.startswith("metadata[") and name.endswith("]")):
            continue
        key = name[len("metadata[") : -1]
        if len(name) + len(value) > MAX_FILTER:
            raise refuse_fields(FieldError(pointer="?metadata", detail=f"is longer than {MAX_FILTER} characters"))
        if found.setdefault(key, value) != value:
            detail = "is asked to have two values at once; send one"
            raise refuse_fields(FieldError(pointer=f"?metadata[{key[:64]}]", detail=detail))
    if len(found) > MAX_METADATA:
        raise refuse_fields(
            FieldError(pointer="?metadata", detail=f"names {len(found)} values; a video has at most {MAX_METADATA}")
        )
    return found
