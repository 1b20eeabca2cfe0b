"""The scripter with a model, as a service: what a user sees on good days and bad ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest
from nats.aio.msg import Msg
from pydantic import SecretStr
from standins.behaviour import Fails, Says, Script
from standins.gemini import gemini
from unit.scripter.desk import asked as said_in
from unit.scripter.desk import recorded

from lectern.contracts import events as e
from lectern.contracts import script as s
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, Dub, VideoOptions
from lectern.contracts.requests import Progress
from lectern.contracts.state import fold
from lectern.scripter.app import build
from lectern.scripter.handlers import STAGE
from lectern.scripter.settings import ScripterSettings
from lectern.worker import Connections, Settings, failures
from lectern.worker.loop import StageLoop

pytestmark = pytest.mark.slow

PLAN, SCRIPT, FACTS = (recorded(name) for name in ("plan-sky.json", "script-sky.json", "facts-sky.json"))
BUSY = Fails(429, headers={"Retry-After": "0"})


@dataclass
class Service:
    """A running scripter and the stand-in it asks."""

    connections: Connections
    model: Script

    async def log_after(self, event: e.AnyEvent, count: int) -> list[e.AnyEvent]:
        """Publishes an event and waits until the video's log has `count` facts."""
        await self.deps.event_log.publish(event)
        async with asyncio.timeout(20):
            while len(log := await self.deps.event_log.read(event.video_id)) < count:
                await asyncio.sleep(0.05)
        return [fact for _, fact in log]


