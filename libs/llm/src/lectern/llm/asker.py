"""Asking a model: the right one for the task, again when that may help, never past the budget."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from lectern.contracts import keys
from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.usage import Usage
from lectern.llm.breaker import Breaker
from lectern.llm.engines.call import Call, Engine, EngineError, OnText, Part, Reply, Source
from lectern.llm.models import ModelTable, PriceTable, TaskSettings
from lectern.llm.schema import decoded, json_schema
from lectern.llm.usage import NOTHING, priced, total, worst_case

T = TypeVar("T")

TRIES = 4  # requests to one model for one question, failures of the service only
DELAYS = (1.0, 4.0, 15.0)  # seconds between them when the service names no time
PATIENCE = 60.0  # the longest a worker holds its slot for a busy model; past it the message waits on the stream
CACHE_SECONDS = 24 * 3600.0
CONCURRENT = 8  # requests under way to one engine


class Answer(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A model's answer. `usage` counts every request it took, failed ones too."""

    value: T
    usage: Usage
    model: str
    cached: bool = False
    sources: tuple[Source, ...] = ()


class ModelFailed(ProblemError):
    """No model gave a usable answer. `usage` is what was spent; `passing` says whether to try later."""

    def __init__(self, problem: Problem, usage: Usage, *, passing: bool) -> None:
        super().__init__(problem)
        self.usage = usage
        self.passing = passing


class Budget:
    """How much may be spent, in US dollars; None is no limit. Failed requests count."""

    def __init__(self, limit_usd: float | None = None, *, spent_usd: float = 0.0) -> None:
        self.limit_usd = limit_usd
        self.spent_usd = spent_usd

    def admits(self, dollars: float) -> bool:
        """Whether a call that may cost so much can be made without passing the limit."""
        return self.limit_usd is None or self.spent_usd + dollars <= self.limit_usd

    def spend(self, usage: Usage) -> None:
        """Books what a call cost."""
        self.spent_usd += usage.cost_usd


class AnswerCache(Protocol):
    """Keeps answers. The object store fits."""

    async def get(self, key: str) -> bytes: ...

    async def put(self, key: str, data: bytes, media_type: str) -> None: ...


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    model: str
    at: float
    sources: tuple[Source, ...] = ()


