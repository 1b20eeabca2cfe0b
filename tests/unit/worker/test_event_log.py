"""The behaviour of an event log; the same for the in-memory double and for JetStream."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from nats.aio.client import Client
from nats.js import api
from unit.worker.pipeline_events import planned, requested, scripted

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.topology import VIDEOS
from lectern.worker import Connections, EventLog, JetStreamEventLog, Transient
from lectern.worker.testing import memory_connections

PROBLEM = Problem(code="x", title="x", detail="It broke.", remedy="Mend it.")


@pytest.fixture(params=["memory", "jetstream"])
def connections_of_kind(request: pytest.FixtureRequest) -> Connections:
    """The double, and the real thing."""
    if request.param == "memory":
        return memory_connections()
    found: Connections = request.getfixturevalue("connections")
    return found


@pytest.fixture
def log(connections_of_kind: Connections) -> EventLog:
    return connections_of_kind.event_log


async def test_a_log_is_read_whole_in_order_and_only_its_own(log: EventLog) -> None:
    mine, other = new_id(), new_id()
    for scene in range(1, 31):
        await log.publish(planned(mine, scene))
        await log.publish(planned(other, scene))
    read = await log.read(mine)
    assert [event.scene for event in read.events if isinstance(event, e.ScenePlanned)] == list(range(1, 31))
    assert [entry.sequence for entry in read] == sorted(entry.sequence for entry in read)
    assert (read.video_id, read.lane, read.last) == (mine, "fast", read[-1].sequence)


async def test_the_same_event_twice_is_stored_once(log: EventLog) -> None:
    event = planned(new_id())
    first = await log.publish(event)
    assert await log.publish(event) == first
    assert len(await log.read(event.video_id)) == 1


async def test_an_unknown_video_has_an_empty_log(log: EventLog) -> None:
    read = await log.read(new_id())
    assert not read
    assert read.last == 0


async def test_the_owner_of_a_video_is_read_without_its_log(log: EventLog) -> None:
    mine, nobodys = new_id(), new_id()
    await log.publish(msgspec.structs.replace(requested(mine), owner="alice"))
    await log.publish(requested(nobodys))
    assert [await log.read_owner(video) for video in (mine, nobodys, new_id())] == ["alice", "", None]


async def test_a_log_is_read_up_to_a_sequence_or_not_at_all(log: EventLog) -> None:
    video = new_id()
    last = await log.publish(requested(video))
    assert (await log.read(video, at_least=last)).last == last
    with pytest.raises(Transient, match="lags behind"):
        await log.read(video, at_least=last + 1)


async def test_appending_after_another_event_is_refused(log: EventLog) -> None:
    video = new_id()
    first = await log.publish(requested(video))
    assert await log.append(scripted(video), first) is not None
    assert await log.append(planned(video), first) is None


async def test_an_outcome_of_an_older_revision_is_not_recorded(log: EventLog) -> None:
    video = new_id()
    await log.publish(requested(video))
    await log.publish(requested(video, revision=2))
    assert not await log.record_outcome(e.VideoCancelled(video_id=video, revision=1))
    assert await log.record_outcome(e.VideoCancelled(video_id=video, revision=2))
    assert await log.record_outcome(e.VideoCancelled(video_id=video, revision=2)), "recorded again, it still stands"


@pytest.mark.parametrize("racers", [8])
async def test_a_video_ends_once_however_many_try(log: EventLog, racers: int) -> None:
    video = new_id()
    await log.publish(requested(video))
    await log.publish(scripted(video))
    problem = Problem(code="x", title="x", detail="x", remedy="x")
    ends: list[e.Outcome] = [
        e.VideoCancelled(video_id=video),
        e.VideoFailed(video_id=video, problem=problem),
        e.VideoCompleted(video_id=video, seconds=1, frames=1, outputs=()),
    ]
    stands = await asyncio.gather(*(log.record_outcome(ends[i % 3]) for i in range(racers)))
    outcomes = [event for event in (await log.read(video)).events if isinstance(event, e.Outcome)]
    assert len(outcomes) == 1
    assert [ends[i % 3].__class__ for i, mine in enumerate(stands) if mine] == [type(outcomes[0])] * sum(stands)


async def test_a_cancellation_is_broadcast(connections_of_kind: Connections) -> None:
    heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def listen(subject: str, data: bytes) -> None:
        await heard.put((subject, data))

    video = new_id()
    await connections_of_kind.event_log.publish(requested(video))
    async with connections_of_kind.bus.listening("cancel.*", listen), asyncio.timeout(120):
        await connections_of_kind.event_log.record_outcome(e.VideoCancelled(video_id=video))
        assert await heard.get() == (f"cancel.{video}", b"1")


async def test_a_log_longer_than_one_batch_is_read_whole(nats: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lectern.worker.batch_get._BATCH", 7)
    log, video = JetStreamEventLog(nats), new_id()
    for scene in range(1, 31):
        await log.publish(planned(video, scene))
    assert len(await log.read(video)) == 30


async def test_an_event_of_a_later_version_is_left_out(nats: Client) -> None:
    log, video = JetStreamEventLog(nats), new_id()
    await log.publish(requested(video))
    await nats.jetstream().publish(f"videos.fast.{video}.sung", b'{"type":"video.sung.v1"}')
    read = await log.read(video)
    assert (len(read), read.last) == (1, 2)
    async with asyncio.timeout(120):
        assert await log.record_outcome(e.VideoCancelled(video_id=video)), "appended after an event that it cannot read"


@pytest.mark.slow
async def test_an_unavailable_stream_is_transient(nats: Client) -> None:
    await nats.jetstream().delete_stream(VIDEOS)
    with pytest.raises(Transient, match="does not answer"):
        await JetStreamEventLog(nats).publish(requested(), patience=0.5)


async def test_the_duplicate_window_outlasts_a_redelivery(nats: Client) -> None:
    info: api.StreamInfo = await nats.jetstream().stream_info(VIDEOS)
    assert info.config.duplicate_window == 600


async def test_of_a_deleted_video_only_the_deletion_stays(log: EventLog) -> None:
    video, other = new_id(), new_id()
    sequences = [await log.publish(requested(each)) for each in (video, other)]
    sequences += [await log.publish(scripted(each)) for each in (video, other)]
    assert await log.erase(video) == (), "a log without a deletion stays as it is"
    deletion = await log.publish(e.VideoDeleted(video_id=video))
    assert await log.erase(video) == (sequences[0], sequences[2])
    assert [entry.sequence for entry in await log.read(video)] == [deletion]
    assert len(await log.read(other)) == 2


async def test_what_a_late_stage_adds_to_a_deleted_video_is_removed_as_well(log: EventLog) -> None:
    video = new_id()
    await log.publish(requested(video))
    deletion = await log.publish(e.VideoDeleted(video_id=video))
    await log.erase(video)
    late = [await log.publish(planned(video, scene)) for scene in (1, 2)]
    assert (await log.read(video)).state.deleted
    assert await log.erase(video) == tuple(late)
    assert await log.erase(video) == ()
    assert [entry.sequence for entry in await log.read(video)] == [deletion]


async def test_a_deleted_video_has_no_other_outcome(log: EventLog) -> None:
    video = new_id()
    await log.publish(requested(video))
    await log.publish(e.VideoDeleted(video_id=video))
    assert not await log.record_outcome(e.VideoFailed(video_id=video, problem=PROBLEM))
