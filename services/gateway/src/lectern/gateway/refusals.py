"""Refusals of the API: a Problem with its HTTP status, answered as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping

from lectern.contracts.problems import FieldError, Problem

VALIDATION = "validation-error"


class Refusal(Exception):
    """Ends a request with a status, a Problem and perhaps headers. Raise it anywhere in a route."""

    def __init__(self, status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.sentence())
        self.status = status
        self.problem = problem
        self.headers = dict(headers or {})


def refusal(
    status: int,
    code: str,
    title: str,
    detail: str,
    remedy: str,
    *,
    errors: tuple[FieldError, ...] = (),
    retry_after: int | None = None,
) -> Refusal:
    """A Refusal in one call; `retry_after` in seconds marks it retryable."""
    problem = Problem(
        code=code, title=title, detail=detail, remedy=remedy, errors=errors, retryable=retry_after is not None
    )
    return Refusal(status, problem, {"Retry-After": str(retry_after)} if retry_after is not None else None)


def invalid(*errors: FieldError) -> Refusal:
    """422: fields of the input were refused. The first error is the summary; all are listed with their pointers."""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return refusal(
        422,
        VALIDATION,
        "The request was refused",
        f"{errors[0].pointer or 'The body'}: {errors[0].detail}{more}",
        "Correct the fields named in `errors` and send the request again.",
        errors=errors,
    )


def no_video(video_id: str) -> Refusal:
    """404: there is no such video, or its log has aged out."""
    return refusal(
        404,
        "not-found",
        "No such video",
        f"There is no video {video_id[:64]}.",
        "Check the id, or list your videos with GET /v1/videos. Videos are forgotten 30 days after their last event.",
    )


def wrong_state(detail: str, remedy: str) -> Refusal:
    """409: what was asked does not fit the state the video is in."""
    return refusal(409, "invalid-state", "The video is in another state", detail, remedy)
