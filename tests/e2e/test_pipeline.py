"""A document goes in, a video comes out: all services, a real event log, a real store, the public API."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import httpx_sse
import pytest
import pytest_asyncio
from api_client import BROKEN, SPINNING, TIDES, ApiClient, assert_in_sync, probe_decoded
from prometheus_client.parser import text_string_to_metric_families

from lectern.cli.runner.stack import run_stack
from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.worker import JetStreamEventLog, connect_nats

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiClient]:
    """One running Lectern for all of these."""
    async with run_stack(tmp_path_factory.mktemp("home")) as stack:
        client = ApiClient(stack.url, stack.nats_url, stack.nats_login)
        yield client
        await client.http.aclose()


async def read_log(client: ApiClient, video: str) -> VideoLog:
    """The video's log, from the server itself."""
    nats = await connect_nats(client.nats_url, "test", client.nats_login)
    try:
        return await JetStreamEventLog(nats).read(video)
    finally:
        await nats.close()


async def test_a_document_becomes_a_video_and_a_second_one_reuses_it(client: ApiClient, tmp_path: Path) -> None:
    video = await client.create_video()
    shown = await client.wait_for_outcome(video)
    assert shown["status"] == "completed", shown
    assert shown["progress"] == 100
    assert [scene["status"] for scene in shown["scenes"]] == ["rendered", "rendered"]
    assert not any(scene.get("degraded") for scene in shown["scenes"])

    file = await client.download(video, "video", tmp_path / "tides.mp4")
    assert_in_sync(file)
    found = probe_decoded(file)
    assert {stream["codec_name"] for stream in found["streams"]} >= {"h264", "aac", "mov_text"}
    assert [chapter["tags"]["title"] for chapter in found["chapters"]] == ["The Moon pulls", "Two bulges"]
    captions = (await client.download(video, "captions_vtt", tmp_path / "tides.vtt")).read_text()
    assert captions.startswith("WEBVTT")
    assert "gravity pulls" in captions
    assert (await client.download(video, "thumbnail", tmp_path / "t.jpg")).read_bytes()[:2] == b"\xff\xd8"

    again = await client.create_video()
    await client.wait_for_outcome(again)
    log = (await read_log(client, again)).events
    assert all(event.footage.cached for event in log if isinstance(event, e.SceneRendered))
    assert sum(isinstance(event, e.VideoCompleted) for event in log) == 1


async def test_a_portrait_video_without_captions_in_silence(client: ApiClient, tmp_path: Path) -> None:
    video = await client.create_video(aspect="9:16", captions="off", voice="silent", theme="light")
    shown = await client.wait_for_outcome(video)
    assert shown["status"] == "completed", shown
    file = await client.download(video, "video", tmp_path / "v.mp4")
    streams = {stream["codec_type"]: stream for stream in probe_decoded(file)["streams"]}
    assert (streams["video"]["width"], streams["video"]["height"]) == (480, 854)
    assert "subtitle" not in streams
    assert_in_sync(file)


async def test_a_broken_scene_becomes_a_template_and_the_video_still_arrives(client: ApiClient, tmp_path: Path) -> None:
    video = await client.create_video(BROKEN)
    shown = await client.wait_for_outcome(video)
    assert shown["status"] == "completed", shown
    first, second = shown["scenes"]
    assert "Cirlce" in first["degraded"]["detail"]
    assert first["degraded"]["remedy"]
    assert not second.get("degraded")
    assert_in_sync(await client.download(video, "video", tmp_path / "v.mp4"))


