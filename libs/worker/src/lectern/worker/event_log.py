"""The stream of facts: publishing, reading a video's log, and the one place where outcomes are decided."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import nats.errors
import stamina
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import errors as js_errors

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.log import VideoLog
from lectern.contracts.topology import VIDEOS
from lectern.worker.failures import Transient
from lectern.worker.telemetry import trace_headers

_WRONG_LAST_SEQUENCE = 10071
_BATCH = 1000
_RETRIED = (
    nats.errors.TimeoutError,
    nats.errors.NoRespondersError,
    js_errors.NoStreamResponseError,
    js_errors.ServiceUnavailableError,
    TimeoutError,
)


class EventLog:
    """The `VIDEOS` stream over a NATS connection."""

    def __init__(self, nats: Client) -> None:
        self._nats = nats
        self._js = nats.jetstream(timeout=5)

    async def _publish(self, event: e.AnyEvent, headers: dict[str, str]) -> int:
        headers = {"Nats-Msg-Id": e.message_id(event), **trace_headers(), **headers}
        ack = await self._js.publish(subjects.subject(event), e.encode(event), headers=headers, stream=VIDEOS)
        return ack.seq

    async def publish(self, event: e.AnyEvent, *, patience: float = 60.0) -> int:
        """Stores a fact once, however often it is published; returns its sequence.

        Tries again for `patience` seconds while the server is away, then raises Transient.
        """
        try:
            async for attempt in stamina.retry_context(
                on=_RETRIED, attempts=None, timeout=patience, wait_initial=0.2, wait_max=3.0
            ):
                with attempt:
                    return await self._publish(event, {})
        except _RETRIED as error:
            raise Transient(f"the event log does not answer ({type(error).__name__})") from error
        raise AssertionError("unreachable")

    async def append(self, event: e.AnyEvent, expected_last: int) -> int | None:
        """Stores a fact only if `expected_last` is still the video's newest sequence; None when it is not."""
        guard = {
            "Nats-Expected-Last-Subject-Sequence": str(expected_last),
            "Nats-Expected-Last-Subject-Sequence-Subject": subjects.video(event.video_id, event.lane),
        }
        try:
            return await self._publish(event, guard)
        except js_errors.APIError as error:
            if error.err_code == _WRONG_LAST_SEQUENCE:
                return None
            raise Transient(f"the event log refused a fact ({error.err_code})") from error
        except _RETRIED as error:
            raise Transient(f"the event log does not answer ({type(error).__name__})") from error

    async def record_outcome(self, event: e.Outcome) -> bool:
        """Ends a video's revision, unless it has already ended. True when this very outcome stands."""
        while True:
            log = await self.read(event.video_id, event.lane)
            if (standing := log.state.outcome()) is not None or log.state.revision() > event.revision:
                return standing is not None and e.message_id(standing) == e.message_id(event)
            if await self.append(event, log.last) is not None:
                if isinstance(event, e.VideoCancelled):
                    await self._nats.publish(subjects.cancel(event.video_id), str(event.revision).encode())
                return True

    async def read(self, video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
        """A video's whole log, oldest first; empty when there is no such video.

        With `at_least` it waits (a replica may lag) until the log reaches that sequence. Events of unknown types are
        left out. Raises Transient when the stream does not answer.
        """
        for _ in range(20):
            log = VideoLog(await self._read(subjects.video(video_id, lane)))
            if log.last >= at_least:
                return log
            await asyncio.sleep(0.1)  # the replica that answered has not caught up; nothing announces when it has
        raise Transient("the event log's replica lags behind")

    async def _read(self, subject: str) -> list[tuple[int, e.AnyEvent]]:
        """One or more batched direct gets (NATS ADR-31): the subject's messages in a single round trip each."""
        found: list[tuple[int, e.AnyEvent]] = []
        start = 1
        while True:
            messages, pending = await self._batch(subject, start)
            for sequence, data in messages:
                start = sequence + 1
                try:
                    found.append((sequence, e.decode(data)))
                except ValueError:
                    continue
            if not pending or not messages:
                return found

    async def _batch(self, subject: str, start: int) -> tuple[list[tuple[int, bytes]], int]:
        inbox = self._nats.new_inbox()
        subscription = await self._nats.subscribe(inbox)
        query: dict[str, Any] = {"seq": start, "batch": _BATCH, "next_by_subj": subject}
        messages: list[tuple[int, bytes]] = []
        try:
            await self._nats.publish(f"$JS.API.DIRECT.GET.{VIDEOS}", json.dumps(query).encode(), reply=inbox)
            while True:
                message: Msg = await subscription.next_msg(timeout=5)
                headers = message.headers or {}
                status = headers.get("Status")
                if status == "204":
                    return messages, int(headers.get("Nats-Num-Pending", "0"))
                if status == "404":
                    return messages, 0
                if status:
                    raise Transient(f"the event log answered {status} {headers.get('Description', '')}")
                messages.append((int(headers["Nats-Sequence"]), message.data))
        except (nats.errors.Error, TimeoutError, ConnectionError) as error:
            raise Transient(f"the event log does not answer ({type(error).__name__})") from error
        finally:
            await subscription.unsubscribe()
