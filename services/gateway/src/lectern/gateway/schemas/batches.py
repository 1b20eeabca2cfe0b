"""Batches: many videos requested at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from lectern.contracts.options import Lane
from lectern.gateway.schemas.problems import ProblemBody
from lectern.gateway.schemas.request_body import RequestBody

MAX_BATCH = 100  # requests; what is longer is two batches


class BatchRequest(RequestBody):
    """Up to a hundred requests for videos. One that is refused does not hold up the others."""

    defaults: dict[str, Any] = Field(
        default_factory=dict,
        description="fields of POST /v1/videos that every request has unless it says otherwise",
        examples=[{"options": {"quality": "draft"}}],
    )
    requests: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=MAX_BATCH,
        description="bodies of POST /v1/videos, each with a `custom_id` if you like, which becomes its external_id",
        examples=[[{"topic": "Why is the sky blue?", "custom_id": "sky"}, {"topic": "Why is grass green?"}]],
    )
    lane: Lane = Field("bulk", description="bulk is served after everything in fast")


class BatchItem(BaseModel):
    """One request of a batch: its video, or the problem for which there is none."""

    index: int = Field(description="place in `requests`, from 0")
    custom_id: str
    video: str | None = Field(description="the video's id; null where the request was refused")
    status: str | None = Field(description="the video's status, or deleted; null until there is a video")
    url: str | None = Field(description="the video's URL")
    problem: ProblemBody | None = Field(description="why the request was refused")


class BatchCounts(BaseModel):
    """How many requests of a batch are how far. `missing` ones are still being accepted."""

    total: int
    refused: int = 0
    missing: int = 0
    queued: int = 0
    in_progress: int = 0
    awaiting_approval: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    deleted: int = 0


class BatchUrls(BaseModel):
    """URLs of a batch, relative to the API's own address."""

    self: str
    cancel: str
    videos: str


class BatchSummary(BaseModel):
    """A batch as lists show it."""

    id: str
    object: Literal["batch"] = "batch"
    status: Literal["in_progress", "ended", "cancelled"] = Field(
        description="ended: nothing is left to be made; cancelled: by its user, and nothing is being made any more"
    )
    created_at: datetime
    lane: Lane
    counts: BatchCounts
    urls: BatchUrls


class Batch(BatchSummary):
    """A batch with all its requests, in order."""

    items: list[BatchItem]


class BatchList(BaseModel):
    """One page of batches, newest first."""

    object: Literal["list"] = "list"
    data: list[BatchSummary]
    has_more: bool
    next_cursor: str | None = Field(description="send as `after` for the next page")
