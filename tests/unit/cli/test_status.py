"""`lectern status`: what an operator with only a terminal sees of a real event log."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from nats.aio.client import Client
from unit.cli.command import invoke_in_thread
from unit.worker.pipeline_events import planned, requested

from lectern.cli.runner.home import Endpoint, LocalKeys, claim_home
from lectern.cli.status import StageStatus, _judge_stage, _judge_stream, read_status
from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.requests import WorkerSign
from lectern.contracts.topology import VIDEOS
from lectern.worker import JetStreamDeadLetters, JetStreamEventLog, StreamReport
from lectern.worker.dead_letters import DeadLetter

OUTAGE = Problem(code="store-unavailable", title="Store", detail="The store does not answer.", remedy="Wait.")


@asynccontextmanager
async def showing(client: Client, *signs: WorkerSign) -> AsyncIterator[None]:
    """Workers that show themselves while the context lasts."""

    async def show() -> None:
        while True:
            for sign in signs:
                await client.publish(subjects.worker(sign.stage), msgspec.json.encode(sign))
            await asyncio.sleep(0.05)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def find_stage(stages: tuple[StageStatus, ...], name: str) -> StageStatus:
    return next(each for each in stages if each.stage == name)


async def test_a_stage_shows_its_workers_what_waits_and_the_oldest_video(nats: Client) -> None:
    log, videos = JetStreamEventLog(nats), [new_id() for _ in range(3)]
    for video in videos:
        await log.publish(planned(video, scene=2))
    signs = [
        WorkerSign(stage="voice", worker="a", slots=2, busy=1),
        WorkerSign(stage="voice", worker="b", slots=4, busy=0),
        WorkerSign(stage="voice", worker="stopped", slots=0, busy=0),
    ]
    async with showing(nats, *signs):
        status = await read_status(nats, 0.3)

    voice = find_stage(status.stages, "voice")
    assert (voice.workers, voice.slots, voice.in_progress, voice.waiting) == (2, 6, 1, 2)
    assert (voice.oldest_video, voice.oldest_scene, voice.waits_for) == (videos[0], 2, "")
    assert voice.oldest_seconds is not None
    assert status.findings == ()


async def test_work_that_waits_for_an_outage_says_for_which(nats: Client) -> None:
    log, video = JetStreamEventLog(nats), new_id()
    await log.publish(requested(video))
    await log.publish(planned(video))
    since = datetime.now(UTC)
    await log.publish(e.SceneDelayed(video_id=video, scene=1, stage="voice", problem=OUTAGE, since=since))

    status = await read_status(nats, 0)

    assert find_stage(status.stages, "voice").waits_for == OUTAGE.detail


async def test_work_without_a_worker_needs_a_hand(nats: Client) -> None:
    await JetStreamEventLog(nats).publish(planned(new_id()))

    status = await read_status(nats, 0)

    assert status.findings == ("voice: 1 messages wait, and no worker shows itself: start one.",)


async def test_a_missing_consumer_and_dead_letters_need_a_hand(nats: Client) -> None:
    await nats.jetstream().delete_consumer(VIDEOS, "coder-bulk")
    letter = DeadLetter(
        stage="coder", consumer="coder-fast", subject=f"videos.fast.{new_id()}.scenes.1.narrated", sequence=1,
        data=b"x", problem=OUTAGE, reason="x",
    )  # fmt: skip
    await JetStreamDeadLetters(nats).store(letter)

    status = await read_status(nats, 0)

    assert {
        "coder-bulk is missing: run `lectern provision`.",
        "coder: 1 dead letters; `lectern dead list` says why.",
    } <= set(status.findings)
    assert [(stream.name, stream.current, stream.replicas) for stream in status.streams] == [
        ("VIDEOS", 1, 1),
        ("DEAD", 1, 1),
    ]


@pytest.mark.slow
async def test_the_command_ends_with_status_1_when_something_needs_a_hand(
    nats: Client, nats_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lectern.cli.status.LISTENING_SECONDS", 3.0)
    where = {"LECTERN_NATS_URL": nats_url}
    video = new_id()
    await JetStreamEventLog(nats).publish(planned(video, scene=3))
    async with showing(nats, WorkerSign(stage="voice", worker="a", slots=1, busy=0)):
        shown = await invoke_in_thread("status", home=tmp_path, **where)
        encoded = await invoke_in_thread("status", "--json", home=tmp_path, **where)
    assert (shown.status, encoded.status) == (0, 0)
    assert f"oldest in voice: video {video} scene 3" in shown.out
    assert "led by this server, 1 of 1 servers up to date" in shown.out
    [voice] = [each for each in json.loads(encoded.out)["stages"] if each["stage"] == "voice"]
    assert (voice["waiting"], voice["oldest_video"]) == (1, video)

    unattended = await invoke_in_thread("status", home=tmp_path, **where)
    assert unattended.status == 1
    assert "no worker shows itself" in unattended.out


@pytest.mark.slow
async def test_the_room_is_told_by_what_the_runner_was_started_with(
    nats: Client, nats_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lectern.cli.status.LISTENING_SECONDS", 0.0)
    monkeypatch.setenv("LECTERN_STORE_LIMIT_GB", "70")
    runner = Endpoint(pid=1, url="", nats_url=nats_url, s3_endpoint="", disk_reserve_mb=1, store_limit_gb=0.001)
    with claim_home(tmp_path) as home, home.announce(runner):
        token = nats_url.partition("//")[2].partition("@")[0]
        (home.path / "keys.json").write_bytes(msgspec.json.encode(LocalKeys(access="", secret="", nats_token=token)))
        (home.store / "ballast").write_bytes(bytes(2_000_000))
        shown = await invoke_in_thread("status", home=tmp_path)
    assert shown.status == 1
    assert "New videos are refused: the object store holds 2 MB, and may hold 1 MB." in shown.out


async def test_a_log_that_stops_answering_leaves_the_workers_shown(nats: Client) -> None:
    await nats.jetstream().delete_stream(VIDEOS)
    async with showing(nats, WorkerSign(stage="renderer", worker="a", slots=3, busy=3)):
        status = await read_status(nats, 0.3)

    renderer = find_stage(status.stages, "renderer")
    assert (renderer.slots, renderer.in_progress, renderer.waiting) == (3, 3, None)
    assert status.findings[0].startswith("The event log does not answer")


@pytest.mark.parametrize(("seconds", "found"), [(599.0, 0), (601.0, 1)])
def test_an_old_message_needs_a_hand_after_ten_minutes(seconds: float, found: int) -> None:
    stage = StageStatus(
        stage="renderer", workers=1, slots=1, in_progress=1, waiting=4, oldest_seconds=seconds, waits_for="No disk."
    )

    assert len(_judge_stage(stage)) == found


@pytest.mark.parametrize(
    ("leader", "current", "found"),
    [("nats-0", 3, ""), ("nats-0", 2, "2 of 3 servers are up to date"), ("", 1, "has no leader")],
)
def test_a_stream_with_a_server_down_needs_a_hand(leader: str, current: int, found: str) -> None:
    stream = StreamReport(
        name="VIDEOS", messages=1, bytes=1, leader=leader, current=current, behind=3 - current, offline=0
    )

    assert found in " ".join(_judge_stream(stream))
    assert bool(_judge_stream(stream)) == bool(found)


async def test_events_that_no_gateway_lists_need_a_hand(nats: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await JetStreamEventLog(nats).publish(requested())
    later = datetime.now(UTC) + timedelta(minutes=2)
    monkeypatch.setattr("lectern.cli.status.now", lambda: later)

    status = await read_status(nats, 0)

    assert "gateway: 1 events are not in the lists yet, the oldest for 2 min: start a gateway." in status.findings
