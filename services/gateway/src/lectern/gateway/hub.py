"""One subscription for all event streams of a process: facts and progress fan out to bounded mailboxes.

However many clients watch a video, each event is folded and encoded once. A client joins before it reads the log, so
nothing falls between; what both have is recognised by its sequence.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext, api

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.log import VideoLog
from lectern.contracts.requests import Progress
from lectern.contracts.state import VideoState, apply
from lectern.contracts.topology import VIDEOS
from lectern.gateway import frames
from lectern.gateway.frames import Frame

MAILBOX = 256  # facts a client may lag behind; a video of 20 scenes has about 100
PROGRESS_ROOM = 32  # a mailbox fuller than this gets no progress: facts matter more
REMEMBERED = 10_000  # videos whose newest sequence is kept
HEARTBEAT = 1.0  # seconds; nats-py notices a lost ordered consumer after two to four of them (its default is 5)


class MailboxClosed(Exception):
    """No more frames will come. Says why: `slow` or `draining`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Mailbox:
    """One client's frames, in order. When it overflows it takes no more, so what it holds has no hole."""

    def __init__(self, room: int = MAILBOX) -> None:
        self._room = room
        self._frames: deque[Frame] = deque()
        self._wake = asyncio.Event()
        self._closed = ""

    def offer(self, frame: Frame) -> None:
        """Adds a frame, or closes the mailbox when it is full."""
        if self._closed or (frame.seq is None and len(self._frames) >= PROGRESS_ROOM):
            return
        if len(self._frames) >= self._room:
            self.close("slow")
            return
        self._frames.append(frame)
        self._wake.set()

    def close(self, reason: str) -> None:
        """Ends the mailbox; frames already in it can still be taken."""
        self._closed = self._closed or reason
        self._wake.set()

    async def take(self) -> Frame:
        """The next frame. Raises MailboxClosed once a closed mailbox is empty."""
        while not self._frames:
            if self._closed:
                raise MailboxClosed(self._closed)
            self._wake.clear()
            await self._wake.wait()
        return self._frames.popleft()


class Channel:
    """What is watched of one video: its state so far and its clients' mailboxes."""

    def __init__(self) -> None:
        self.mailboxes: set[Mailbox] = set()
        self._first: e.AnyEvent | None = None
        self._state = VideoState()
        self._last = 0
        self._early: list[tuple[int, e.AnyEvent]] = []

    def load(self, log: VideoLog) -> None:
        """Starts from a log that was read after the first client joined. Later loads change nothing."""
        if self._first is not None or not log:
            return
        self._first = log[0][1]
        self._state = log.state
        self._last = log[-1][0]
        early, self._early = self._early, []
        for seq, event in early:
            self.add(seq, event)

    def add(self, seq: int, event: e.AnyEvent) -> None:
        """Folds one live fact and hands it to every mailbox; holds it until the log is loaded."""
        if self._first is None:
            self._early.append((seq, event))
            return
        if seq <= self._last:
            return
        self._last = seq
        self._state = apply(self._state, event)
        self.offer(frames.fact(seq, event, self._state, self._first))

    def offer(self, frame: Frame) -> None:
        """Hands a frame to every mailbox."""
        for mailbox in self.mailboxes:
            mailbox.offer(frame)


class Hub:
    """The process's one view of live events. `start` before use, `close` afterwards."""

    def __init__(self, nats: Client) -> None:
        self._nats = nats
        self._channels: dict[str, Channel] = {}
        self._subscriptions: list[Subscription | JetStreamContext.PushSubscription] = []
        self._seen = 0
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._draining = False

    async def start(self) -> None:
        """Subscribes: an ordered consumer on every fact from now on, and core NATS for progress."""
        js = self._nats.jetstream(timeout=5)
        self._seen = (await js.stream_info(VIDEOS)).state.last_seq
        start = api.ConsumerConfig(deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=self._seen + 1)
        facts = await js.subscribe(
            subjects.EVERY_VIDEO,
            stream=VIDEOS,
            ordered_consumer=True,
            config=start,
            cb=self._fact,
            idle_heartbeat=HEARTBEAT,
        )
        progress = await self._nats.subscribe(subjects.PROGRESS, cb=self._progress)
        self._subscriptions = [facts, progress]

    async def close(self) -> None:
        """Drains the clients and unsubscribes."""
        self.drain()
        subscriptions, self._subscriptions = self._subscriptions, []
        for subscription in subscriptions:
            if not self._nats.is_closed:
                await subscription.unsubscribe()

    def drain(self) -> None:
        """Asks every client, and everyone who still comes, to reconnect elsewhere."""
        self._draining = True
        for channel in self._channels.values():
            for mailbox in channel.mailboxes:
                mailbox.close("draining")

    def join(self, video_id: str) -> Mailbox:
        """A mailbox for a video's live frames. Read the log after this, then `load` it; `leave` in the end."""
        mailbox = Mailbox()
        if self._draining:
            mailbox.close("draining")
        self._channels.setdefault(video_id, Channel()).mailboxes.add(mailbox)
        return mailbox

    def load(self, video_id: str, log: VideoLog) -> None:
        """Gives a joined video its history."""
        if channel := self._channels.get(video_id):
            channel.load(log)

    def leave(self, video_id: str, mailbox: Mailbox) -> None:
        """Forgets a mailbox, and the video with its last one."""
        if channel := self._channels.get(video_id):
            channel.mailboxes.discard(mailbox)
            if not channel.mailboxes:
                del self._channels[video_id]

    def newest(self, video_id: str) -> int:
        """The newest sequence seen of a video, or 0: what a reading of its log must reach."""
        return self._newest.get(video_id, 0)

    async def _fact(self, message: Msg) -> None:
        seq = message.metadata.sequence.stream
        if seq <= self._seen:
            return  # nats-py's ordered consumer starts over at 1 when it is reset before its first message
        self._seen = seq
        video_id = message.subject.split(".")[2]
        self._newest[video_id] = seq
        self._newest.move_to_end(video_id)
        if len(self._newest) > REMEMBERED:
            self._newest.popitem(last=False)
        channel = self._channels.get(video_id)
        if channel is None:
            return
        try:
            channel.add(seq, e.decode(message.data))
        except ValueError:
            return  # an event type of a newer version; the log reader leaves it out as well

    async def _progress(self, message: Msg) -> None:
        channel = self._channels.get(message.subject.split(".")[1])
        if channel is None:
            return
        try:
            channel.offer(frames.progress(msgspec.json.decode(message.data, type=Progress)))
        except ValueError:
            return
