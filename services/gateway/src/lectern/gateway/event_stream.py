"""A video's event stream as an HTTP response. It ends when the client is gone or stalls, or the server drains.

Neither sse-starlette nor FastAPI's own SSE: the first patches uvicorn's signal handling on import and polls for its
exit, the second has no send timeout, and neither resumes or drains; Starlette's StreamingResponse does the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from lectern.contracts.log import VideoLog
from lectern.contracts.state import VideoState, apply
from lectern.gateway import stream_frames
from lectern.gateway.mailbox import Mailbox, MailboxClosed


async def follow(
    log: VideoLog, after: int | None, mailbox: Mailbox, *, heartbeat: float, seconds: float
) -> AsyncGenerator[bytes, None]:
    """Yield a video's stream: a snapshot (or, with `after`, the events since), then live frames until an outcome.

    Every event has its sequence as id, in order, none twice. Closes with a retry hint after `seconds`, when the server
    drains and when the mailbox overflowed; the client resumes from the last id it has.
    """
    yield stream_frames.make_retry_hint(stream_frames.RETRY_MILLISECONDS, "lectern")
    last, first = log.last, log[0].event
    state = VideoState()
    if after is None or after > last:
        state = log.state
        yield stream_frames.make_snapshot_frame(last, state, first, resync=after is not None).data
    else:
        for seq, event in log:
            state = apply(state, event)
            if seq > after:
                yield stream_frames.make_event_frame(seq, event, state, first).data
    if state.outcome() is not None:
        return
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while (left := deadline - loop.time()) > 0:
        try:
            frame = await asyncio.wait_for(mailbox.take(), min(heartbeat, left))
        except TimeoutError:
            yield stream_frames.PING
            continue
        except MailboxClosed as closed:
            yield stream_frames.make_retry_hint(stream_frames.RETRY_SOON_MILLISECONDS, closed.reason)
            return
        if frame.seq is not None:
            if frame.seq <= last:
                continue
            last = frame.seq
        yield frame.data
        if frame.ends:
            return
    yield stream_frames.make_retry_hint(stream_frames.RETRY_SOON_MILLISECONDS, "maximum age reached; reconnect")


class EventStreamResponse(StreamingResponse):
    """Sends an event generator. `on_end` is called with the reason: finished, gone, stuck or shutdown."""

    media_type = "text/event-stream"

    def __init__(
        self, source: AsyncGenerator[bytes, None], *, send_seconds: float, on_end: Callable[[str], None]
    ) -> None:
        super().__init__(source, headers={"Cache-Control": "private, no-cache", "X-Accel-Buffering": "no"})
        self._source = source
        self._send_seconds = send_seconds
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the stream or its client is finished."""
        reason = "shutdown"
        sent_all = False

        async def send_in_time(message: Message) -> None:
            nonlocal sent_all
            async with asyncio.timeout(self._send_seconds):
                await send(message)
            sent_all = message["type"] == "http.response.body" and not message.get("more_body")

        try:
            await super().__call__(scope, receive, send_in_time)
            reason = "finished" if sent_all else "gone"
        except TimeoutError:
            reason = "stuck"
        except OSError:
            reason = "gone"
        finally:
            await self._source.aclose()
            self._on_end(reason)
