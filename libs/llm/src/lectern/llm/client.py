"""Asking a model: the right one for the task, again when that may help, never past the budget."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec
import stamina

from lectern.contracts import keys
from lectern.contracts.usage import Usage
from lectern.llm.breaker import OPEN_SECONDS, CircuitBreaker
from lectern.llm.budget import Bill, Budget
from lectern.llm.cache import AnswerCache, AnswerStore
from lectern.llm.errors import (
    ModelError,
    ModelFailed,
    ServiceError,
    ServiceUnavailable,
    UnusableAnswer,
    UnusableCompletion,
)
from lectern.llm.metrics import ModelMetrics
from lectern.llm.models import ModelTable, PriceTable
from lectern.llm.prices import NO_USAGE, highest_cost
from lectern.llm.request import Citation, Completion, ModelEngine, ModelRequest, OnText, PromptPart
from lectern.llm.schema import decode_answer, json_schema
from lectern.tracing import SpanKind, record_span
from lectern.worker import KeyClaims, KeyLocks, Meter

T = TypeVar("T")

MAX_ATTEMPTS = 4  # requests to one model for one question
MAX_SHAPE_ATTEMPTS = 2  # completions of the wrong shape before giving up
MAX_WAIT_SECONDS = 60.0  # between attempts, in all: a longer wait is for the queue, which holds no slot meanwhile
MAX_CONCURRENT_REQUESTS = 8  # to one engine


class ModelReply(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A model's answer. `usage` counts every request it took, failed ones too."""

    value: T
    usage: Usage
    model: str
    cached: bool = False
    citations: tuple[Citation, ...] = ()


