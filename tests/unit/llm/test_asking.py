"""Asking a model, with success and failure: the real client libraries against stand-ins with the real protocols."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest
import stamina
from standins.behaviour import Blocks, Cuts, Empty, Fails, Garbles, Hangs, Move, Says, StandIn
from standins.chat import chat
from standins.gemini import gemini

from lectern.contracts.usage import Usage
from lectern.llm import MAX_ATTEMPTS, Budget, BudgetExceeded, ImagePart, ModelClient, ModelFailed, UnusableAnswer
from lectern.llm.client import MAX_CONCURRENT_REQUESTS
from lectern.llm.engines.gemini import GeminiModelEngine
from lectern.llm.engines.openai import OpenAIModelEngine
from lectern.llm.metrics import ModelMetrics
from lectern.llm.models import ModelTable, ModelTask, PriceTable
from lectern.llm.prices import TokenPrice
from lectern.llm.request import Completion, ModelEngine, ModelRequest, OnText
from lectern.worker import KeyClaims, Meter, StageMetrics, Unavailable
from lectern.worker.testing import MemoryKeyValueStore, MemoryObjectStore

KEY = "test-key-which-must-not-leak"


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A result type."""

    title: str
    year: int


GOOD = Says(json.dumps({"title": "Relativity", "year": 1905}))


class Rig:
    """A model client of a stand-in, with a clock and waits that take no time but are recorded."""

    def __init__(
        self,
        script: StandIn,
        engine: ModelEngine,
        waits: list[float],
        models: tuple[str, ...] = ("strong",),
        timeout: float = 5.0,
    ) -> None:
        self.script = script
        self.waits = waits
        self.store = MemoryObjectStore()
        self.now = 1_000_000.0
        self.meter = Meter()
        self._engine = engine
        table = ModelTable(tasks={"default": ModelTask(models=models, timeout_seconds=timeout, max_output_tokens=1000)})
        prices = PriceTable(as_of="2026-01-01", models={"strong": TokenPrice(input=1.0, cached=0.1, output=10.0)})
        metrics = ModelMetrics(self.meter, StageMetrics(self.meter))
        self._options = {"store": self.store, "metrics": metrics, "clock": lambda: self.now}
        self._tables = table, prices
        self.client = ModelClient(engine, *self._tables, **self._options)  # type: ignore[arg-type]

    def join(self, claims: KeyClaims) -> Rig:
        """Another process that has the same store and model, and these claims."""
        other = copy.copy(self)
        other.client = ModelClient(self._engine, *self._tables, claims=claims, **self._options)  # type: ignore[arg-type]
        return other

    async def ask(self, budget: Budget | None = None, question: str = "Who?", **options: object) -> object:
        return await self.client.ask(
            "title",
            instructions="Be brief.",
            parts=(question,),
            result=Fact,
            budget=budget,
            **options,  # type: ignore[arg-type]
        )