async def test_a_script_is_reviewed_edited_and_approved(client: ApiClient, tmp_path: Path) -> None:
    video = await client.create_video(review=True)
    await client.wait_until(video, lambda shown: shown["status"] == "awaiting_approval")
    script = await client.http.get(f"/v1/videos/{video}/script", headers={"Accept": "text/markdown"})
    edited = script.text.replace("Water heaps up toward the Moon.", "Water gathers beneath the Moon.")
    assert edited != script.text
    headers = {"Content-Type": "text/markdown", "If-Match": script.headers.get("ETag", "*")}
    put = await client.http.put(f"/v1/videos/{video}/script", content=edited, headers=headers)
    assert put.status_code in (200, 202), put.text
    approved = await client.http.post(f"/v1/videos/{video}/approve", json={})
    assert approved.status_code in (200, 202), approved.text
    shown = await client.wait_for_outcome(video)
    assert shown["status"] == "completed", shown
    captions = (await client.download(video, "captions_srt", tmp_path / "c.srt")).read_text()
    assert "gathers beneath" in captions


async def test_one_scene_is_redone_with_new_words_and_the_others_are_kept(client: ApiClient, tmp_path: Path) -> None:
    video = await client.create_video()
    first = await client.wait_for_outcome(video)
    answer = await client.http.post(
        f"/v1/videos/{video}/scenes/2/redo",
        json={"narration": ["The far side bulges too, because the pull is weakest there."]},
    )
    assert answer.status_code == 202, answer.text
    shown = await client.wait_until(
        video, lambda v: v["revision"] == first["revision"] + 1 and v["status"] == "completed"
    )
    captions = (await client.download(video, "captions_srt", tmp_path / "c.srt")).read_text()
    assert "bulges too" in captions
    assert "second bulge" not in captions
    log = (await read_log(client, video)).events
    assert [event.scene for event in log if isinstance(event, e.ScenePlanned) and event.revision == 2] == [2]
    assert shown["scenes"][0]["status"] == "rendered"


CHECKED_FOR_LONG = SPINNING.replace("    def construct(self):\n", "    def construct(self):\n        spin()\n").replace(
    "class Turning",
    "def spin():\n    import time\n    until = time.process_time() + 30\n    while time.process_time() < until:\n"
    "        np.sin(np.arange(1000))\n\nclass Turning",
)


@pytest.mark.parametrize(
    ("lesson", "status", "way"),
    [(CHECKED_FOR_LONG, "narrated", "cancelled"), (SPINNING, "coded", "deleted")],
    ids=["cancelled while it is checked", "deleted while it is drawn"],
)
async def test_of_a_video_that_is_ended_no_process_goes_on(
    client: ApiClient, lesson: str, status: str, way: str
) -> None:
    """How soon is measured by `bench/cancel.py`: a busy machine takes its time."""
    video = await client.create_video(lesson.replace("The wheel", f"The {way} wheel"), quality="high")
    await client.wait_until(video, lambda shown: shown["scenes"] and shown["scenes"][0]["status"] == status)
    async with asyncio.timeout(120):
        while not _find_jobs():
            await asyncio.sleep(0.02)
        if way == "deleted":
            (await client.http.delete(f"/v1/videos/{video}")).raise_for_status()
        else:
            (await client.http.post(f"/v1/videos/{video}/cancel")).raise_for_status()
            assert (await client.get_video(video))["status"] == "cancelled"
            assert (await client.http.post(f"/v1/videos/{video}/cancel")).status_code == 200
        while _find_jobs():
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)  # nobody else takes it up
    assert not _find_jobs()


def _find_jobs() -> list[str]:
    """This process's jobs in the sandbox: zygotes' forks, each of which leads a session of its own."""
    found, parents = [], dict[str, str]()
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent, _, session = (place / "stat").read_text().rsplit(")", 1)[1].split()[:4]
            parents[place.name] = parent
            command = (place / "cmdline").read_bytes()
            if b"renderer.sandbox.zygote" in command and session == place.name and state != "Z":
                found.append(place.name)

    def is_ours(pid: str) -> bool:
        while pid in parents and pid != str(os.getpid()):
            pid = parents[pid]
        return pid == str(os.getpid())

    return [pid for pid in found if is_ours(pid)]


