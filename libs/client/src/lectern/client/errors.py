"""What a client raises. Every error says what happened and what to do about it."""

from __future__ import annotations

import httpx
import msgspec

from lectern.client.models import FieldProblem


class LecternError(Exception):
    """Something went wrong. `remedy` says what to do about it."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(f"{detail} {remedy}".strip())
        self.detail = detail
        self.remedy = remedy


class ConnectionFailed(LecternError):
    """The API did not answer, however often it was asked."""


class ForeignAnswer(LecternError):
    """What answered is no Lectern, or one whose answers this client cannot read.

    `status` is that of the answer where it has another than the API has.
    """

    status: int | None = None


class IncompleteDownload(LecternError):
    """A file ended before all of it had come, or changed meanwhile."""


class SignatureRefused(LecternError):
    """A webhook's request is not from Lectern, or too old."""


class ApiProblem(LecternError):
    """The API refused a request or could not answer it (RFC 9457).

    `code` is stable: decide by it. `fields` says what is wrong where, `retry_after` in how many seconds to try again.
    """

    def __init__(self, status: int, body: ProblemAnswer, retry_after: float | None = None) -> None:
        places = " ".join(
            f"{field.pointer}: {field.detail}." for field in body.errors if field.detail not in body.detail
        )
        super().__init__(" ".join(filter(None, (body.detail or body.title, places))), body.remedy)
        self.status = status
        self.code = body.code
        self.title = body.title
        self.problem_detail = body.detail
        self.fields = tuple(body.errors)
        self.retryable = body.retryable
        self.retry_after = retry_after
        self.request_id = body.instance or ""


class RequestRefused(ApiProblem):
    """The request is wrong: 400, 406, 413, 415, 416, 421, 422."""


class NotAllowed(ApiProblem):
    """There is no key, or not one that may do this: 401, 403."""


class NotThere(ApiProblem):
    """There is no such thing, or no longer: 404, 410."""


class StateConflict(ApiProblem):
    """What the request is about is in another state by now: 409, 412."""


class LimitReached(ApiProblem):
    """A quota or a rate is used up: 429. `retry_after` says when it frees."""


class ServerTrouble(ApiProblem):
    """The API or what it depends on is broken or away: 5xx."""


class ProblemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A problem as the API sends it."""

    code: str
    title: str = ""
    detail: str = ""
    remedy: str = ""
    retryable: bool = False
    instance: str | None = None
    errors: list[FieldProblem] = []


_KINDS: dict[int, type[ApiProblem]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotThere,
    409: StateConflict,
    410: NotThere,
    412: StateConflict,
    429: LimitReached,
}
_REFUSAL = 500  # statuses from here on are the server's own trouble


def may_pass(error: LecternError) -> bool:
    """Whether what went wrong may be over in a moment: a limit, or trouble of the server or of a proxy before it."""
    if isinstance(error, ForeignAnswer):
        return (error.status or 0) >= _REFUSAL
    return isinstance(error, LimitReached | ServerTrouble | ConnectionFailed)


def read_problem(response: httpx.Response, retry_after: float | None) -> LecternError:
    """The error that a response with an error status stands for. Its body has been read."""
    try:
        body = msgspec.json.decode(response.content, type=ProblemAnswer)
    except msgspec.DecodeError:
        answer = ForeignAnswer(
            f"{response.request.url.copy_with(query=None)} answered {response.status_code} {response.reason_phrase}, "
            "and not as Lectern does.",
            "Check that the address is a Lectern's and that no proxy is in between.",
        )
        answer.status = response.status_code
        return answer
    kind = _KINDS.get(response.status_code, RequestRefused if response.status_code < _REFUSAL else ServerTrouble)
    return kind(response.status_code, body, retry_after)
