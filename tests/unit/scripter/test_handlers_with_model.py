"""The scripter's handlers with a model: what a user sees when it works, and when it does not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import msgspec
import pytest
from pydantic import SecretStr
from standins.behaviour import Fails, Says, StandIn
from standins.gemini import gemini
from unit.scripter.recordings import recorded, request_text

from lectern.contracts import events as e
from lectern.contracts import keys, subjects
from lectern.contracts import script as s
from lectern.contracts.ids import new_id
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief, Dub, VideoOptions
from lectern.contracts.requests import Progress
from lectern.contracts.topology import ATTEMPTS
from lectern.scripter.app import build
from lectern.scripter.handlers import STAGE
from lectern.scripter.settings import ScripterSettings
from lectern.worker.delivery import DeliveryResult
from lectern.worker.testing import deliver, memory_connections

PLAN, SCRIPT, FACTS = (recorded(name) for name in ("plan-sky.json", "script-sky.json", "facts-none.json"))
DOUBTS, NO_REWRITE = recorded("facts-sky.json"), recorded("rewrite-none.json")
BUSY = Fails(429, headers={"Retry-After": "0"})


class ScripterWithModel:
    """The scripter's handlers on in-memory connections, and the stand-in that its model client asks."""

    def __init__(self, model: StandIn) -> None:
        self.model = model
        self.connections = memory_connections()
        self.store = self.connections.store
        settings = ScripterSettings(gemini_api_key=SecretStr("key"), gemini_url=model.url)
        self.service = build(settings, self.connections)

    async def handle(self, event: e.AnyEvent) -> list[e.AnyEvent]:
        """The events that answer an event, delivered as often as the stream would deliver it."""
        known = len(await self.log(event.video_id))
        for number in range(1, 2 * ATTEMPTS):
            delivered = await deliver(STAGE, event, self.connections, self.service.deps, attempt=min(number, 2))
            if delivered.result not in (DeliveryResult.RETRY, DeliveryResult.WAITING):
                break
        events = (await self.log(event.video_id)).events[known:]
        return [each for each in events if each != event and not isinstance(each, e.VideoDelayed)]

    async def log(self, video_id: str) -> VideoLog:
        return await self.connections.event_log.read(video_id)


@pytest.fixture
async def scripter() -> AsyncIterator[ScripterWithModel]:
    async with gemini() as model:
        scripter = ScripterWithModel(model)
        yield scripter
        assert scripter.service.close
        await scripter.service.close()


def request(brief: Brief | None = None, **options: object) -> e.VideoRequested:
    brief = brief or Brief(topic="Why is the sea salty?")
    return e.VideoRequested(video_id=new_id(), brief=brief, options=msgspec.convert(options, VideoOptions))


def retry(first: e.VideoRequested) -> e.VideoRequested:
    """The same request in the next revision."""
    return msgspec.structs.replace(first, revision=2, at=e.now())


async def test_a_script_that_is_reviewed_shows_its_doubts_and_what_it_cost(scripter: ScripterWithModel) -> None:
    scripter.model.then(PLAN, SCRIPT, DOUBTS, NO_REWRITE)
    [scripted] = await scripter.handle(request(review=True))
    assert isinstance(scripted, e.VideoScripted)
    assert {item.task: item.requests for item in scripted.spent} == {"script": 3, "fact-check": 1}
    assert scripted.doubts == (
        "Most of the blue has been lost on the way (At sunset the red also comes from dust and haze, and ozone "
        "absorption keeps the zenith blue.)",
    )
    script = await scripter.store.get_json(scripted.script_key, s.Script)
    markdown = (await scripter.store.get(keys.script_markdown(scripted.script_key))).decode()
    assert "doubt: Most of the blue has been lost" in markdown
    assert "symbol: blue light | primary | short waves" in markdown
    assert f"<!-- show: {script.scenes[0].beats[0].show} -->" in markdown


@pytest.mark.slow
async def test_progress_reports_each_step_of_writing(scripter: ScripterWithModel) -> None:
    reports: list[Progress] = []

    async def listen(subject: str, data: bytes) -> None:
        reports.append(msgspec.json.decode(data, type=Progress))

    event = request()
    scripter.model.then(Says(PLAN.text, pieces=4, pause=0.2), Says(SCRIPT.text, pieces=4, pause=0.2), FACTS)
    async with scripter.connections.bus.listening(subjects.progress(event.video_id), listen):
        await scripter.handle(event)
    assert {report.doing for report in reports} == {"writing"}
    assert {report.facts["step"] for report in reports} >= {"planning", "writing"}
    assert all(0 < report.done < report.of for report in reports)


