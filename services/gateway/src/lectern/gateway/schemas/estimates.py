"""What a video would take, as responses show it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from lectern.gateway.schemas.videos import VideoNote


class EstimateRange(BaseModel):
    """A range in which the value is expected; `low` equals `high` where it is known."""

    low: float
    high: float


class Estimate(BaseModel):
    """What a video would take, if it was requested now. Nothing is begun or spent."""

    scenes: EstimateRange
    seconds: EstimateRange = Field(description="of film")
    done_in_seconds: EstimateRange | None = Field(description="until it is finished; null where a stage has no worker")
    cost_usd: EstimateRange = Field(description="of models and voices; 0 where neither costs anything")
    voice: str | None = Field(description="the voice that would speak; null where no voice service answers")
    basis: list[str] = Field(description="what this assumes, in sentences")
    notes: list[VideoNote] = Field([], description="hints for the script of the request's document")


class EstimateList(BaseModel):
    """An estimate for each variant, in the order they were asked for. Each stands alone, as if the others were not."""

    object: Literal["list"] = "list"
    data: list[Estimate]
    has_more: Literal[False] = False
    next_cursor: None = None
