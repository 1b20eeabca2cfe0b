"""A video's event stream as an HTTP response. It ends when the client is gone or stalls, or the server drains.

Neither sse-starlette nor FastAPI's own SSE: the first patches uvicorn's signal handling on import and polls for its
exit, the second has no send timeout, and neither resumes or drains. Nor Starlette's StreamingResponse: thousands of
streams stay open at once, and one of these has a task and a timer less, and sends all that waits for a client at once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import msgspec
from fastapi.responses import Response
from starlette.types import Message, Receive, Scope, Send

from lectern.gateway import stream_frames
from lectern.gateway.mailbox import Mailbox, MailboxClosed
from lectern.gateway.stream_frames import StreamFrame
from lectern.gateway.watched_video import StreamStart

GREETING = stream_frames.make_retry_hint(stream_frames.RETRY_MILLISECONDS, "lectern")
_PING = StreamFrame(data=stream_frames.PING)
_NOTHING = StreamStart((), 0)
_TOO_OLD = "maximum age reached; reconnect"
_REASONS = {_TOO_OLD: "old"}  # of closing, as metrics call it where that is not the same
_GONE = "gone"
_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-cache"),
    (b"x-accel-buffering", b"no"),
)
_SPREAD = 0.2  # of a time: streams that began together do not all end, or have their pings, at the same moment


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of silence until a ping, until a stream is closed for its age, and until a client is stuck."""

    heartbeat: float
    age: float
    send: float


class EventStreamResponse(Response):
    """Sends how a stream starts, then live frames until an outcome. Every event has its sequence as id, in order,
    none twice.

    Closes with a retry hint when the stream is old, when the server drains and when the mailbox overflowed; the client
    resumes from the last id it has. `on_end` is called with the reason: finished, gone, stuck, shutdown, or
    what the mailbox was closed for. `on_sent` is called with the time of the oldest of the events that a client was
    handed at once.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        start: StreamStart,
        mailbox: Mailbox,
        pace: Pace,
        on_end: Callable[[str], None],
        on_sent: Callable[[float], None],
    ) -> None:
        super().__init__()
        self.raw_headers = list(_HEADERS)
        self._start = start
        self._mailbox = mailbox
        self._pace = pace
        self._on_end = on_end
        self._on_sent = on_sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the stream or its client is finished."""
        watching = asyncio.create_task(_watch_client(receive, self._mailbox))
        line = _Line(send, self._mailbox, self._pace)
        reason = "shutdown"
        try:
            await line.send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            reason = await self._send_all(line)
        except TimeoutError:
            reason = "stuck"
        except OSError:
            reason = _GONE
        finally:
            line.close()
            watching.cancel()
            self._on_end(reason)

    async def _send_all(self, line: _Line) -> str:
        """Returns why it ended."""
        last, ended = self._start.last, self._start.ended
        data = b"".join((GREETING, *self._start.frames))
        self._start = _NOTHING  # nobody needs what was sent while the stream lasts
        reason, oldest = "finished", 0.0
        while True:
            if data:
                await line.send({"type": "http.response.body", "body": data, "more_body": not ended})
            if oldest:
                self._on_sent(oldest)
            if ended:
                return reason
            data, oldest = b"", 0.0
            try:
                data, last, ended, oldest = _join_frames(await self._mailbox.take_all(), last)
            except MailboxClosed as closed:
                if closed.reason == _GONE:
                    return _GONE
                data = stream_frames.make_retry_hint(stream_frames.RETRY_SOON_MILLISECONDS, closed.reason)
                ended, reason = True, _REASONS.get(closed.reason, closed.reason)


class _Line:
    """Sends within a limit of time, and sees to pings and the stream's age: one timer for all three."""

    __slots__ = (
        "_ends_at",
        "_heartbeat",
        "_loop",
        "_mailbox",
        "_pace",
        "_send",
        "_sending",
        "_sent_at",
        "_stuck",
        "_task",
        "_timer",
    )

    def __init__(self, send: Send, mailbox: Mailbox, pace: Pace) -> None:
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._send = send
        self._mailbox = mailbox
        self._pace = pace
        self._heartbeat = pace.heartbeat * (1 - _SPREAD * random.random())
        self._sent_at = self._loop.time()
        self._ends_at = self._sent_at + pace.age * (1 - _SPREAD * random.random())
        self._sending = self._stuck = False
        self._set_timer(self._sent_at, self._sent_at)

    async def send(self, message: Message) -> None:
        """Send a message. Raises TimeoutError when the client does not take it in time."""
        self._sent_at = self._loop.time()
        self._sending = True
        try:
            await self._send(message)
        except asyncio.CancelledError:
            if not self._stuck or self._task.uncancel() > 0:
                raise
            raise TimeoutError from None
        finally:
            self._sending = False

    def close(self) -> None:
        """Send no more."""
        self._timer.cancel()

    def _check(self) -> None:
        now = self._loop.time()
        if self._sending and now >= self._sent_at + self._pace.send:
            self._stuck = True
            self._task.cancel()
            return
        silent = now >= self._sent_at + self._heartbeat
        if now >= self._ends_at:
            self._mailbox.close(_TOO_OLD)
        elif silent and not self._sending:
            self._mailbox.offer(_PING)
        self._set_timer(now, now if silent else self._sent_at)

    def _set_timer(self, now: float, since: float) -> None:
        """Next look: when a ping is due, or the stream's end, or when a client that takes nothing is stuck."""
        due = since + self._heartbeat if now >= self._ends_at else min(since + self._heartbeat, self._ends_at)
        stuck = self._sent_at + self._pace.send if self._sending else now + self._pace.send
        self._timer = self._loop.call_at(min(due, stuck), self._check)


async def _watch_client(receive: Receive, mailbox: Mailbox) -> None:
    """Close the mailbox when the client is gone: it has nothing more to say, whatever it sends."""
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        mailbox.close(_GONE)


def _join_frames(frames: list[StreamFrame], last: int) -> tuple[bytes, int, bool, float]:
    """The frames that come after sequence `last` as one piece, the sequence they reach, whether they end it, and when
    the oldest of their events was (0 without any)."""
    kept: list[bytes] = []
    oldest = 0.0
    for frame in frames:
        if frame.seq is not None:
            if frame.seq <= last:
                continue
            last = frame.seq
            oldest = oldest or frame.at
        kept.append(frame.data)
        if frame.ends:
            return b"".join(kept), last, True, oldest
    return b"".join(kept), last, False, oldest
