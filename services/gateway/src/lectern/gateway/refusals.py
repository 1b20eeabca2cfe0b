"""Refusals of the API: a Problem with its HTTP status, sent as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lectern.contracts.problems import FieldError, Problem
from lectern.gateway import problem_types
from lectern.gateway.problem_types import ProblemType


class Refusal(Exception):
    """Ends a request with a status, a Problem and optional headers. Any handler or route may raise it."""

    def __init__(self, status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.sentence())
        self.status = status
        self.problem = problem
        self.headers = dict(headers or {})


def refuse(
    kind: ProblemType,
    detail: str,
    remedy: str = "",
    *,
    status: int | None = None,
    errors: tuple[FieldError, ...] = (),
    headers: Mapping[str, str] | None = None,
    retry_after: int | None = None,
) -> Refusal:
    """Build a Refusal to raise. `remedy` and `status` default to those of its kind.

    `retry_after` (seconds) marks it retryable.
    """
    problem = Problem(
        code=kind.code,
        title=kind.title,
        detail=detail,
        remedy=remedy or kind.remedy,
        errors=errors,
        retryable=retry_after is not None,
    )
    waiting = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    return Refusal(status or kind.status or 500, problem, {**(headers or {}), **waiting})


def make_pointer(path: Iterable[object]) -> str:
    """A path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def refuse_fields(*errors: FieldError) -> Refusal:
    """422: fields of the input are invalid. The first error is the summary; all are listed with their pointers."""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    detail = f"{errors[0].pointer or 'The body'}: {errors[0].detail}{more}"
    return refuse(problem_types.VALIDATION_ERROR, detail, errors=errors)


def refuse_cursor() -> Refusal:
    """422: `after` is not what a page of a list names as the next one."""
    return refuse_fields(FieldError(pointer="?after", detail="is no cursor; send the previous page's `next_cursor`"))


def refuse_unknown_video(video_id: str) -> Refusal:
    """404: no such video, or its log has expired."""
    return refuse(
        problem_types.NOT_FOUND,
        f"There is no video {video_id[:64]}.",
        "Check the id, or list yours with GET /v1/videos. They expire, by default 30 days after their last event.",
    )


def refuse_unknown_batch(batch_id: str) -> Refusal:
    """404: no such batch, or it has expired."""
    return refuse(problem_types.NO_SUCH_BATCH, f"There is no batch {batch_id[:64]}.")


def refuse_busy() -> Refusal:
    """409: others changed the video each time."""
    return refuse(
        problem_types.CONFLICT_BUSY, "The video kept changing while the request was being applied.", retry_after=1
    )


def refuse_unknown_scene(number: int, count: int) -> Refusal:
    """404: the script has no such scene."""
    return refuse(problem_types.NO_SUCH_SCENE, f"There is no scene {number}.", f"The video has scenes 1 to {count}.")


def refuse_state(detail: str, remedy: str) -> Refusal:
    """409: the request does not fit the video's state."""
    return refuse(problem_types.INVALID_STATE, detail, remedy)


def refuse_media_type(received: str, *supported: str) -> Refusal:
    """415: the path does not accept bodies of this type."""
    return refuse(
        problem_types.UNSUPPORTED_MEDIA_TYPE,
        f"Content-Type is {received or 'missing'}; this path accepts {' or '.join(supported)}.",
        f"Send the header Content-Type: {supported[0]}.",
    )
