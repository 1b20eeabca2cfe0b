"""The result of a request as every engine reports it: a completion, or the error that fits."""

from __future__ import annotations

from lectern.contracts.usage import Usage
from lectern.llm.errors import (
    ContentRefused,
    EmptyCompletion,
    KeyRejected,
    ModelError,
    RateLimited,
    RequestRejected,
    RequestTimedOut,
    ServiceUnavailable,
    TruncatedCompletion,
)
from lectern.llm.request import Citation, Completion, ModelRequest

_ERRORS: dict[int, type[ModelError]] = {401: KeyRejected, 403: KeyRejected, 408: RequestTimedOut, 429: RateLimited}


def build_completion(
    request: ModelRequest,
    text: str,
    usage: Usage,
    *,
    refusal: str = "",
    truncated: bool = False,
    finish_reason: str = "",
    citations: tuple[Citation, ...] = (),
) -> Completion:
    """The completion. Raises ContentRefused, TruncatedCompletion or EmptyCompletion when its text is of no use."""
    if refusal:
        raise ContentRefused(f"{request.model} declined ({refusal})", usage=usage)
    if truncated:
        detail = f"the answer of {request.model} exceeded {request.max_output_tokens} tokens"
        raise TruncatedCompletion(detail, usage=usage)
    if not text.strip():
        reason = finish_reason or "no reason given"
        raise EmptyCompletion(f"{request.model} returned an empty answer ({reason})", usage=usage)
    return Completion(text=text, usage=usage, citations=citations)


def error_for_status(status: int) -> type[ModelError]:
    """The error that an HTTP status stands for; 0 for a response without one."""
    return _ERRORS.get(status, ServiceUnavailable if status >= 500 or not status else RequestRejected)


def timeout_error(request: ModelRequest) -> ModelError:
    """The error of a model that did not finish in time."""
    return RequestTimedOut(f"{request.model} did not answer within {request.timeout_seconds:g} s")


def connection_error(request: ModelRequest, error: Exception) -> ModelError:
    """The error of a broken connection. It names the cause's type only: a message might quote the request."""
    return ServiceUnavailable(f"lost the connection to {request.model} ({type(error).__name__})")
