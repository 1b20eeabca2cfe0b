"""An event stream as an HTTP response: ends by itself when the client is gone, refuses bytes, or the server drains."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lectern.contracts.log import VideoLog
from lectern.contracts.state import VideoState, apply
from lectern.gateway import frames
from lectern.gateway.hub import Mailbox, MailboxClosed


async def follow(
    log: VideoLog, after: int | None, mailbox: Mailbox, *, heartbeat: float, seconds: float
) -> AsyncGenerator[bytes, None]:
    """A video's stream: a snapshot (or, with `after`, the facts since), then live frames until an outcome.

    Every fact has its sequence as id, in order, none twice. Closes with a retry hint after `seconds`, when the server
    drains and when the mailbox overflowed; the client resumes from the last id it has.
    """
    yield frames.hint(frames.RETRY, "lectern")
    last, first = log[-1][0], log[0][1]
    state = VideoState()
    if after is None or after > last:
        state = log.state
        yield frames.snapshot(last, state, first, resync=after is not None).data
    else:
        for seq, event in log:
            state = apply(state, event)
            if seq > after:
                yield frames.fact(seq, event, state, first).data
    if state.outcome() is not None:
        return
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while (left := until - loop.time()) > 0:
        try:
            frame = await asyncio.wait_for(mailbox.take(), min(heartbeat, left))
        except TimeoutError:
            yield frames.PING
            continue
        except MailboxClosed as closed:
            yield frames.hint(frames.RETRY_SOON, closed.reason)
            return
        if frame.seq is not None:
            if frame.seq <= last:
                continue
            last = frame.seq
        yield frame.data
        if frame.ends:
            return
    yield frames.hint(frames.RETRY_SOON, "this stream is old; connect again")


class EventStream(Response):
    """Sends an event generator. `ended` is told why it ended: finished, gone, stuck or shutdown."""

    media_type = "text/event-stream"

    def __init__(
        self, source: AsyncGenerator[bytes, None], *, send_seconds: float, ended: Callable[[str], None]
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._source = source
        self._send_seconds = send_seconds
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers; returns when the stream or its client is finished."""
        pump = asyncio.create_task(self._pump(send))
        gone = asyncio.create_task(_gone(receive))
        reason = "shutdown"
        try:
            await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
            reason = "gone"
            if pump.done():
                reason = "stuck" if isinstance(pump.exception(), TimeoutError) else "finished"
        finally:
            for task in (pump, gone):
                task.cancel()
            outcomes = await asyncio.gather(pump, gone, return_exceptions=True)
            await self._source.aclose()
            self._ended(reason)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, TimeoutError | OSError):
                raise outcome

    async def _pump(self, send: Send) -> None:
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with contextlib.aclosing(self._source) as source:
            async for chunk in source:
                async with asyncio.timeout(self._send_seconds):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
