"""A bounded queue of one event stream's frames."""

from __future__ import annotations

import asyncio
from collections import deque

from lectern.gateway.stream_frames import StreamFrame

MAX_FRAMES = 256  # how far a client may lag; a video of 20 scenes has about 100 events
MAX_FRAMES_BEFORE_PROGRESS = 32  # a mailbox fuller than this gets no progress: events matter more


class MailboxClosed(Exception):
    """No more frames will come. `reason` is `slow` or `draining`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Mailbox:
    """One client's frames, in order. When it overflows it accepts no more, so what it holds has no gap."""

    def __init__(self, max_frames: int = MAX_FRAMES) -> None:
        self._max_frames = max_frames
        self._frames: deque[StreamFrame] = deque()
        self._wake = asyncio.Event()
        self._closed = ""

    def offer(self, frame: StreamFrame) -> None:
        """Add a frame, or close the mailbox when it is full."""
        if self._closed or (frame.seq is None and len(self._frames) >= MAX_FRAMES_BEFORE_PROGRESS):
            return
        if len(self._frames) >= self._max_frames:
            self.close("slow")
            return
        self._frames.append(frame)
        self._wake.set()

    def close(self, reason: str) -> None:
        """Close the mailbox; frames already in it can still be taken."""
        self._closed = self._closed or reason
        self._wake.set()

    async def take(self) -> StreamFrame:
        """The next frame. Raises MailboxClosed once a closed mailbox is empty."""
        while not self._frames:
            if self._closed:
                raise MailboxClosed(self._closed)
            self._wake.clear()
            await self._wake.wait()
        return self._frames.popleft()