Servers: dict[str, tuple[Callable[[], AbstractAsyncContextManager[StandIn]], Callable[[str], ModelEngine]]] = {
    "gemini": (gemini, lambda url: GeminiModelEngine(KEY, base_url=url)),
    "openai": (chat, lambda url: OpenAIModelEngine(url, api_key=KEY)),
}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that retries would have waited."""
    recorded: list[float] = []

    async def record(seconds: float) -> None:
        recorded.append(seconds)

    monkeypatch.setattr("stamina._core._smart_sleep", record)
    return recorded


@pytest.fixture(params=list(Servers))
async def rig(request: pytest.FixtureRequest, waits: list[float]) -> AsyncIterator[Rig]:
    serve, connect = Servers[request.param]
    async with serve() as script:
        with stamina.set_testing(False):
            rig = Rig(script, connect(script.url), waits, models=("strong", "spare"), timeout=1.0)
            yield rig
            await rig.client.close()


async def failure(rig: Rig, *moves: Move, budget: Budget | None = None) -> ModelFailed:
    rig.script.then(*moves)
    with pytest.raises(ModelFailed) as caught:
        await rig.ask(budget, question="What else?")
    assert KEY not in str(caught.value)
    assert caught.value.problem.remedy
    return caught.value


async def test_an_answer_comes_typed_with_its_usage_and_cost(rig: Rig) -> None:
    rig.script.then(Says(GOOD.text, input=1000, cached=400, thinking=50, output=50))
    heard: list[int] = []
    answer = await rig.client.ask(
        "title", instructions="x", parts=("y", ImagePart(data=b"\x89PNG")), result=Fact, on_text=heard.append
    )
    assert answer.value == Fact(title="Relativity", year=1905)
    assert (answer.usage.input, answer.usage.cached, answer.usage.thinking, answer.usage.output) == (1000, 400, 50, 50)
    assert answer.usage.cost_usd == pytest.approx((600 * 1.0 + 400 * 0.1 + 100 * 10.0) / 1e6)
    assert heard == sorted(heard)
    assert heard[-1] == len(GOOD.text), "progress is heard while the answer streams"


async def test_the_request_carries_the_schema_of_the_result(rig: Rig) -> None:
    rig.script.then(GOOD)
    await rig.ask()
    asked = json.dumps(rig.script.requests[0])
    assert '"year"' in asked
    assert '"integer"' in asked
    assert "$ref" not in asked


async def test_fences_and_prose_around_the_json_are_ignored(rig: Rig) -> None:
    rig.script.then(Says(f"Here you are:\n```json\n{GOOD.text}\n```\nEnjoy!"))
    assert (await rig.ask()).value.year == 1905  # type: ignore[attr-defined]


async def test_an_answer_of_the_wrong_shape_is_requested_once_more_with_the_error(rig: Rig) -> None:
    rig.script.then(Says('{"title": "Relativity", "year": "long ago"}'), GOOD)
    answer = await rig.ask()
    assert answer.usage.requests == 2  # type: ignore[attr-defined]
    second = json.dumps(rig.script.requests[1])
    assert "Expected `int`" in second
    assert "$.year" in second


async def test_a_second_answer_of_the_wrong_shape_is_a_clear_failure(rig: Rig) -> None:
    failed = await failure(rig, Says("not json"), Says('{"title": 3}'))
    assert isinstance(failed, UnusableAnswer)
    assert failed.problem.code == "model-answer-invalid"
    assert failed.usage.requests == 2
    assert not failed.retryable


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_a_busy_model_is_retried_when_it_says(rig: Rig, form: str) -> None:
    header = "7" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=7))
    rig.script.then(Fails(429, headers={"Retry-After": header}), GOOD)
    await rig.ask()
    assert rig.waits == [pytest.approx(7, abs=2)]


async def test_a_busy_model_that_names_no_time_is_retried_after_growing_delays(rig: Rig) -> None:
    rig.script.then(Fails(429), Fails(503), GOOD)
    await rig.ask()
    assert len(rig.waits) == 2
    assert rig.waits[0] < rig.waits[1]


async def test_a_wrong_clock_cannot_block_a_worker(rig: Rig) -> None:
    future = format_datetime(datetime.now(UTC) + timedelta(days=400))
    rig.script.then(Fails(429, headers={"Retry-After": future}), GOOD)
    answer = await rig.ask()
    assert rig.waits == [], "the wait is too long to hold a slot for: the next model is asked"
    assert rig.script.requests[1].get("model") == "spare"
    assert answer.value.year == 1905  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "bad", [Fails(500), Fails(503), Cuts(), Hangs(), Garbles(), Empty()], ids=lambda m: type(m).__name__
)
async def test_a_failing_service_is_retried(rig: Rig, bad: Move) -> None:
    rig.script.then(bad, GOOD)
    assert (await rig.ask()).value.year == 1905  # type: ignore[attr-defined]
    # on a busy machine the good answer, too, may come after the timeout
    assert len(rig.waits) == len(rig.script.requests) - 1 >= 1


async def test_after_too_many_failures_the_next_model_is_asked(rig: Rig) -> None:
    rig.script.then(*[Fails(500)] * MAX_ATTEMPTS, GOOD)
    answer = await rig.ask()
    assert answer.model == "spare"  # type: ignore[attr-defined]


async def test_the_failure_of_every_model_is_retryable(rig: Rig) -> None:
    failed = await failure(rig, *[Fails(500)] * MAX_ATTEMPTS * 2)
    assert failed.problem.code == "provider-unavailable"
    assert failed.retryable


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (Fails(401), "provider-auth"),
        (Fails(403), "provider-auth"),
        (Blocks(), "content-refused"),
    ],
)
async def test_an_error_that_a_retry_cannot_fix_is_reported_at_once(rig: Rig, bad: Move, code: str) -> None:
    failed = await failure(rig, bad)
    assert failed.problem.code == code
    assert not failed.retryable
    assert rig.waits == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [(Fails(404), "provider-refused-request"), (Says("{", finish="MAX_TOKENS"), "model-answer-cut-off")],
)
async def test_errors_that_depend_on_the_model_are_left_to_the_next_one(rig: Rig, bad: Move, code: str) -> None:
    failed = await failure(rig, bad, bad)
    assert failed.problem.code == code
    assert [request["model"] for request in rig.script.requests] == ["strong", "spare"]


async def test_an_exhausted_quota_is_reported_as_such() -> None:
    async with gemini() as script:
        rig = Rig(script, GeminiModelEngine(KEY, base_url=script.url), [])
        failed = await failure(
            rig, Fails(429, "You exceeded your current quota, please check your plan and billing details.")
        )
        assert failed.problem.code == "provider-quota-spent"
        await rig.client.close()
    async with chat() as script:
        rig = Rig(script, OpenAIModelEngine(script.url, api_key=KEY), [])
        failed = await failure(rig, Fails(429, "no credit", kind="insufficient_quota"))
        assert failed.problem.code == "provider-quota-spent"
        await rig.client.close()


async def test_a_wrong_gemini_key_is_reported_even_when_google_answers_400() -> None:
    async with gemini() as script:
        rig = Rig(script, GeminiModelEngine(KEY, base_url=script.url), [])
        failed = await failure(rig, Fails(400, "API key not valid. Please pass a valid API key."))
        assert failed.problem.code == "provider-auth"
        assert script.headers[0]["x-goog-api-key"] == KEY
        await rig.client.close()


async def test_a_request_that_might_exceed_the_budget_is_not_sent(rig: Rig) -> None:
    budget = Budget(0.0105)  # the worst case of a thousand output tokens at $10 a million is a cent
    rig.script.then(GOOD)
    await rig.ask(budget)
    assert 0 < budget.spent_usd < 0.0105
    failed = await failure(rig, budget=Budget(0.0105, spent_usd=0.001))
    assert isinstance(failed, BudgetExceeded)
    assert failed.problem.code == "budget-exceeded"
    assert len(rig.script.requests) == 1


async def test_failed_requests_count_against_the_budget(rig: Rig) -> None:
    budget = Budget(1.0)
    rig.script.then(
        Says("not json", input=1000, output=100, thinking=0), Says(GOOD.text, input=2000, output=50, thinking=0)
    )
    await rig.ask(budget)
    assert budget.spent_usd == pytest.approx((3000 * 1.0 + 150 * 10.0) / 1e6)


async def test_a_repeated_question_is_answered_from_the_cache_for_a_day(rig: Rig) -> None:
    rig.script.then(GOOD, GOOD, GOOD)
    await rig.ask()
    again = await rig.ask()
    assert again.cached  # type: ignore[attr-defined]
    assert again.usage.cost_usd == 0  # type: ignore[attr-defined]
    rig.now += 25 * 3600
    assert not (await rig.ask()).cached  # type: ignore[attr-defined]
    await rig.ask(fresh=True)
    assert len(rig.script.requests) == 3


async def test_a_question_that_is_being_asked_is_not_asked_again_meanwhile(rig: Rig) -> None:
    rig.script.then(GOOD)
    first, *others = await asyncio.gather(*(rig.ask() for _ in range(3)))
    assert len(rig.script.requests) == 1
    assert first.usage.requests == 1  # type: ignore[attr-defined]
    assert all(other.cached and other.usage.cost_usd == 0 for other in others)  # type: ignore[attr-defined]


async def test_a_question_that_another_process_is_asking_is_not_asked_again_meanwhile(rig: Rig) -> None:
    rig.script.then(GOOD)
    bucket = MemoryKeyValueStore()
    replicas = [rig.join(KeyClaims(bucket)) for _ in range(2)]
    answers = await asyncio.gather(*(each.ask() for each in replicas))
    assert len(rig.script.requests) == 1
    assert sorted(answer.cached for answer in answers) == [False, True]  # type: ignore[attr-defined]


async def test_whoever_waits_for_another_s_answer_asks_when_that_one_fails_or_gives_up(rig: Rig) -> None:
    rig.script.then(Hangs(), Blocks(), GOOD)
    gone, failed, asked = (asyncio.create_task(rig.ask()) for _ in range(3))
    while not rig.script.requests:
        await asyncio.sleep(0.01)
    gone.cancel()
    async with asyncio.timeout(60):
        await asyncio.wait({gone, failed, asked})
    assert gone.cancelled()
    assert isinstance(failed.exception(), ModelFailed)
    assert not (await asked).cached  # type: ignore[attr-defined]


async def test_nothing_is_asked_while_it_cannot_be_known_whether_it_was_answered(rig: Rig) -> None:
    rig.store.available = False
    with pytest.raises(Unavailable):
        await rig.ask()
    assert not rig.script.requests


async def test_an_answer_that_cannot_be_stored_is_kept_until_it_can_and_not_paid_for_again(rig: Rig) -> None:
    rig.script.then(GOOD)

    def lose_store(characters: int) -> None:
        rig.store.available = False

    assert (await rig.ask(on_text=lose_store)).usage.requests == 1  # type: ignore[attr-defined]
    assert (await rig.ask()).cached  # type: ignore[attr-defined]
    rig.store.available = True
    assert (await rig.ask()).cached  # type: ignore[attr-defined]
    assert len(rig.store.keys()) == 1
    assert len(rig.script.requests) == 1


async def test_a_question_with_another_salt_is_asked_anew_and_cached_apart(rig: Rig) -> None:
    rig.script.then(GOOD, GOOD)
    await rig.ask()
    assert not (await rig.ask(salt="redo")).cached  # type: ignore[attr-defined]
    assert (await rig.ask(salt="redo")).cached  # type: ignore[attr-defined]
    assert len(rig.script.requests) == 2


async def test_a_model_that_keeps_failing_gets_no_requests_for_a_while() -> None:
    async with chat() as script:
        rig = Rig(script, OpenAIModelEngine(script.url, api_key=KEY), [], models=("strong",))
        for number in range(2):
            await failure(rig, *([Fails(500)] * (MAX_ATTEMPTS if number == 0 else 1)))
        asked = len(script.requests)
        failed = await failure(rig)
        assert "circuit is open" in failed.problem.detail
        assert len(script.requests) == asked, "an open circuit sends no request"
        await rig.client.close()


class CountingEngine:
    """Counts the requests that run at the same time."""

    def __init__(self) -> None:
        self.running = 0
        self.most_running = 0

    async def generate(self, request: ModelRequest, on_text: OnText | None = None) -> Completion:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(0.005)
        self.running -= 1
        return Completion(text=GOOD.text, usage=Usage(kind="model", name=request.model, requests=1))

    async def close(self) -> None:
        return None


async def test_the_number_of_concurrent_requests_is_limited() -> None:
    engine = CountingEngine()
    rig = Rig(StandIn(), engine, [])
    await asyncio.gather(*(rig.ask(question=str(number)) for number in range(20)))
    assert engine.most_running == MAX_CONCURRENT_REQUESTS


async def test_a_grounded_answer_has_citations() -> None:
    async with gemini() as script:
        rig = Rig(script, GeminiModelEngine(KEY, base_url=script.url), [])
        script.then(Says(GOOD.text, sources=(("Annalen der Physik", "https://example.org/1905"),)))
        answer = await rig.ask()
        assert [source.title for source in answer.citations] == ["Annalen der Physik"]  # type: ignore[attr-defined]
        await rig.client.close()


async def test_requests_are_counted_by_model_and_how_they_ended(rig: Rig) -> None:
    await failure(rig, Fails(429), Fails(429), Fails(429), Fails(429), Fails(401))
    rig.script.then(GOOD)
    await rig.ask()
    await rig.ask()
    found = {
        (sample.labels["model"], sample.labels["outcome"]): sample.value
        for family in rig.meter.registry.collect()
        for sample in family.samples
        if sample.name == "lectern_model_requests_total"
    }
    assert found == {("strong", "rate-limited"): 4, ("spare", "auth"): 1, ("strong", "ok"): 1}

    def read(name: str, **labels: str) -> float | None:
        return rig.meter.registry.get_sample_value(name, labels)

    assert read("lectern_model_request_seconds_count", model="strong", task="title") == 5
    assert read("lectern_cache_requests_total", cache="answers", result="miss") == 2
    assert read("lectern_cache_requests_total", cache="answers", result="hit") == 1
