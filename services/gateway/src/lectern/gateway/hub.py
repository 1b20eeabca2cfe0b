"""One subscription for all event streams of a process: events and progress fan out to bounded mailboxes.

However many clients watch a video, each event is folded and encoded once. A client joins before it learns what its
stream starts with, so that it misses nothing; an event that comes both ways is recognised by its sequence. That is
known from memory while others watch the video, or did a minute ago; else its log is read.
"""

from __future__ import annotations

import contextlib
from contextlib import AsyncExitStack

import msgspec
from cachetools import LRUCache, TTLCache

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.log import VideoLog
from lectern.contracts.requests import Progress
from lectern.contracts.state import VideoState
from lectern.gateway import stream_frames
from lectern.gateway.event_feed import EventFeed
from lectern.gateway.frame_cache import FrameCache
from lectern.gateway.mailbox import Mailbox
from lectern.gateway.stream_frames import StreamFrame
from lectern.gateway.watched_video import StreamStart, WatchedVideo, read_start
from lectern.worker import Bus

MAX_REMEMBERED_VIDEOS = 10_000  # videos whose newest sequence is kept
MAX_LEFT_VIDEOS, LEFT_SECONDS = 2000, 60.0  # videos that are followed on after their last client, as it may come back


class Hub:
    """The process's live events. `start` before use, `close` afterwards."""

    def __init__(self, feed: EventFeed, bus: Bus) -> None:
        self._feed = feed
        self._bus = bus
        self._subscriptions = AsyncExitStack()
        self._frames = FrameCache()
        self._watched: dict[str, WatchedVideo] = {}
        self._left: TTLCache[str, WatchedVideo] = TTLCache(MAX_LEFT_VIDEOS, LEFT_SECONDS)
        self._newest: LRUCache[str, int] = LRUCache(MAX_REMEMBERED_VIDEOS)
        self._draining = False

    @property
    def watched(self) -> frozenset[str]:
        """Ids of the videos that clients watch now."""
        return frozenset(self._watched)

    def list_states(self) -> list[tuple[str, VideoState, str]]:
        """Id, state and owner of each watched video whose log is loaded."""
        return [(video_id, video.state, video.owner) for video_id, video in self._watched.items() if video.is_loaded]

    def count_clients(self, video_id: str) -> int:
        """How many watch a video."""
        video = self._watched.get(video_id)
        return len(video.mailboxes) if video else 0

    def offer(self, video_id: str, frame: StreamFrame) -> None:
        """Offer a frame to whoever watches a video."""
        if video := self._watched.get(video_id):
            video.offer(frame)

    async def start(self) -> None:
        """Subscribe to every event from now on, and to progress."""
        await self._subscriptions.enter_async_context(self._feed.following(self._on_event))
        await self._subscriptions.enter_async_context(self._bus.listening(subjects.PROGRESS, self._on_progress))

    async def close(self) -> None:
        """Drain the clients and unsubscribe."""
        self.drain()
        await self._subscriptions.aclose()

    def drain(self) -> None:
        """Ask every client, and any that still connects, to reconnect elsewhere."""
        self._draining = True
        for video in self._watched.values():
            for mailbox in video.mailboxes:
                mailbox.close("draining")

    def join(self, video_id: str) -> Mailbox:
        """A mailbox for a video's live frames. Read the log after this, then `load` it; `leave` when done."""
        mailbox = Mailbox()
        if self._draining:
            mailbox.close("draining")
        video = self._watched.get(video_id)
        if video is None:
            video = self._watched[video_id] = self._left.get(video_id) or WatchedVideo(self._frames)
            with contextlib.suppress(KeyError):
                del self._left[video_id]
        video.mailboxes.add(mailbox)
        return mailbox

    def recall_start(self, video_id: str, owner: str, after: int | None) -> StreamStart | None:
        """What the stream of a joined video starts with, from memory; None when its log must be read.

        None, too, for a video that has ended, and for one of another owner.
        """
        video = self._watched.get(video_id)
        return video.make_start(after) if video and video.is_loaded and video.owner == owner else None

    def read_start(self, log: VideoLog, after: int | None) -> StreamStart:
        """What a stream starts with, from a log that was read after it joined."""
        self.load(log.video_id, log)
        return read_start(log, after, self._frames)

    def load(self, video_id: str, log: VideoLog) -> None:
        """Give a joined video its history."""
        if video := self._watched.get(video_id):
            video.load(log)

    def leave(self, video_id: str, mailbox: Mailbox) -> None:
        """Forget a mailbox, and the video with its last one."""
        if video := self._watched.get(video_id):
            video.mailboxes.discard(mailbox)
            if not video.mailboxes:
                del self._watched[video_id]
                if video.is_open:
                    self._left[video_id] = video

    def get_state(self, video_id: str) -> VideoState:
        """The state of a video that was joined and loaded, as of its newest frame."""
        video = self._watched.get(video_id)
        return video.state if video else VideoState()

    def newest(self, video_id: str) -> int:
        """The newest sequence seen of a video, or 0. A read of its log must reach it."""
        return self._newest.get(video_id, 0)

    async def _on_event(self, sequence: int, video_id: str, data: bytes) -> None:
        self._newest[video_id] = sequence
        video = self._watched.get(video_id) or self._left.get(video_id)
        if video is None:
            return
        try:
            video.add(sequence, e.decode(data))
        except ValueError:
            return  # an event type of a newer version; the log reader leaves it out as well

    async def _on_progress(self, subject: str, data: bytes) -> None:
        video = self._watched.get(subject.split(".")[1])
        if video is None:
            return
        try:
            video.offer(stream_frames.make_progress_frame(msgspec.json.decode(data, type=Progress)))
        except UNREADABLE:
            return