@pytest.fixture
async def service(
    connections: Connections, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    monkeypatch.setattr(failures, "RETRY_DELAYS", (0.05,) * 4)
    await connections.store.delete_prefix("cache/answers/")  # what other tests were answered
    async with gemini() as model:
        own = ScripterSettings(**settings.model_dump())
        key = own.model_copy(update={"gemini_api_key": SecretStr("key"), "gemini_url": model.url})
        built = build(key, connections)
        assert built.start
        assert built.close
        await built.start()
        stop = asyncio.Event()
        task = asyncio.create_task(StageLoop(STAGE, connections, built.deps, built.settings).run(stop))
        yield Service(connections, model)
        stop.set()
        await task
        await built.close()


def request(brief: Brief | None = None, **options: object) -> e.VideoRequested:
    asked = brief or Brief(topic="Why is the sky blue?")
    return e.VideoRequested(video_id=new_id(), brief=asked, options=msgspec.convert(options, VideoOptions))


def retry(first: e.VideoRequested) -> e.VideoRequested:
    """The same request in the next round."""
    return msgspec.structs.replace(first, revision=2, at=e.now())


async def test_a_script_that_is_reviewed_shows_its_doubts_and_what_it_cost(service: Service) -> None:
    service.model.then(PLAN, SCRIPT, FACTS)
    _, scripted = await service.log_after(request(review=True), 2)
    assert isinstance(scripted, e.VideoScripted)
    assert {item.task: item.requests for item in scripted.spent} == {"script": 2, "fact-check": 1}
    script = await service.deps.store.get_json(scripted.script_key, s.Script)
    markdown = (await service.deps.store.get(scripted.script_key.removesuffix(".json") + ".md")).decode()
    assert "doubt: Most of the blue has been lost" in markdown
    assert "symbol: blue light | primary | short waves" in markdown
    assert f"<!-- show: {script.scenes[0].beats[0].show} -->" in markdown


async def test_progress_says_that_the_script_is_being_written(service: Service) -> None:
    heard: list[Progress] = []

    async def hear(message: Msg) -> None:
        heard.append(msgspec.json.decode(message.data, type=Progress))

    wanted = request()
    await service.deps.nats.subscribe(subjects.progress(wanted.video_id), cb=hear)
    await service.deps.nats.flush()
    service.model.then(Says(PLAN.text, pieces=4, pause=0.2), Says(SCRIPT.text, pieces=4, pause=0.2), FACTS)
    await service.log_after(wanted, 5)
    assert {report.doing for report in heard} == {"writing"}
    assert {report.facts["step"] for report in heard} >= {"planning", "writing"}
    assert all(0 < report.done < report.of for report in heard)


async def test_prose_without_headings_is_explained(service: Service) -> None:
    key = f"videos/{new_id()}/document.md"
    await service.deps.store.put(key, b"Rayleigh found that short waves are scattered more.\n", "text/markdown")
    service.model.then(PLAN, SCRIPT, FACTS)
    _, scripted, *_ = await service.log_after(request(Brief(document_key=key)), 5)
    assert isinstance(scripted, e.VideoScripted)
    assert "Rayleigh found that short waves" in said_in(service.model.requests[0])


async def test_a_model_that_is_busy_once_is_asked_again_and_the_answers_before_are_kept(service: Service) -> None:
    service.model.then(PLAN, *[BUSY] * 8, SCRIPT, FACTS)
    _, scripted, *_ = await service.log_after(request(), 5)
    assert isinstance(scripted, e.VideoScripted)
    plans = [each for each in service.model.requests if "You plan a short" in said_in(each)]
    assert len(plans) == 1, "the plan was remembered"
    assert sum(item.requests for item in scripted.spent) == 3, "what the first delivery paid for is not forgotten"


async def test_a_model_that_stays_away_fails_the_video_in_the_providers_words(service: Service) -> None:
    service.model.then(PLAN)
    service.model.otherwise = lambda _: BUSY
    _, failed = await service.log_after(request(), 2)
    assert isinstance(failed, e.VideoFailed)
    assert failed.problem.code in ("provider-rate-limited", "provider-unavailable")
    assert (failed.problem.stage, failed.problem.attempt) == ("scripter", 5)
    assert "tried again by itself" in failed.problem.remedy
    assert sum(item.cost_usd for item in failed.spent) > 0, "the plan was paid for"


async def test_a_wrong_key_fails_the_video_at_once(service: Service) -> None:
    service.model.then(Fails(400, "API key not valid. Please pass a valid API key."))
    _, failed = await service.log_after(request(), 2)
    assert isinstance(failed, e.VideoFailed)
    assert (failed.problem.code, failed.problem.attempt) == ("provider-auth", 1)
    assert "GEMINI_API_KEY" in failed.problem.remedy


async def test_a_retry_has_the_script_written_anew_and_counts_what_was_spent_before(service: Service) -> None:
    bad = recorded("script-apology.txt")
    service.model.then(PLAN, bad, bad)
    first = request(max_cost_usd=1.0)
    log = await service.log_after(first, 2)
    assert isinstance(log[1], e.VideoFailed)
    service.model.then(PLAN, SCRIPT, FACTS)
    log = await service.log_after(retry(first), 7)
    assert isinstance(log[3], e.VideoScripted)
    assert len(service.model.requests) == 6, "nothing that was remembered is used again"
    assert sum(item.requests for item in fold(log).spent()) == 6


async def test_a_cost_limit_counts_what_earlier_rounds_cost(service: Service) -> None:
    bad = Says("no script", output=20_000)
    service.model.then(PLAN, bad, bad)
    first = request(max_cost_usd=0.2)
    assert isinstance((await service.log_after(first, 2))[1], e.VideoFailed)
    log = await service.log_after(retry(first), 4)
    assert isinstance(log[3], e.VideoFailed)
    assert log[3].problem.code == "budget-exceeded"
    assert len(service.model.requests) == 3


async def test_a_dub_whose_model_was_away_for_a_while_tells_all_that_it_cost(service: Service) -> None:
    """The first translation is faulty, the correction meets a busy model; the next delivery has the first for nothing."""
    store, video = service.deps.store, new_id()
    english = s.Scene(title="Light", beats=(s.Beat(text="Light falls in."), s.Beat(text="That is it.")))
    await store.put_json(f"videos/{video}/script.json", s.Script(title="Leaf", scenes=(english,)))
    code = "class A(NarratedScene):\n    def construct(self):\n        pass\n"
    await store.put(f"videos/{video}/a.py", code.encode(), "text/x-python")
    dub = Dub(video_id=video, script_key=f"videos/{video}/script.json", codes=(f"videos/{video}/a.py",))

    def german(*beats: str) -> Says:
        scene = {"title": "Licht", "beats": [{"text": beat} for beat in beats]}
        return Says(json.dumps({"title": "Blatt", "scenes": [scene]}))

    service.model.then(german("Nur einer."), *[BUSY] * 8, german("Licht fällt ein.", "Das ist alles."))
    asked = request(Brief(topic="Leaf", dub=dub), language="de")
    _, scripted, planned = await service.log_after(asked, 3)
    assert isinstance(scripted, e.VideoScripted)
    assert (scripted.title, scripted.options.language) == ("Blatt", "de")
    assert isinstance(planned, e.ScenePlanned)
    assert {item.task: item.requests for item in scripted.spent} == {"translate": 2}
    script = await store.get_json(scripted.script_key, s.Script)
    assert script.scenes[0].visual == s.Manim(source=code)
