"""Reading a video's log: whole, in order, its own, in one round trip however long."""

from __future__ import annotations

import pytest
from nats.aio.client import Client
from nats.js import api
from unit.worker.pipeline_events import planned, requested, scripted

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.topology import VIDEOS
from lectern.worker import EventLog, Transient


async def test_a_log_is_read_whole_in_order_and_only_its_own(nats: Client) -> None:
    log = EventLog(nats)
    mine, other = new_id(), new_id()
    for scene in range(1, 31):
        await log.publish(planned(mine, scene))
        await log.publish(planned(other, scene))
    read = await log.read(mine)
    assert [event.scene for _, event in read if isinstance(event, e.ScenePlanned)] == list(range(1, 31))
    assert [sequence for sequence, _ in read] == sorted(sequence for sequence, _ in read)


async def test_a_log_longer_than_one_batch_is_read_whole(nats: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lectern.worker.event_log._BATCH", 7)
    log, video = EventLog(nats), new_id()
    for scene in range(1, 31):
        await log.publish(planned(video, scene))
    assert len(await log.read(video)) == 30


async def test_a_video_nobody_asked_for_has_an_empty_log(nats: Client) -> None:
    assert not await EventLog(nats).read(new_id())


async def test_an_event_of_a_later_version_is_left_out(nats: Client) -> None:
    log, video = EventLog(nats), new_id()
    await log.publish(requested(video))
    await nats.jetstream().publish(f"videos.fast.{video}.sung", b'{"type":"video.sung.v1"}')
    assert len(await log.read(video)) == 1


async def test_appending_after_somebody_else_is_refused(nats: Client) -> None:
    log, video = EventLog(nats), new_id()
    first = await log.publish(requested(video))
    assert await log.append(scripted(video), first) is not None
    assert await log.append(planned(video), first) is None


async def test_an_outcome_of_an_older_revision_is_not_recorded(nats: Client) -> None:
    log, video = EventLog(nats), new_id()
    await log.publish(requested(video))
    await log.publish(requested(video, revision=2))
    assert not await log.record_outcome(e.VideoCancelled(video_id=video, revision=1))
    assert await log.record_outcome(e.VideoCancelled(video_id=video, revision=2))
    assert await log.record_outcome(e.VideoCancelled(video_id=video, revision=2)), "said again, it is still so"


async def test_a_stream_that_is_away_is_transient(nats: Client) -> None:
    await nats.jetstream().delete_stream(VIDEOS)
    with pytest.raises(Transient, match="does not answer"):
        await EventLog(nats).publish(requested(), patience=0.5)


async def test_the_duplicate_window_outlasts_a_redelivery(nats: Client) -> None:
    info: api.StreamInfo = await nats.jetstream().stream_info(VIDEOS)
    assert info.config.duplicate_window == 600
