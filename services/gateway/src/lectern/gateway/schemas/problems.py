"""Problems as JSON (RFC 9457)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class FieldProblem(BaseModel):
    """One invalid field."""

    pointer: str = Field(description="JSON pointer into the body, `?name` of a query parameter, or `line 12`")
    detail: str


class ProblemBody(BaseModel):
    """A problem: the body of every error, and the `error` of a video or scene (without status and instance)."""

    type: str = Field(description="a page about this kind of problem, relative to the API's own address")
    title: str
    status: int | None = None
    detail: str
    instance: str | None = Field(None, description="the request's id, as in X-Request-Id")
    code: str = Field(description="stable name, for programs")
    remedy: str = Field(description="what to do about it")
    stage: str | None = None
    scene: int | None = None
    attempt: int | None = None
    retryable: bool = False
    errors: list[FieldProblem] = []


class ProblemExplanation(BaseModel):
    """A kind of problem, explained."""

    code: str
    status: int | None = Field(
        description="the HTTP status it is sent with; null if it varies or is of a video or scene"
    )
    title: str
    cause: str
    remedy: str


class ProblemList(BaseModel):
    """Every kind of problem that the API itself reports, by status."""

    object: Literal["list"] = "list"
    data: list[ProblemExplanation]
