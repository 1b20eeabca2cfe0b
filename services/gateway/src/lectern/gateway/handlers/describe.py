"""Giving a video another title or other metadata."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.problems import FieldError
from lectern.gateway.refusals import refuse_fields
from lectern.gateway.schemas import MAX_METADATA, VideoPatch


def describe(log: VideoLog, patch: VideoPatch) -> e.VideoDescribed | None:
    """The description after a merge patch (RFC 7396); None if it changes nothing. Raises a 422 for too many names."""
    state = log.state
    own = state.described or state.requested
    before = (own.title if own else "", state.metadata())
    title = (patch.title or "") if "title" in patch.model_fields_set else before[0]
    metadata = before[1]
    if "metadata" in patch.model_fields_set:
        sent = patch.metadata
        merged = {**metadata, **sent} if sent is not None else {}
        metadata = {name: value for name, value in merged.items() if value is not None}
    if len(metadata) > MAX_METADATA:
        detail = f"with those it has there are {len(metadata)} names; a video has at most {MAX_METADATA}: remove some"
        raise refuse_fields(FieldError(pointer="/metadata", detail=detail))
    if (title, metadata) == before:
        return None
    return e.VideoDescribed(
        video_id=log.video_id,
        owner=log.owner,
        lane=log.lane,
        revision=state.revision(),
        title=title,
        metadata=metadata,
        version=state.described.version + 1 if state.described else 1,
    )