class Asker:
    """Asks one engine's models by task."""

    def __init__(
        self,
        engine: Engine,
        models: ModelTable,
        prices: PriceTable,
        *,
        cache: AnswerCache | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._models = models
        self._prices = prices
        self._cache = cache
        self._sleep = sleep
        self._clock = clock
        self._breakers: dict[str, Breaker] = {}
        self._under_way = asyncio.Semaphore(CONCURRENT)

    async def ask(
        self,
        task: str,
        *,
        instructions: str,
        parts: tuple[Part, ...],
        result: type[T],
        budget: Budget | None = None,
        on_text: OnText | None = None,
        fresh: bool = False,
    ) -> Answer[T]:
        """The task's model's answer as a `result` (a msgspec struct, or str for plain text).

        An answer that does not fit is asked for once more, quoting what is wrong. `fresh` passes over the cache.
        Raises ModelFailed, whose Problem says what happened and what to do.
        """
        settings = self._models.task(task)
        budget = budget or Budget()
        schema = None if result is str else json_schema(result)
        asked = keys.digest(task, instructions, [_hashable(part) for part in parts], schema, settings)
        key = keys.cache("answers", asked, "json")
        if not fresh and (kept := await self._kept(key)):
            value = _value(kept.text, result)
            return Answer(value=value, usage=NOTHING, model=kept.model, cached=True, sources=kept.sources)
        spent: list[Usage] = []
        reply = await self._reply(task, settings, instructions, parts, schema, budget, spent, on_text)
        try:
            value = _value(reply.text, result)
        except ValueError as error:
            again = (*parts, _reminder(reply.text, error))
            reply = await self._reply(task, settings, instructions, again, schema, budget, spent, on_text)
            try:
                value = _value(reply.text, result)
            except ValueError as second:
                raise _failed(
                    "model-answer-invalid",
                    f"{reply.usage.name} answered twice in a shape that cannot be used: {second}",
                    "Try again; if it persists, name another model for this task in the model table.",
                    spent,
                ) from second
        model = reply.usage.name
        await self._keep(key, _Kept(text=reply.text, model=model, at=self._clock(), sources=reply.sources))
        return Answer(value=value, usage=total(spent), model=model, sources=reply.sources)

    async def _reply(
        self,
        task: str,
        settings: TaskSettings,
        instructions: str,
        parts: tuple[Part, ...],
        schema: dict[str, Any] | None,
        budget: Budget,
        spent: list[Usage],
        on_text: OnText | None,
    ) -> Reply:
        """The first usable reply of the task's models, in their order."""
        last: EngineError | None = None
        for model in settings.models:
            breaker = self._breakers.setdefault(model, Breaker())
            if not breaker.allows():
                last = last or EngineError("away", f"{model} has failed repeatedly and rests for half a minute")
                continue
            call = Call(
                model=model,
                instructions=instructions,
                parts=parts,
                schema=schema,
                thinking=settings.thinking,
                max_output_tokens=settings.max_output_tokens,
                timeout_seconds=settings.timeout_seconds,
                search=settings.search,
            )
            try:
                return await self._tried(task, call, breaker, budget, spent, on_text)
            except EngineError as error:
                last = error
                if error.trouble in ("key", "refused"):
                    break
        assert last is not None
        raise _told(task, last, spent)

    async def _tried(
        self, task: str, call: Call, breaker: Breaker, budget: Budget, spent: list[Usage], on_text: OnText | None
    ) -> Reply:
        price = self._prices.models.get(call.model)
        waited = 0.0
        for attempt in range(TRIES):
            dollars = worst_case(call.characters(), call.max_output_tokens, price)
            if not budget.admits(dollars):
                raise _over_budget(budget, dollars, spent)
            try:
                async with self._under_way:
                    reply = await self._engine.generate(call, on_text)
            except EngineError as error:
                self._book(task, error.usage, budget, spent)
                if error.trouble in ("busy", "away", "slow"):
                    breaker.failed()
                else:
                    breaker.succeeded()
                wait = error.retry_after if error.retry_after is not None else _delay(attempt)
                waited += wait
                if not error.passing or attempt == TRIES - 1 or waited > PATIENCE or breaker.opened is not None:
                    raise
                await self._sleep(wait)
            else:
                breaker.succeeded()
                booked = self._book(task, reply.usage, budget, spent)
                return msgspec.structs.replace(reply, usage=booked)
        raise AssertionError("unreachable")

    def _book(self, task: str, usage: Usage, budget: Budget, spent: list[Usage]) -> Usage:
        booked = msgspec.structs.replace(priced(usage, self._prices.models.get(usage.name)), task=task)
        budget.spend(booked)
        spent.append(booked)
        return booked

    async def _kept(self, key: str) -> _Kept | None:
        if self._cache is None:
            return None
        try:
            kept = msgspec.json.decode(await self._cache.get(key), type=_Kept)
        except Exception:
            return None  # absent, unreadable or out of reach: asking again is always right
        return kept if self._clock() - kept.at < CACHE_SECONDS else None

    async def _keep(self, key: str, kept: _Kept) -> None:
        if self._cache is not None:
            await self._cache.put(key, msgspec.json.encode(kept), "application/json")

    async def close(self) -> None:
        """Closes the engine's connections."""
        await self._engine.close()


def _delay(attempt: int) -> float:
    return DELAYS[min(attempt, len(DELAYS) - 1)] * random.uniform(0.8, 1.2)


def _hashable(part: Part) -> object:
    return part if isinstance(part, str) else [part.media_type, keys.digest(part.data)]


def _value(text: str, result: type[T]) -> T:
    return text if result is str else decoded(text, result)  # type: ignore[return-value]


def _reminder(text: str, error: ValueError) -> str:
    return (
        "Your last answer could not be used. It was:\n\n"
        f"{text[:6000]}\n\nWhat is wrong with it: {error}\n\n"
        "Answer again with one JSON value of the requested shape and nothing else."
    )


def _failed(code: str, detail: str, remedy: str, spent: list[Usage], *, passing: bool = False) -> ModelFailed:
    problem = Problem(
        code=code, title="The model gave no usable answer", detail=detail, remedy=remedy, retryable=passing
    )
    return ModelFailed(problem, total(spent), passing=passing)


def _over_budget(budget: Budget, dollars: float, spent: list[Usage]) -> ModelFailed:
    detail = (
        f"${budget.spent_usd:.4f} of ${budget.limit_usd:.4f} is spent, and the next request may cost ${dollars:.4f}."
    )
    return _failed("budget-exceeded", detail, "Raise max_cost_usd, or ask for fewer or simpler scenes.", spent)


_TOLD: dict[str, tuple[str, str]] = {
    "busy": ("provider-rate-limited", "It is tried again by itself; a higher quota at the provider makes it faster."),
    "away": ("provider-unavailable", "It is tried again by itself; look at the provider's status page if it persists."),
    "slow": (
        "provider-unavailable",
        "It is tried again by itself; raise timeout_seconds in the model table if it persists.",
    ),
    "key": ("provider-auth", "Set a valid API key (GEMINI_API_KEY, or LECTERN_OPENAI_API_KEY) and retry the video."),
    "quota": ("provider-quota-spent", "Raise the quota or add credit at the provider, then retry the video."),
    "refused": ("content-refused", "Word the topic differently; the provider's safety filter declined this one."),
    "cut-off": ("model-answer-cut-off", "Ask for fewer scenes, or raise max_output_tokens in the model table."),
    "empty": ("model-answer-empty", "Retry the video; name another model in the model table if it persists."),
    "request": ("provider-refused-request", "Check the model's name and settings in the model table."),
}


def _told(task: str, error: EngineError, spent: list[Usage]) -> ModelFailed:
    code, remedy = _TOLD[error.trouble]
    return _failed(code, f"Task {task}: {error.detail}.", remedy, spent, passing=error.passing)
