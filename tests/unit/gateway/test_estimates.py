"""What a video would take, before anything is begun: exact from a script, in a range from a topic."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from unit.gateway.gateways import TestGateway
from unit.gateway.published_video import PublishedVideo, make_script
from unit.gateway.test_outlook import send_signs

from lectern.contracts import events as e
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.requests import (
    LIST_VOICES,
    PARSE_MARKDOWN,
    ListVoices,
    ParsedMarkdown,
    ParseMarkdown,
    VoiceList,
    VoiceOffer,
)
from lectern.contracts.script import Beat, Script
from lectern.contracts.usage import Usage
from lectern.gateway.outlook.stage_times import StageTimes
from lectern.worker import Connections, Responder
from lectern.worker.testing import MemoryKeyValueStore

DEAR = VoiceOffer(id="dear", language="en", gender="", engine="x", timing="exact", usd_per_million=1000.0)
FREE = VoiceOffer(id="free", language="en", gender="", engine="x", timing="exact")
DOCUMENT = {"document": {"markdown": "# The leaf"}}


@pytest.fixture
async def services(connections: Connections) -> AsyncIterator[Connections]:
    """A scripter that reads any Markdown as the same script, but "Prose", and a voice service."""

    async def parse(message: ParseMarkdown) -> ParsedMarkdown:
        if message.markdown.startswith("#"):
            script, said = make_script(3), Beat(text=message.markdown.lstrip("# "))
            first = msgspec.structs.replace(script.scenes[0], beats=(said,))
            return ParsedMarkdown(
                script=script if message.markdown == "# The leaf" else Script(title="", scenes=(first,))
            )
        code = "no-scenes" if message.markdown.startswith("Prose") else "unknown-block"
        return ParsedMarkdown(problem=Problem(code=code, title="No", detail="No.", remedy="Mend it."))

    async def offer(message: ListVoices) -> VoiceList:
        return VoiceList(voices=(FREE, DEAR), chosen="dear" if message.wanted == "dear" else "free")

    def fail(error: Exception) -> VoiceList:
        raise error

    reading = Responder(request=PARSE_MARKDOWN, handler=parse, failed=lambda _: ParsedMarkdown())
    offering = Responder(request=LIST_VOICES, handler=offer, failed=fail)
    async with connections.bus.answering(reading), connections.bus.answering(offering):
        yield connections


async def estimate(http: httpx.AsyncClient, body: dict[str, object]) -> dict[str, object]:
    answer = await http.post("/v1/videos/estimate", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_a_script_is_counted_exactly(http: httpx.AsyncClient, services: Connections) -> None:
    found = await estimate(http, {**DOCUMENT, "options": {"voice": "dear"}})
    characters = sum(len(beat.spoken_text()) for scene in make_script(3).scenes for beat in scene.beats)
    assert found["scenes"] == {"low": 3, "high": 3}
    assert found["cost_usd"] == {"low": round(characters / 1000, 4), "high": round(characters / 1000, 4)}
    assert found["voice"] == "dear"
    assert str(characters) in " ".join(found["basis"])  # type: ignore[arg-type]


async def test_what_a_voice_may_say_wrongly_is_told_before_anything_is_paid(
    http: httpx.AsyncClient, services: Connections
) -> None:
    found = await estimate(http, {"document": {"markdown": "# She tears the paper."}})
    [note] = found["notes"]  # type: ignore[misc]
    assert note["code"] == "misreading"
    assert "tears" in note["text"]
    assert (await estimate(http, DOCUMENT))["notes"] == []


async def test_a_free_voice_and_own_visuals_cost_nothing(http: httpx.AsyncClient, services: Connections) -> None:
    assert (await estimate(http, DOCUMENT))["cost_usd"] == {"low": 0, "high": 0}


async def test_time_is_known_where_every_stage_has_workers(gateway: TestGateway, services: Connections) -> None:
    assert (await estimate(gateway.http, DOCUMENT))["done_in_seconds"] is None
    await send_signs(services)
    alone = (await estimate(gateway.http, DOCUMENT))["done_in_seconds"]
    for _ in range(5):
        other = PublishedVideo(services, scenes=9)
        await other.request()
        await other.write_script()
        for scene in range(1, 10):
            await other.plan(scene)
    gateway.deps.outlook.forget_snapshot()
    busy = (await estimate(gateway.http, DOCUMENT))["done_in_seconds"]
    assert alone["high"] < busy["high"]  # type: ignore[index]
    assert alone["low"] < alone["high"]  # type: ignore[index]


async def test_a_topic_is_a_range_around_the_length_that_is_wanted(
    http: httpx.AsyncClient, services: Connections
) -> None:
    found = await estimate(http, {"topic": "Tides", "target_seconds": 300, "scenes": 10})
    assert found["seconds"]["low"] < 300 < found["seconds"]["high"]  # type: ignore[index]
    assert found["scenes"]["low"] < 10 < found["scenes"]["high"]  # type: ignore[index]


async def test_models_cost_what_they_cost_lately(gateway: TestGateway, services: Connections) -> None:
    unknown = await estimate(gateway.http, {"topic": "Tides"})
    assert unknown["cost_usd"]["low"] == 0 < unknown["cost_usd"]["high"]  # type: ignore[index]
    spent = (Usage(kind="model", name="m", cost_usd=0.02),)
    scripted = e.VideoScripted(video_id="v", script_key="s", title="T", scenes=(), options=VideoOptions(), spent=spent)
    coded = e.SceneCoded(
        video_id="v", scene=1, script_key="s", options=VideoOptions(), code=e.CodeRef(key="c", origin="model"),
        narration=e.NarrationRef(key="n", audio_key="a", seconds=4, beats=1), spent=spent,
    )  # fmt: skip
    await gateway.deps.outlook.times.record([(1, scripted), (2, coded)])
    found = await estimate(gateway.http, {"topic": "Tides"})
    assert found["cost_usd"] == {"low": 0.06, "high": 0.12}


async def test_without_a_model_nothing_costs() -> None:
    times = StageTimes(MemoryKeyValueStore())
    await times.start()
    scripted = e.VideoScripted(video_id="v", script_key="s", title="T", scenes=(), options=VideoOptions())
    await times.record([(1, scripted)])
    found = times.find_cost("scripting")
    assert found is not None
    assert (found.mean, found.p90) == (0, 0)


async def test_prose_is_explained_by_a_model_and_a_faulty_lesson_refused(
    http: httpx.AsyncClient, services: Connections
) -> None:
    found = await estimate(http, {"document": {"markdown": "Prose. " * 400}})
    assert "model explains" in " ".join(found["basis"])  # type: ignore[arg-type]
    refused = await http.post("/v1/videos/estimate", json={"document": {"markdown": "? faulty"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-block")


async def test_a_dub_has_the_scenes_of_its_original(http: httpx.AsyncClient, services: Connections) -> None:
    video = PublishedVideo(services)
    await video.finish()
    answer = await http.post(f"{video.url}/dub/estimate", json={"language": "de"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["scenes"] == {"low": 2, "high": 2}
    assert found["seconds"]["low"] < found["seconds"]["high"]
    assert (await http.get(video.url)).json()["status"] == "completed"


async def test_an_estimate_begins_nothing(http: httpx.AsyncClient, services: Connections) -> None:
    await estimate(http, {"topic": "Tides"})
    assert (await http.get("/v1/videos")).json()["data"] == []
