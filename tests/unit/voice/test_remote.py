"""Behaviour that all speech services share: splitting, concurrency, retries, kept answers, and joining."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

import numpy as np
import pytest

from lectern.contracts.usage import Usage
from lectern.voice.metrics import VoiceMetrics
from lectern.voice.provider_errors import ProviderError
from lectern.voice.remote import ATTEMPTS, RemoteEngine
from lectern.voice.speech import Mark, Passage, Speech, SpeechRequest
from lectern.voice.table import RequestLimits
from lectern.voice.voices import Voice
from lectern.worker import Meter, Permanent, Transient

VOICE = Voice(id="v", language="en", gender="female", engine="fake", name="v", usd_per_million=10)
RATE = 8000


@dataclass
class FakeService:
    """Speaks each character in 10 ms; first raises the given errors, one for each request. Times out at a None."""

    version: str = "1"
    errors: deque[Exception | None] = field(default_factory=deque)
    requests: list[SpeechRequest] = field(default_factory=list)
    concurrent: int = 0
    most_concurrent: int = 0

    def size(self, text: str, voice: Voice) -> int:
        return len(text)

    async def speak(self, request: SpeechRequest) -> tuple[Passage, Usage]:
        self.requests.append(request)
        self.concurrent += 1
        self.most_concurrent = max(self.most_concurrent, self.concurrent)
        try:
            await asyncio.sleep(0)
            if self.errors:
                error = self.errors.popleft()
                if error is None:
                    await asyncio.sleep(60)
                else:
                    raise error
        finally:
            self.concurrent -= 1
        samples = np.full(len(request.text) * RATE // 100, 9000, dtype=np.int16)
        usage = Usage(kind="voice", name="fake/v", requests=1, characters=len(request.text))
        return Passage(samples=samples, rate=RATE, marks=(Mark(offset=0, seconds=0.0),)), usage

    async def close(self) -> None:
        pass


def engine_of(service: FakeService, *, concurrency: int = 2, max_size: int = 1000) -> RemoteEngine:
    limits = RequestLimits(
        provider="Fake Speech", key_setting="FAKE_KEY", concurrency=concurrency, max_size=max_size, timeout=0.05
    )
    return RemoteEngine(service, limits)


async def speak(engine: RemoteEngine, *texts: str) -> Speech:
    return await engine.speak(texts, VOICE, "en", 1.0)


async def test_a_text_is_one_request_that_knows_its_neighbours() -> None:
    service = FakeService()
    speech = await speak(engine_of(service), "One.", "Two.", "Three.")
    requests = sorted(service.requests, key=lambda request: ["One.", "Two.", "Three."].index(request.text))
    assert [(request.before, request.after) for request in requests] == [("", "Two."), ("One.", "Three."), ("Two.", "")]
    assert [passage.seconds for passage in speech.passages] == pytest.approx([0.04, 0.04, 0.06])
    assert speech.timing == "exact"


async def test_a_long_text_is_split_and_its_sound_joined() -> None:
    service = FakeService()
    speech = await speak(engine_of(service, max_size=20), "A first sentence. A second sentence.")
    assert [request.text for request in service.requests] == ["A first sentence.", "A second sentence."]
    [passage] = speech.passages
    assert passage.seconds > 0.35, "there is a pause between the pieces"
    assert [mark.offset for mark in passage.marks] == [0, 18]


async def test_usage_of_all_requests_is_added_up() -> None:
    speech = await speak(engine_of(FakeService()), "One.", "Three.")
    assert speech.spent == (Usage(kind="voice", name="fake/v", requests=2, characters=10),)


async def test_no_more_requests_at_once_than_the_row_allows() -> None:
    service = FakeService()
    await speak(engine_of(service, concurrency=3), *(f"Text {number}." for number in range(8)))
    assert service.most_concurrent == 3


@pytest.mark.parametrize(
    "failure",
    [ProviderError("busy", "slow down", retry_after=0.01), ProviderError("unavailable", "no"), ValueError("x")],
)
async def test_a_passing_failure_is_retried(failure: Exception) -> None:
    service = FakeService(errors=deque([failure] * (ATTEMPTS - 1)))
    await speak(engine_of(service), "One.")
    assert len(service.requests) == ATTEMPTS


async def test_a_failure_that_does_not_pass_returns_the_scene_to_the_queue() -> None:
    service = FakeService(errors=deque([None] * ATTEMPTS))
    with pytest.raises(Transient, match="no answer within"):
        await speak(engine_of(service), "One.")
    assert len(service.requests) == ATTEMPTS


async def test_a_long_delay_is_left_to_the_queue() -> None:
    service = FakeService(errors=deque([ProviderError("busy", "per minute", retry_after=45)]))
    with pytest.raises(Transient) as failed:
        await speak(engine_of(service), "One.")
    assert failed.value.retry_after == 45
    assert len(service.requests) == 1


async def test_a_lasting_failure_names_provider_and_setting() -> None:
    service = FakeService(errors=deque([ProviderError("key", "not valid")]))
    with pytest.raises(Permanent) as failed:
        await speak(engine_of(service), "One.")
    assert failed.value.problem.detail == "Fake Speech: not valid"
    assert "FAKE_KEY" in failed.value.problem.remedy
    assert len(service.requests) == 1


async def test_a_failure_cancels_the_other_requests() -> None:
    service = FakeService(errors=deque([ProviderError("key", "no"), None, None, None]))
    with pytest.raises(Permanent):
        await speak(engine_of(service), "One.", "Two.", "Three.", "Four.", "Five.", "Six.")
    assert len(service.requests) <= 4


async def test_a_failed_scene_requests_only_the_rest_when_it_comes_back() -> None:
    texts = ("One is done.", "Two is not.")
    service = FakeService()
    engine = engine_of(service, concurrency=1)  # so that the first is spoken before the second fails
    await speak(engine, "Something else.")
    service.requests.clear()

    answered = service.speak

    async def fail_the_second(request: SpeechRequest) -> tuple[Passage, Usage]:
        if request.text == texts[1]:
            raise ProviderError("refused", "no")
        return await answered(request)

    service.speak = fail_the_second  # type: ignore[method-assign]
    with pytest.raises(Permanent):
        await speak(engine, *texts)
    service.speak = answered  # type: ignore[method-assign]
    service.requests.clear()
    speech = await speak(engine, *texts)
    assert [request.text for request in service.requests] == [texts[1]]
    assert speech.spent[0].characters == sum(map(len, texts)), "what the first delivery paid for is on the bill"
    service.requests.clear()
    await speak(engine, *texts)
    assert len(service.requests) == 2, "a redo is spoken again"


async def test_requests_are_counted_by_how_they_ended() -> None:
    meter = Meter()
    limits = RequestLimits(provider="Fake Speech", key_setting="FAKE_KEY", concurrency=1, max_size=99, timeout=0.05)
    service = FakeService(errors=deque([ProviderError("busy", "slow down"), None, ValueError("x")]))
    await speak(RemoteEngine(service, limits, "fake", VoiceMetrics(meter)), "One.")
    found = {
        sample.labels["outcome"]: sample.value
        for family in meter.registry.collect()
        for sample in family.samples
        if sample.name == "lectern_voice_requests_total"
    }
    assert found == {"busy": 1, "slow": 1, "unusable": 1, "ok": 1}
    assert meter.registry.get_sample_value("lectern_voice_request_seconds_count", {"engine": "fake"}) == 4
