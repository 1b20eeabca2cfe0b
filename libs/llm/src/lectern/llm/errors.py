"""Errors of asking a model.

    ModelError                  one request to one model got no usable completion
    ├── ServiceError            the service is in trouble; the same request may succeed later
    │   ├── RateLimited
    │   ├── ServiceUnavailable
    │   └── RequestTimedOut
    ├── UnusableCompletion      the model answered, and the answer is of no use
    │   ├── EmptyCompletion
    │   └── TruncatedCompletion
    ├── KeyRejected
    ├── QuotaExhausted
    ├── ContentRefused
    ├── RequestRejected
    ├── PromptNotAnswered
    └── PromptsUnusable

    ProblemError                (lectern.contracts) carries a Problem for the user
    └── ModelFailed             no model gave a usable answer
        ├── UnusableAnswer      models answered, and no answer could be used
        └── BudgetExceeded      the next request might cost more than is left

Model engines raise a ModelError; the client retries, tries the next model, and finally raises a ModelFailed.
"""

from __future__ import annotations

from typing import ClassVar

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.usage import Usage
from lectern.llm.prices import NO_USAGE


class ModelError(Exception):
    """One request to one model got no usable completion.

    `retry_after` is in seconds, where the service named a time; `usage` is what the request cost all the same.
    """

    code: ClassVar[str]
    remedy: ClassVar[str]
    retryable: ClassVar[bool] = False  # the same request to the same model may succeed later
    try_next_model: ClassVar[bool] = True  # another model may do better
    repairable: ClassVar[bool] = False  # whoever runs Lectern can mend it: a key, a quota, a setting

    def __init__(self, detail: str, *, retry_after: float | None = None, usage: Usage = NO_USAGE) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after
        self.usage = usage


class ServiceError(ModelError):
    """The service is in trouble. Several in a row open the model's circuit breaker."""

    retryable = True


class RateLimited(ServiceError):
    """The service accepts no more requests for now."""

    code = "provider-rate-limited"
    remedy = "Lectern retries automatically; a higher quota at the provider makes it faster."


class ServiceUnavailable(ServiceError):
    """The service failed, or the connection to it broke."""

    code = "provider-unavailable"
    remedy = "Lectern retries automatically; check the provider's status page if it persists."


class RequestTimedOut(ServiceError):
    """The model did not finish within the task's time limit."""

    code = "provider-unavailable"
    remedy = "Lectern retries automatically; raise timeout_seconds in the model table if it persists."


class UnusableCompletion(ModelError):
    """The model answered, and the answer is of no use."""


class EmptyCompletion(UnusableCompletion):
    """The answer holds no text."""

    code = "model-answer-empty"
    remedy = "Retry the video; name another model in the model table if it persists."
    retryable = True


class TruncatedCompletion(UnusableCompletion):
    """The answer reached its length limit."""

    code = "model-answer-cut-off"
    remedy = "Ask for fewer scenes, or raise max_output_tokens in the model table."


class KeyRejected(ModelError):
    """The service does not accept the API key."""

    code = "provider-auth"
    remedy = "Set a valid API key (GEMINI_API_KEY, or LECTERN_OPENAI_API_KEY) and retry the video."
    try_next_model = False
    repairable = True


class QuotaExhausted(ModelError):
    """The account's quota or credit is used up."""

    code = "provider-quota-spent"
    remedy = "Raise the quota or add credit at the provider, then retry the video."
    repairable = True


class ContentRefused(ModelError):
    """A safety filter blocked the prompt or the answer."""

    code = "content-refused"
    remedy = "Word the topic differently; the provider's safety filter declined this one."
    try_next_model = False


class RequestRejected(ModelError):
    """The service does not accept the request as it is."""

    code = "provider-refused-request"
    remedy = "Check the model's name and settings in the model table."
    repairable = True


class PromptNotAnswered(ModelError):
    """Nobody answered a request that was written to a folder."""

    code = "prompt-not-answered"
    remedy = (
        "Write the answer and retry the video, which keeps what was answered; LECTERN_PROMPTS_TIMEOUT sets the wait."
    )
    repairable = True


class PromptsUnusable(ModelError):
    """The folder of requests and answers cannot be written or read."""

    code = "prompts-unusable"
    remedy = "Name a folder that Lectern may write in LECTERN_PROMPTS, then retry the video."
    repairable = True


class ModelFailed(ProblemError):
    """No model gave a usable answer. `usage` is what was spent; `retryable` says whether to try again later.

    `retry_after` is in seconds, where a service named a time; `repairable` is as in ModelError.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        remedy: str,
        usage: Usage,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        repairable: bool = False,
    ) -> None:
        super().__init__(
            Problem(
                code=code, title="The model gave no usable answer", detail=detail, remedy=remedy, retryable=retryable
            )
        )
        self.usage = usage
        self.retryable = retryable
        self.retry_after = retry_after
        self.repairable = repairable


class UnusableAnswer(ModelFailed):
    """Models answered, and no answer could be used. Asking for something else may succeed."""


class BudgetExceeded(ModelFailed):
    """The next request might cost more than is left of the budget."""
