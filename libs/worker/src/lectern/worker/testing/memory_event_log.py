"""An event log and dead letters within one process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.log import LogEntry, VideoLog
from lectern.worker.bus import Bus
from lectern.worker.dead_letters import DeadLetter
from lectern.worker.event_log import EventLog
from lectern.worker.failures import Unavailable
from lectern.worker.testing.memory_bus import MemoryBus, matches

Follower: TypeAlias = Callable[[LogEntry], Awaitable[None]]


class MemoryEventLog(EventLog):
    """Keeps encoded events, as a stream does: each message id once, sequences from 1 over all videos.

    `available` False makes every call raise Unavailable. `followers` see each event once it is stored.
    """

    def __init__(self, bus: Bus | None = None) -> None:
        super().__init__(bus or MemoryBus())
        self.available = True
        self.followers: list[Follower] = []
        self._messages: list[tuple[str, bytes]] = []  # one that was erased is ("", b"")
        self._sequences: dict[str, int] = {}

    async def publish(self, event: e.AnyEvent, *, patience: float = 60.0) -> int:
        """See `EventLog.publish`. Does not retry: nothing in this process comes back by itself."""
        self._check_available()
        return await self._store(event)

    async def append(self, event: e.AnyEvent, expected_last: int) -> int | None:
        """See `EventLog.append`."""
        self._check_available()
        await asyncio.sleep(0)  # a server would let others go first here, too
        if e.message_id(event) in self._sequences:
            return self._sequences[e.message_id(event)]
        pattern = subjects.video(event.video_id, event.lane)
        last = max((at for at, (subject, _) in enumerate(self._messages, 1) if matches(pattern, subject)), default=0)
        return await self._store(event) if last == expected_last else None

    async def read(self, video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
        """See `EventLog.read`."""
        self._check_available()
        await asyncio.sleep(0)
        pattern = subjects.video(video_id, lane)
        log = VideoLog(
            (sequence, e.decode(data))
            for sequence, (subject, data) in enumerate(self._messages, 1)
            if matches(pattern, subject)
        )
        if log.last < at_least and not log.is_deleted:
            raise Unavailable("a replica of the event log lags behind", code="log-unavailable")
        return log

    async def erase(self, video_id: str) -> tuple[int, ...]:
        """See `EventLog.erase`."""
        log = await self.read(video_id)
        doomed = tuple(at for at, event in log if not isinstance(event, e.VideoDeleted)) if log.state.deleted else ()
        for sequence in doomed:
            self._messages[sequence - 1] = ("", b"")
        return doomed

    async def read_owner(self, video_id: str) -> str | None:
        """See `EventLog.read_owner`."""
        self._check_available()
        await asyncio.sleep(0)
        pattern = subjects.video(video_id)
        return next((e.owner_of(data) for subject, data in self._messages if matches(pattern, subject)), None)

    def entries(self) -> list[LogEntry]:
        """Every event of every video, in stream order."""
        return [LogEntry(sequence, e.decode(data)) for sequence, (_, data) in enumerate(self._messages, 1) if data]

    def _check_available(self) -> None:
        if not self.available:
            raise Unavailable("the event log does not answer (unavailable)", code="log-unavailable")

    async def _store(self, event: e.AnyEvent) -> int:
        message_id = e.message_id(event)
        if message_id not in self._sequences:
            self._messages.append((subjects.subject(event), e.encode(event)))
            sequence = self._sequences[message_id] = len(self._messages)
            for follower in list(self.followers):
                await follower(LogEntry(sequence, event))
        return self._sequences[message_id]


class MemoryDeadLetters:
    """Keeps dead letters in `letters`, once for a message and consumer."""

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []

    async def store(self, letter: DeadLetter) -> None:
        """See `DeadLetters.store`."""
        if not any((each.consumer, each.sequence) == (letter.consumer, letter.sequence) for each in self.letters):
            self.letters.append(letter)

    async def erase(self, video_id: str) -> None:
        """See `DeadLetters.erase`."""
        self.letters = [letter for letter in self.letters if letter.video_id != video_id]
