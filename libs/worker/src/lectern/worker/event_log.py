"""The log of events: publishing, reading a video's log, and the one place where outcomes are decided."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

import nats.errors
import stamina
from nats.aio.client import Client
from nats.js import errors as js_errors

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.log import VideoLog
from lectern.contracts.topology import VIDEOS
from lectern.tracing import SpanKind, record_span, trace_headers
from lectern.worker.batch_get import get_all, get_first
from lectern.worker.bus import Bus, NatsBus
from lectern.worker.failures import Transient, Unavailable

_WRONG_LAST_SEQUENCE = 10071  # NATS error code: the expected last sequence is not the last one
REFUSAL_SECONDS = 20.0  # that a service is unready by: whoever is sent nothing meanwhile cannot find out by publishing
_FREE_SPACE = (
    "Free some space; nats-server stores events again after a restart, which `lectern up` sees to, and the work then "
    "goes on by itself."
)
_RETRIED = (
    nats.errors.TimeoutError,
    nats.errors.NoRespondersError,
    js_errors.NoStreamResponseError,
    js_errors.ServiceUnavailableError,
    TimeoutError,
)


class EventLog(ABC):
    """All videos' events. `JetStreamEventLog` keeps them on a server, `MemoryEventLog` in this process."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._refusal: tuple[Unavailable, float] | None = None  # of the last event, and when

    def refusal(self) -> Unavailable | None:
        """Why the last event was not stored; None if it was, or was tried too long ago to tell anything of now."""
        if self._refusal is None or time.monotonic() - self._refusal[1] > REFUSAL_SECONDS:
            return None
        return self._refusal[0]

    @abstractmethod
    async def publish(self, event: e.AnyEvent, *, patience: float = 60.0) -> int:
        """Stores an event once, however often it is published; returns its sequence.

        Retries for `patience` seconds while the log is unavailable, then raises Unavailable; Transient when the log
        refuses the event.
        """

    @abstractmethod
    async def append(self, event: e.AnyEvent, expected_last: int) -> int | None:
        """Stores an event only if `expected_last` is still the video's newest sequence; None when it is not."""

    @abstractmethod
    async def read(self, video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
        """A video's whole log, oldest first; empty when there is no such video.

        With `at_least` it waits (a replica may lag) until the log reaches that sequence. Events of unknown types are
        left out. Raises Unavailable when the log does not answer.
        """

    @abstractmethod
    async def erase(self, video_id: str) -> tuple[int, ...]:
        """Removes a deleted video's log other than its deletion; returns the sequences removed. Safe to repeat.

        Without a deletion in the log nothing is removed. Raises Unavailable when the log does not answer.
        """

    @abstractmethod
    async def read_owner(self, video_id: str) -> str | None:
        """The owner of a video, from its first event; None when there is no such video.

        One look at one message, however long the log is and whether or not it exists. Raises Unavailable.
        """

    async def record_outcome(self, outcome: e.Outcome) -> bool:
        """Ends a video's revision, unless it has already ended. True when this very outcome stands."""
        while True:
            log = await self.read(outcome.video_id, outcome.lane)
            if (standing := log.state.outcome()) is not None or log.state.revision() > outcome.revision:
                return standing is not None and e.message_id(standing) == e.message_id(outcome)
            if await self.append(outcome, log.last) is not None:
                if isinstance(outcome, e.VideoCancelled):
                    await self._bus.publish(subjects.cancel(outcome.video_id), str(outcome.revision).encode())
                return True


class JetStreamEventLog(EventLog):
    """The `VIDEOS` stream over a NATS connection."""

    def __init__(self, nats: Client) -> None:
        super().__init__(NatsBus(nats))
        self._nats = nats
        self._js = nats.jetstream(timeout=5)

    async def publish(self, event: e.AnyEvent, *, patience: float = 60.0) -> int:
        """See `EventLog.publish`."""
        try:
            async for attempt in stamina.retry_context(
                on=_RETRIED, attempts=None, timeout=patience, wait_initial=0.2, wait_max=3.0
            ):
                with attempt:
                    return await self._publish(event, {})
        except _RETRIED as error:
            raise _unavailable(error) from error
        except js_errors.APIError as error:
            raise _refusal(error) from error
        raise AssertionError("unreachable")

    async def append(self, event: e.AnyEvent, expected_last: int) -> int | None:
        """See `EventLog.append`."""
        guard = {
            "Nats-Expected-Last-Subject-Sequence": str(expected_last),
            "Nats-Expected-Last-Subject-Sequence-Subject": subjects.video(event.video_id, event.lane),
        }
        try:
            return await self._publish(event, guard)
        except js_errors.APIError as error:
            if error.err_code == _WRONG_LAST_SEQUENCE:
                return None
            raise _refusal(error) from error
        except _RETRIED as error:
            raise _unavailable(error) from error

    async def read(self, video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
        """See `EventLog.read`."""
        with record_span("read log", video=video_id):
            for _ in range(20):
                messages = await get_all(self._nats, VIDEOS, subjects.video(video_id, lane))
                log = decode_log(messages)
                if log.last >= at_least or log.is_deleted:  # what was erased never comes
                    return log
                await asyncio.sleep(0.1)  # the replica that answered has not caught up; nothing announces when it has
        raise Unavailable("a replica of the event log lags behind", code="log-unavailable")

    async def erase(self, video_id: str) -> tuple[int, ...]:
        """See `EventLog.erase`."""
        messages = await get_all(self._nats, VIDEOS, subjects.video(video_id))
        deletion = next((sequence for sequence, data in messages if _is_deletion(data)), 0)
        doomed = tuple(sequence for sequence, _ in messages if sequence != deletion) if deletion else ()
        try:
            if any(sequence < deletion for sequence in doomed):
                await self._js.purge_stream(VIDEOS, subject=subjects.video(video_id), seq=deletion)
            for sequence in doomed:
                if sequence > deletion:  # of a stage that had not heard of it
                    await self._js.delete_msg(VIDEOS, sequence)
        except js_errors.NotFoundError:
            return doomed  # another process removed it meanwhile
        except (nats.errors.Error, js_errors.Error, TimeoutError) as error:
            raise _unavailable(error) from error
        return doomed

    async def read_owner(self, video_id: str) -> str | None:
        """See `EventLog.read_owner`."""
        data = await get_first(self._nats, VIDEOS, subjects.video(video_id))
        return e.owner_of(data) if data is not None else None

    async def _publish(self, event: e.AnyEvent, headers: dict[str, str]) -> int:
        scene = event.scene if isinstance(event, e.SceneEvent) else None
        name = f"publish {e.name_type(event)}"
        with record_span(name, kind=SpanKind.PRODUCER, video=event.video_id, scene=scene, revision=event.revision):
            headers = {"Nats-Msg-Id": e.message_id(event), **trace_headers(), **headers}
            try:
                ack = await self._js.publish(subjects.subject(event), e.encode(event), headers=headers, stream=VIDEOS)
            except _RETRIED as error:
                self._refusal = _unavailable(error), time.monotonic()
                raise
        self._refusal = None
        return ack.seq


def decode_log(messages: Sequence[tuple[int, bytes]]) -> VideoLog:
    """A video's log from its messages, oldest first, without events of a newer version: they are of no use here."""
    entries: list[tuple[int, e.AnyEvent]] = []
    for sequence, data in messages:
        with contextlib.suppress(ValueError):
            entries.append((sequence, e.decode(data)))
    return VideoLog(entries, last=messages[-1][0] if messages else 0)


def _is_deletion(data: bytes) -> bool:
    try:
        return isinstance(e.decode(data), e.VideoDeleted)
    except ValueError:
        return False


def _refusal(error: js_errors.APIError) -> Transient:
    message = f"the event log refused an event (NATS error {error.err_code}: {error.description})"
    full = (error.code or 0) >= 500
    return Unavailable(message, code="log-unavailable") if full else Transient(message)


def _unavailable(error: Exception) -> Unavailable:
    if isinstance(error, js_errors.ServiceUnavailableError):
        return Unavailable(
            "the event log stores nothing: its disk is full, or was", code="log-full", remedy=_FREE_SPACE
        )
    return Unavailable(f"the event log does not answer ({type(error).__name__})", code="log-unavailable")
