"""What services read from each other: events, whole logs of them, and requests. Anybody with the log's login writes them."""

from __future__ import annotations

import asyncio

import msgspec
from structlog.testing import capture_logs

from fuzz.target import Target, split_words
from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.requests import REQUESTS, Progress, VoiceList, WorkerSign
from lectern.worker import Responder


def check_event(data: bytes) -> None:
    """An event is read or refused with a ValueError, which has it put aside; what was read can be written again."""
    try:
        e.owner_of(data)
        event = e.decode(data)
    except ValueError:
        return
    assert e.decode(e.encode(event)) == event, "an event that does not survive being written"
    e.message_id(event).encode()


def check_log(data: bytes) -> None:
    """A log folds whatever its events say and in whatever order they are, once and twice."""
    read = []
    for line in data.split(b"\n"):
        try:
            read.append(e.decode(line))
        except ValueError:
            continue
    state = VideoLog(enumerate(read, 1)).state
    assert VideoLog(enumerate([*read, *read], 1)).state.cancelled == state.cancelled
    msgspec.json.encode(state)


def check_message(data: bytes) -> None:
    """Every request is answered, also one that cannot be read; signs of life are read or left alone."""
    for request in REQUESTS:

        async def answer(message: msgspec.Struct) -> msgspec.Struct:
            msgspec.json.encode(message)
            raise ValueError("read")

        failures: list[Exception] = []

        def note(error: Exception, failures: list[Exception] = failures) -> VoiceList:
            failures.append(error)
            return VoiceList(voices=())

        responder: Responder = Responder(request=request, handler=answer, failed=note)  # type: ignore[type-arg]
        with capture_logs():
            asyncio.run(responder.reply_to(data))
        assert len(failures) == 1, "a request without an answer"
        responder.party(data)
    for kind in (Progress, WorkerSign):
        try:
            msgspec.json.decode(data, type=kind)
        except (ValueError, RecursionError):
            continue


_EVENT = split_words(
    '{ } [ ] , : " "type": "video.requested.v1" "scene.planned.v1" "scene.rendered.v1" "video.cancelled.v1" '
    '"video.deleted.v1" "video_id": "at": "cause": "revision": "scene": "owner": "problem": "plan": "options": '
    '\\ud800 \\u0000 1e999 -1 0 9999999999999999999 null true "" "2026-01-02T03:04:05Z" "0000-00-00T00:00:00Z"'
)

MESSAGE_TARGETS = (
    Target(name="event", check=check_event, tokens=_EVENT),
    Target(name="log", check=check_log, tokens=_EVENT),
    Target(name="message", check=check_message, tokens=_EVENT, max_bytes=40_000),
)
