"""The behaviour of a bus; the same for the in-memory double and for NATS."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from nats.aio.client import Client

from lectern.contracts.requests import LIST_VOICES, ListVoices, VoiceList
from lectern.worker import Bus, NoReply, Responder
from lectern.worker.bus import NatsBus
from lectern.worker.testing import MemoryBus
from lectern.worker.testing.memory_bus import matches


@pytest.fixture(params=["memory", "nats"])
def bus(request: pytest.FixtureRequest) -> Bus:
    """The double, and the real thing."""
    if request.param == "memory":
        return MemoryBus()
    client: Client = request.getfixturevalue("nats")
    return NatsBus(client)


async def refuse(message: ListVoices) -> VoiceList:
    return VoiceList(voices=(), refused=f"no voice {message.wanted}")


RESPONDER = Responder(request=LIST_VOICES, handler=refuse, failed=lambda error: VoiceList(voices=(), refused="unread"))


async def test_a_request_is_answered_by_its_responder(bus: Bus) -> None:
    async with bus.answering(RESPONDER):
        reply = await bus.ask(LIST_VOICES, ListVoices(wanted="x"), timeout=60)
    assert reply == VoiceList(voices=(), refused="no voice x")


async def test_a_request_nobody_answers_says_so_at_once(bus: Bus) -> None:
    async with bus.answering(RESPONDER):
        pass
    with pytest.raises(NoReply) as raised:
        await bus.ask(LIST_VOICES, ListVoices(), timeout=120)
    assert raised.value.absent


async def test_a_responder_that_takes_too_long_is_no_reply(bus: Bus) -> None:
    async def sleep(_: ListVoices) -> VoiceList:
        await asyncio.sleep(1)
        return VoiceList(voices=())

    slow = Responder(request=LIST_VOICES, handler=sleep, failed=RESPONDER.failed)
    async with bus.answering(slow):
        with pytest.raises(NoReply) as raised:
            await bus.ask(LIST_VOICES, ListVoices(), timeout=0.05)
    assert not raised.value.absent


async def test_a_handler_that_raises_is_answered_as_failed(bus: Bus) -> None:
    async def crash(_: ListVoices) -> VoiceList:
        raise RuntimeError("bug")

    async with bus.answering(Responder(request=LIST_VOICES, handler=crash, failed=RESPONDER.failed)):
        assert (await bus.ask(LIST_VOICES, ListVoices(), timeout=60)).refused == "unread"


@pytest.mark.parametrize("data", [b"{", b"\xff", b'{"\x83"', b'{"more":' + b"[" * 50_000 + b"]" * 50_000 + b"}"])
async def test_a_request_that_cannot_be_read_is_answered_as_failed(data: bytes) -> None:
    assert msgspec.json.decode(await RESPONDER.reply_to(data), type=VoiceList).refused == "unread"


async def test_a_request_without_a_reply_address_disturbs_no_other(bus: Bus) -> None:
    async with bus.answering(RESPONDER):
        await bus.publish(LIST_VOICES.subject, b"{}")
        assert (await bus.ask(LIST_VOICES, ListVoices(wanted="x"), timeout=60)).refused == "no voice x"


async def test_every_listener_hears_a_message(bus: Bus) -> None:
    heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def listen(subject: str, data: bytes) -> None:
        await heard.put((subject, data))

    async with bus.listening("progress.>", listen), bus.listening("progress.*.1", listen), asyncio.timeout(120):
        await bus.publish("progress.v.1", b"x")
        await bus.publish("cancel.v", b"y")
        assert [await heard.get(), await heard.get()] == [("progress.v.1", b"x")] * 2
    assert heard.empty()


@pytest.mark.parametrize(
    ("pattern", "subject", "fits"),
    [
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.b.b.c", False),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        ("a.b", "a.b", True),
        ("a.b", "a.b.c", False),
    ],
)
def test_the_double_matches_subjects_as_nats_does(pattern: str, subject: str, fits: bool) -> None:
    assert matches(pattern, subject) is fits
