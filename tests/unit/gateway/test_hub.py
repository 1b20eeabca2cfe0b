"""What streams start with: from memory where others watch, from the log elsewhere, and the same either way."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from unit.gateway.gateways import MemoryEventFeed
from unit.worker.pipeline_events import narrated, planned, rendered, requested, scripted

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.gateway import hub as hubs
from lectern.gateway.frame_cache import FrameCache
from lectern.gateway.hub import Hub
from lectern.gateway.watched_video import read_start
from lectern.worker import Connections
from lectern.worker.testing import MemoryEventLog, memory_connections


class Watching:
    """A hub over an event log, and a video of it."""

    def __init__(self, connections: Connections) -> None:
        assert isinstance(connections.event_log, MemoryEventLog)
        self.log = connections.event_log
        self.hub = Hub(MemoryEventFeed(connections.event_log), connections.bus)
        self.video_id = new_id()

    async def publish(self, *events: e.AnyEvent) -> list[int]:
        return [await self.log.publish(event) for event in events]

    async def begin(self) -> list[int]:
        return await self.publish(requested(self.video_id), scripted(self.video_id, 2))

    async def make(self) -> list[int]:
        made = (planned, narrated, rendered)
        return await self.publish(*(make(self.video_id, scene) for scene in (1, 2) for make in made))

    async def load(self) -> None:
        self.hub.load(self.video_id, await self.log.read(self.video_id))


@pytest.fixture
async def watching() -> AsyncIterator[Watching]:
    found = Watching(memory_connections())
    await found.hub.start()
    yield found
    await found.hub.close()


async def test_what_a_stream_starts_with_is_the_same_from_memory_and_from_the_log(watching: Watching) -> None:
    await watching.begin()
    watching.hub.join(watching.video_id)
    await watching.load()
    first = (await watching.log.read(watching.video_id)).last
    await watching.make()
    log = await watching.log.read(watching.video_id)
    for after in range(first, log.last + 1):
        recalled = watching.hub.recall_start(watching.video_id, "", after)
        assert recalled == read_start(log, after, FrameCache()), after
        assert recalled is not None
        assert len(recalled.frames) == log.last - after
    snapshot = watching.hub.recall_start(watching.video_id, "", None)
    assert snapshot is not None
    assert snapshot.last == log.last
    again = watching.hub.recall_start(watching.video_id, "", None)
    assert again is not None
    assert again.frames[0] is snapshot.frames[0], "encoded once"


async def test_events_from_before_anybody_watched_are_read(watching: Watching) -> None:
    begun = await watching.begin()
    watching.hub.join(watching.video_id)
    assert watching.hub.recall_start(watching.video_id, "", None) is None, "its log was not read yet"
    await watching.load()
    assert watching.hub.recall_start(watching.video_id, "", begun[0]) is None
    log = await watching.log.read(watching.video_id)
    assert len(watching.hub.read_start(log, begun[0]).frames) == 1
    assert watching.hub.recall_start(watching.video_id, "", begun[0]) is not None, "another may have made its frame"


async def test_a_position_beyond_the_newest_event_is_looked_up_in_the_log(watching: Watching) -> None:
    begun = await watching.begin()
    watching.hub.join(watching.video_id)
    await watching.load()
    assert watching.hub.recall_start(watching.video_id, "", begun[-1] + 1) is None


async def test_another_owners_video_is_not_recalled(watching: Watching) -> None:
    await watching.begin()
    watching.hub.join(watching.video_id)
    await watching.load()
    assert watching.hub.recall_start(watching.video_id, "somebody", None) is None


async def test_a_video_that_has_ended_is_read(watching: Watching) -> None:
    await watching.begin()
    watching.hub.join(watching.video_id)
    await watching.load()
    await watching.publish(e.VideoCancelled(video_id=watching.video_id))
    assert watching.hub.recall_start(watching.video_id, "", None) is None


async def test_who_comes_back_soon_finds_the_video_as_it_is_now_though_nobody_watched_meanwhile(
    watching: Watching,
) -> None:
    begun = await watching.begin()
    watching.hub.leave(watching.video_id, watching.hub.join(watching.video_id))
    assert watching.hub.watched == frozenset()
    mailbox = watching.hub.join(watching.video_id)
    await watching.load()
    watching.hub.leave(watching.video_id, mailbox)
    assert watching.hub.watched == frozenset()
    made = await watching.make()
    watching.hub.join(watching.video_id)
    snapshot = watching.hub.recall_start(watching.video_id, "", None)
    assert snapshot is not None
    assert (snapshot.last, b'"scenes_rendered":2' in snapshot.frames[0]) == (made[-1], True)
    assert watching.hub.recall_start(watching.video_id, "", begun[-1]) is None, "frames nobody saw were not made"


async def test_a_video_that_nobody_comes_back_to_is_forgotten(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MAX_LEFT_VIDEOS", 1)
    hub = Hub(MemoryEventFeed(watching.log), memory_connections().bus)
    await watching.begin()
    videos = [watching.video_id, new_id()]
    await watching.publish(requested(videos[1]))
    for video in videos:
        mailbox = hub.join(video)
        hub.load(video, await watching.log.read(video))
        hub.leave(video, mailbox)
    for video, known in zip(videos, (False, True), strict=True):
        hub.join(video)
        assert (hub.recall_start(video, "", None) is not None) == known


async def test_a_log_that_is_ahead_of_the_live_events_brings_them_to_all_who_watch_once(watching: Watching) -> None:
    late = Hub(MemoryEventFeed(MemoryEventLog(memory_connections().bus)), memory_connections().bus)
    begun = await watching.begin()
    mailbox = late.join(watching.video_id)
    late.load(watching.video_id, await watching.log.read(watching.video_id))
    made = await watching.make()
    late.load(watching.video_id, await watching.log.read(watching.video_id))
    late.load(watching.video_id, await watching.log.read(watching.video_id))
    assert [frame.seq for frame in await mailbox.take_all()] == made
    assert late.recall_start(watching.video_id, "", begun[-1]) is not None


async def test_a_full_cache_forgets_frames_and_never_serves_a_gap(watching: Watching) -> None:
    await watching.begin()
    await watching.make()
    log = await watching.log.read(watching.video_id)
    whole = FrameCache()
    frames = whole.make_since(log, 0)
    small = FrameCache(2 * (len(frames[-1]) + len(frames[-2]) + 1000))
    assert small.make_since(log, 0) == frames
    assert small.find_since(watching.video_id, log.last - 1, log.last) == frames[-1:]
    assert small.find_since(watching.video_id, 0, log.last) is None
    assert FrameCache(10).make_since(log, 0) == frames, "frames larger than the cache are made, and not kept"