class ModelClient:
    """Asks one engine's models, chosen by task. `clock` returns seconds since the epoch.

    `claims` are shared with all who ask the same, if they share the store.
    """

    def __init__(
        self,
        engine: ModelEngine,
        models: ModelTable,
        prices: PriceTable,
        *,
        store: AnswerStore | None = None,
        metrics: ModelMetrics | None = None,
        claims: KeyClaims | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._metrics = metrics or ModelMetrics(Meter())
        self._engine = engine
        self._models = models
        self._prices = prices
        self._cache = AnswerCache(store, clock)
        self._breakers: dict[str, CircuitBreaker] = {}
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_REQUESTS)
        self._asking = KeyLocks()
        self._claims = claims or KeyClaims()

    def has_task(self, task: str) -> bool:
        """True if the model table names models for the task itself, rather than only the engine's default."""
        return task in self._models.tasks

    def sees_images(self, task: str) -> bool:
        """True if the task's models see images."""
        return self._models.task(task).images

    def highest_cost(self, task: str, characters: int) -> float:
        """The most that one question with so many characters can cost at the task's first model, in US dollars."""
        settings = self._models.task(task)
        return highest_cost(characters, settings.max_output_tokens, self._prices.models.get(settings.models[0]))

    async def ask(
        self,
        task: str,
        *,
        instructions: str,
        parts: tuple[PromptPart, ...],
        result: type[T],
        budget: Budget | None = None,
        on_text: OnText | None = None,
        fresh: bool = False,
        salt: str = "",
    ) -> ModelReply[T]:
        """The answer of the task's model as a `result` (a msgspec struct, or str for plain text).

        An answer of the wrong shape is asked for once more, quoting the error. `on_text` is called with the number of
        characters so far. `fresh` skips the cache; answers with different `salt` are cached apart. Raises ModelFailed,
        whose Problem says what happened and what to do.
        """
        settings = self._models.task(task)
        schema = None if result is str else json_schema(result)
        key = keys.cache(
            "answers",
            keys.digest(task, instructions, _digestible(parts), schema, settings, *[salt] * bool(salt)),
            "json",
        )
        request = ModelRequest(
            model="",
            instructions=instructions,
            parts=parts,
            schema=schema,
            thinking=settings.thinking,
            max_output_tokens=settings.max_output_tokens,
            timeout_seconds=settings.timeout_seconds,
            search=settings.search,
            task=task,
        )
        bill = Bill(task, self._prices.models, budget or Budget())
        if fresh or not self._cache.is_kept:
            return await self._ask_models(key, request, settings.models, bill, result, on_text)
        async with self._asking.holding(key):  # whoever asks the same meanwhile finds the answer, paid for once
            known = await self._cache.get(key)
            if known is None:
                async with self._claims.holding(key.replace("/", ".")):  # another process may be asking
                    known = await self._cache.get(key)
                    if known is None:
                        self._metrics.count_look(hit=False)
                        return await self._ask_models(key, request, settings.models, bill, result, on_text)
            self._metrics.count_look(hit=True)
        value = _decode(known.text, result)
        return ModelReply(value=value, usage=NO_USAGE, model=known.model, cached=True, citations=known.citations)

    async def _ask_models(
        self,
        key: str,
        request: ModelRequest,
        models: tuple[str, ...],
        bill: Bill,
        result: type[T],
        on_text: OnText | None,
    ) -> ModelReply[T]:
        """An answer that can be used, which is kept under the key."""
        parts = request.parts
        error: ValueError | None = None
        for _ in range(MAX_SHAPE_ATTEMPTS):
            completion = await self._complete(request, models, bill, on_text)
            model = completion.usage.name
            try:
                value = _decode(completion.text, result)
            except ValueError as decoding_error:
                error = decoding_error
                request = msgspec.structs.replace(request, parts=(*parts, _correction(completion.text, error)))
                continue
            await self._cache.put(key, completion.text, model, completion.citations)
            return ModelReply(value=value, usage=bill.total(), model=model, citations=completion.citations)
        raise UnusableAnswer(
            "model-answer-invalid",
            f"{model} answered twice in a shape that cannot be used: {error}",
            "Try again; if it persists, name another model for this task in the model table.",
            bill.total(),
        ) from error

    async def _complete(
        self, request: ModelRequest, models: tuple[str, ...], bill: Bill, on_text: OnText | None
    ) -> Completion:
        """The first completion that one of the models gives, in their order."""
        failure: ModelError | None = None
        for model in models:
            breaker = self._breakers.setdefault(model, CircuitBreaker())
            if not breaker.admit():
                open_circuit = f"{model} has failed repeatedly; its circuit is open for {OPEN_SECONDS:g} s"
                failure = failure or ServiceUnavailable(open_circuit)
                continue
            try:
                async for attempt in stamina.retry_context(
                    on=_Backoff(breaker),
                    attempts=MAX_ATTEMPTS,
                    timeout=None,
                    wait_initial=1.0,
                    wait_exp_base=4.0,
                    wait_max=20.0,
                    wait_jitter=0.5,
                ):
                    with attempt:
                        return await self._send(msgspec.structs.replace(request, model=model), breaker, bill, on_text)
            except ModelError as error:
                failure = error
                if not error.try_next_model:
                    break
        assert failure is not None
        kind = UnusableAnswer if isinstance(failure, UnusableCompletion) else ModelFailed
        detail = f"Task {bill.task}: {failure.detail}."
        raise kind(
            failure.code,
            detail,
            failure.remedy,
            bill.total(),
            retryable=failure.retryable,
            retry_after=failure.retry_after,
            repairable=failure.repairable,
        )

    async def _send(
        self, request: ModelRequest, breaker: CircuitBreaker, bill: Bill, on_text: OnText | None
    ) -> Completion:
        bill.check_budget(request)
        try:
            completion = await self._generate(request, on_text)
        except ModelError as error:
            bill.charge(error.usage)
            if isinstance(error, ServiceError):
                breaker.record_failure()
            else:
                breaker.record_success()
            raise
        breaker.record_success()
        bill.charge(completion.usage)
        return completion

    async def _generate(self, request: ModelRequest, on_text: OnText | None) -> Completion:
        async with self._slots:
            started = time.monotonic()
            try:
                completion = await self._request(request, on_text)
            except ModelError as error:
                self._metrics.count_request(request.model, request.task, time.monotonic() - started, error)
                raise
            self._metrics.count_request(request.model, request.task, time.monotonic() - started)
            return completion

    async def _request(self, request: ModelRequest, on_text: OnText | None) -> Completion:
        with record_span("request model", kind=SpanKind.CLIENT, task=request.task, model=request.model) as span:
            completion = await self._engine.generate(request, on_text)
            span.set_attribute("gen_ai.usage.input_tokens", completion.usage.input)
            span.set_attribute("gen_ai.usage.output_tokens", completion.usage.output + completion.usage.thinking)
        return completion

    async def close(self) -> None:
        """Closes the engine's connections."""
        await self._engine.close()


class _Backoff:
    """Decides for stamina if and when a failed request is sent again."""

    def __init__(self, breaker: CircuitBreaker) -> None:
        self._breaker = breaker
        self._waited = 0.0

    def __call__(self, error: Exception) -> bool | float:
        if not isinstance(error, ModelError) or not error.retryable or self._breaker.is_open:
            return False
        if error.retry_after is None:
            return True
        self._waited += error.retry_after
        return error.retry_after if self._waited <= MAX_WAIT_SECONDS else False


def _digestible(parts: tuple[PromptPart, ...]) -> list[object]:
    return [part if isinstance(part, str) else [part.media_type, keys.digest(part.data)] for part in parts]


def _decode(text: str, result: type[T]) -> T:
    return text if result is str else decode_answer(text, result)  # type: ignore[return-value]


def _correction(text: str, error: ValueError) -> str:
    return (
        "Your last answer could not be used. It was:\n\n"
        f"{text[:6000]}\n\nWhat is wrong with it: {error}\n\n"
        "Answer again with one JSON value of the requested shape and nothing else."
    )
