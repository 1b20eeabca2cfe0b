"""A bounded queue of one event stream's frames."""

from __future__ import annotations

import asyncio

from lectern.gateway.stream_frames import StreamFrame

MAX_FRAMES = 256  # how far a client may lag; a video of 20 scenes has about 100 events
MAX_FRAMES_BEFORE_PROGRESS = 32  # a mailbox fuller than this gets no progress: events matter more


class MailboxClosed(Exception):
    """No more frames will come. `reason` is whatever it was closed with, such as `slow` or `draining`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Mailbox:
    """One client's frames, in order. When it overflows it accepts no more, so what it holds has no gap."""

    __slots__ = ("_closed", "_frames", "_max_frames", "_waiter")

    def __init__(self, max_frames: int = MAX_FRAMES) -> None:
        self._max_frames = max_frames
        self._frames: list[StreamFrame] = []
        self._waiter: asyncio.Future[None] | None = None
        self._closed = ""

    def offer(self, frame: StreamFrame) -> None:
        """Add a frame, or close the mailbox when it is full."""
        if self._closed or (frame.seq is None and len(self._frames) >= MAX_FRAMES_BEFORE_PROGRESS):
            return
        if len(self._frames) >= self._max_frames:
            self.close("slow")
            return
        self._frames.append(frame)
        self._wake()

    def close(self, reason: str) -> None:
        """Close the mailbox; frames already in it can still be taken."""
        self._closed = self._closed or reason
        self._wake()

    async def take(self) -> StreamFrame:
        """The next frame. Raises MailboxClosed once a closed mailbox is empty."""
        await self._wait()
        return self._frames.pop(0)

    async def take_all(self) -> list[StreamFrame]:
        """All frames that are there, at least one. Raises MailboxClosed once a closed mailbox is empty."""
        await self._wait()
        frames, self._frames = self._frames, []
        return frames

    async def _wait(self) -> None:
        while not self._frames:
            if self._closed:
                raise MailboxClosed(self._closed)
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