async def test_progress_streams_and_a_client_that_reconnects_misses_nothing(client: ApiClient) -> None:
    video = await client.create_video()
    seen: list[tuple[int, str]] = []

    async def listen(last: str | None, stop_after: int) -> str | None:
        headers = {"Last-Event-ID": last} if last else {}
        identity = last
        count = 0
        events = f"/v1/videos/{video}/events"
        async with httpx_sse.aconnect_sse(client.http, "GET", events, headers=headers, timeout=60) as stream:
            if stream.response.status_code == httpx.codes.NO_CONTENT:
                return identity
            async for sent in stream.aiter_sse():
                identity = sent.id or identity
                data = json.loads(sent.data) if sent.data else {}
                if data.get("seq"):
                    seen.append((int(data["seq"]), str(data["type"])))
                    count += 1
                if count >= stop_after:
                    return identity
        return identity

    last = await listen(None, 3)
    last = await listen(last, 3)
    await client.wait_for_outcome(video)
    await listen(last, 10_000)
    log = await read_log(client, video)
    sequences = [sequence for sequence, _ in seen]
    assert sequences == sorted(set(sequences)), "an event came twice or out of order"
    missing = {entry.sequence for entry in log if entry.sequence > sequences[0]} - set(sequences)
    assert not missing
    assert log.state.status() == "completed"


@pytest.mark.parametrize(
    ("body", "status", "mentions"),
    [
        ({"topic": ""}, 422, "topic"),
        ({"topic": "x" * 10_000}, 422, "document"),
        ({"document": {"markdown": "No headings here."}}, None, "heading"),
        ({"document": {"markdown": "## A\n\nText.\n\n```flwo\na\n```\n"}}, None, "flow"),
        ({"topic": "The history of the stapler in Moravia"}, None, "lesson"),
        ({"topic": "photosynthesis", "options": {"quality": "hgih"}}, 422, "high"),
    ],
)
async def test_bad_input_gets_a_clear_answer(
    client: ApiClient, body: dict[str, object], status: int | None, mentions: str
) -> None:
    answer = await client.http.post("/v1/videos", json=body)
    if status is not None:
        assert answer.status_code == status
        problem = answer.json()
    else:
        assert answer.status_code == 202, answer.text
        shown = await client.wait_for_outcome(answer.json()["id"], seconds=20)
        assert shown["status"] == "failed"
        problem = shown["error"]
    assert mentions in json.dumps(problem).lower()
    assert problem["remedy"]


async def test_the_api_describes_itself_and_says_that_it_is_ready(client: ApiClient) -> None:
    assert (await client.http.get("/healthz")).status_code == 200
    ready: httpx.Response = await client.http.get("/readyz")
    assert ready.status_code == 200, ready.text
    described = (await client.http.get("/openapi.json")).json()
    assert "/v1/videos" in described["paths"]
    metrics = (await client.http.get("/metrics")).text
    assert "lectern_stage_processed_total" in metrics


async def test_the_same_scene_of_another_quality_is_spoken_once(client: ApiClient) -> None:
    await client.wait_for_outcome(await client.create_video(TIDES))
    video = await client.create_video(TIDES, aspect="1:1")
    shown = await client.wait_for_outcome(video)
    assert shown["status"] == "completed"
    log = (await read_log(client, video)).events
    assert all(not event.spent for event in log if isinstance(event, e.SceneNarrated))


async def test_one_page_shows_the_metrics_of_every_service(client: ApiClient) -> None:
    await client.wait_for_outcome(await client.create_video(TIDES))
    families = list(text_string_to_metric_families((await client.http.get("/metrics")).text))
    names = [family.name for family in families]
    assert len(names) == len(set(names)), "each family once"
    handled = {
        sample.labels["stage"]
        for family in families
        for sample in family.samples
        if sample.name == "lectern_stage_processed_total" and sample.labels["outcome"] == "success" and sample.value
    }
    assert handled >= {"scripter", "voice", "coder", "renderer", "composer"}
    assert "lectern_render_cpu_seconds" in names