async def test_prose_without_headings_is_explained(scripter: ScripterWithModel) -> None:
    key = f"videos/{new_id()}/document.md"
    await scripter.store.put(key, b"Rayleigh found that short waves are scattered more.\n", "text/markdown")
    scripter.model.then(PLAN, SCRIPT, FACTS)
    scripted, *_ = await scripter.handle(request(Brief(document_key=key)))
    assert isinstance(scripted, e.VideoScripted)
    assert "Rayleigh found that short waves" in request_text(scripter.model.requests[0])


async def test_a_model_that_is_busy_once_is_retried_and_earlier_answers_are_cached(scripter: ScripterWithModel) -> None:
    scripter.model.then(PLAN, *[BUSY] * 8, SCRIPT, FACTS)
    scripted, *_ = await scripter.handle(request())
    assert isinstance(scripted, e.VideoScripted)
    plans = [each for each in scripter.model.requests if "You plan a short" in request_text(each)]
    assert len(plans) == 1, "the plan was cached"
    assert sum(item.requests for item in scripted.spent) == 3, "what the first delivery paid for is not forgotten"


async def test_a_video_waits_for_a_model_that_stays_unavailable_and_says_so(scripter: ScripterWithModel) -> None:
    scripter.model.then(PLAN)
    scripter.model.otherwise = lambda _: BUSY
    event = request()
    assert await scripter.handle(event) == []
    delay = (await scripter.log(event.video_id)).state.delay()
    assert delay is not None
    assert delay.problem.code in ("provider-rate-limited", "provider-unavailable")
    assert delay.stage == delay.problem.stage == "scripter"
    assert "retries automatically" in delay.problem.remedy


async def test_a_wrong_key_fails_the_video_at_once(scripter: ScripterWithModel) -> None:
    scripter.model.then(Fails(400, "API key not valid. Please pass a valid API key."))
    [failed] = await scripter.handle(request())
    assert isinstance(failed, e.VideoFailed)
    assert (failed.problem.code, failed.problem.attempt) == ("provider-auth", 1)
    assert "GEMINI_API_KEY" in failed.problem.remedy


async def test_a_retry_writes_a_new_script_and_counts_what_was_spent_before(scripter: ScripterWithModel) -> None:
    apology = recorded("script-apology.txt")
    scripter.model.then(PLAN, apology, apology)
    first = request(max_cost_usd=1.0)
    [failed] = await scripter.handle(first)
    assert isinstance(failed, e.VideoFailed)
    scripter.model.then(PLAN, SCRIPT, FACTS)
    scripted, *_ = await scripter.handle(retry(first))
    assert isinstance(scripted, e.VideoScripted)
    assert len(scripter.model.requests) == 6, "no cached answer is used again"
    assert sum(item.requests for item in (await scripter.log(first.video_id)).state.usage()) == 6


async def test_a_cost_limit_counts_what_earlier_revisions_cost(scripter: ScripterWithModel) -> None:
    expensive = Says("no script", output=20_000)
    scripter.model.then(PLAN, expensive, expensive)
    first = request(max_cost_usd=0.2)
    [failed] = await scripter.handle(first)
    assert isinstance(failed, e.VideoFailed)
    [failed] = await scripter.handle(retry(first))
    assert isinstance(failed, e.VideoFailed)
    assert failed.problem.code == "budget-exceeded"
    assert len(scripter.model.requests) == 3


async def test_a_dub_whose_model_was_unavailable_for_a_while_reports_all_that_it_cost(
    scripter: ScripterWithModel,
) -> None:
    """The first translation is faulty, and the correction meets a busy model; the next delivery finds the first cached."""
    store, video = scripter.store, new_id()
    english = s.Scene(title="Light", beats=(s.Beat(text="Light falls in."), s.Beat(text="That is it.")))
    await store.put_json(f"videos/{video}/script.json", s.Script(title="Leaf", scenes=(english,)))
    code = "class A(NarratedScene):\n    def construct(self):\n        pass\n"
    await store.put(f"videos/{video}/a.py", code.encode(), "text/x-python")
    dub = Dub(video_id=video, script_key=f"videos/{video}/script.json", codes=(f"videos/{video}/a.py",))

    def german(*beats: str) -> Says:
        scene = {"title": "Licht", "beats": [{"text": beat} for beat in beats]}
        return Says(json.dumps({"title": "Blatt", "scenes": [scene]}))

    scripter.model.then(german("Nur einer."), *[BUSY] * 8, german("Licht fällt ein.", "Das ist alles."))
    scripted, planned = await scripter.handle(request(Brief(topic="Leaf", dub=dub), language="de"))
    assert isinstance(scripted, e.VideoScripted)
    assert (scripted.title, scripted.options.language) == ("Blatt", "de")
    assert isinstance(planned, e.ScenePlanned)
    assert {item.task: item.requests for item in scripted.spent} == {"translate": 2}
    script = await store.get_json(scripted.script_key, s.Script)
    assert script.scenes[0].visual == s.Manim(source=code)
