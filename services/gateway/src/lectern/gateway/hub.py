"""One subscription for all event streams of a process: events and progress fan out to bounded mailboxes.

However many clients watch a video, each event is folded and encoded once. A client joins before it reads the log, so
that it misses nothing; an event that comes both ways is recognised by its sequence.
"""

from __future__ import annotations

from contextlib import AsyncExitStack

import msgspec
from cachetools import LRUCache

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.log import VideoLog
from lectern.contracts.requests import Progress
from lectern.contracts.state import VideoState, apply
from lectern.gateway import stream_frames
from lectern.gateway.event_feed import EventFeed
from lectern.gateway.mailbox import Mailbox
from lectern.gateway.stream_frames import StreamFrame
from lectern.worker import Bus

MAX_REMEMBERED_VIDEOS = 10_000  # videos whose newest sequence is kept


class WatchedVideo:
    """A video that clients watch: its state so far and their mailboxes."""

    def __init__(self) -> None:
        self.mailboxes: set[Mailbox] = set()
        self._first: e.AnyEvent | None = None
        self._state = VideoState()
        self._last = 0
        self._early: list[tuple[int, e.AnyEvent]] = []

    @property
    def is_loaded(self) -> bool:
        """True once its log was read."""
        return self._first is not None

    @property
    def state(self) -> VideoState:
        """The state as of the newest frame."""
        return self._state

    @property
    def owner(self) -> str:
        """Whose video it is."""
        return self._first.owner if self._first else ""

    def load(self, log: VideoLog) -> None:
        """Start from a log that was read after the first client joined. Later loads change nothing."""
        if self._first is not None or not log:
            return
        self._first = log[0].event
        self._state = log.state
        self._last = log.last
        early, self._early = self._early, []
        for seq, event in early:
            self.add(seq, event)

    def add(self, seq: int, event: e.AnyEvent) -> None:
        """Fold one live event and offer it to every mailbox; hold it until the log is loaded."""
        if self._first is None:
            self._early.append((seq, event))
            return
        if seq <= self._last:
            return
        self._last = seq
        self._state = apply(self._state, event)
        self.offer(stream_frames.make_event_frame(seq, event, self._state, self._first))

    def offer(self, frame: StreamFrame) -> None:
        """Offer a frame to every mailbox."""
        for mailbox in self.mailboxes:
            mailbox.offer(frame)


class Hub:
    """The process's live events. `start` before use, `close` afterwards."""

    def __init__(self, feed: EventFeed, bus: Bus) -> None:
        self._feed = feed
        self._bus = bus
        self._subscriptions = AsyncExitStack()
        self._watched: dict[str, WatchedVideo] = {}
        self._newest: LRUCache[str, int] = LRUCache(MAX_REMEMBERED_VIDEOS)
        self._draining = False

    @property
    def watched(self) -> frozenset[str]:
        """Ids of the videos that clients watch now."""
        return frozenset(self._watched)

    def list_states(self) -> list[tuple[str, VideoState, str]]:
        """Id, state and owner of each watched video whose log is loaded."""
        return [(video_id, video.state, video.owner) for video_id, video in self._watched.items() if video.is_loaded]

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
        self._watched.setdefault(video_id, WatchedVideo()).mailboxes.add(mailbox)
        return mailbox

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

    def get_state(self, video_id: str) -> VideoState:
        """The state of a video that was joined and loaded, as of its newest frame."""
        video = self._watched.get(video_id)
        return video.state if video else VideoState()

    def newest(self, video_id: str) -> int:
        """The newest sequence seen of a video, or 0. A read of its log must reach it."""
        return self._newest.get(video_id, 0)

    async def _on_event(self, sequence: int, video_id: str, data: bytes) -> None:
        self._newest[video_id] = sequence
        video = self._watched.get(video_id)
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
        except ValueError:
            return
