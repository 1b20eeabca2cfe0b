"""Requests to processes that are frozen, and from processes that are gone, over a real server."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import msgspec
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from lectern.contracts import subjects
from lectern.contracts.options import VideoOptions
from lectern.contracts.requests import DRAW_STILLS, LIST_VOICES, DrawStills, ListVoices, Stills, VoiceList
from lectern.worker import NoReply, Responder
from lectern.worker.bus import NatsBus
from lectern.worker.signs_of_life import SignTiming

QUICK = SignTiming(beat=0.05, silence=0.5)
RESPONDER = """
    import asyncio, os, sys
    import nats
    from lectern.contracts.requests import LIST_VOICES, VoiceList
    from lectern.worker import Responder
    from lectern.worker.bus import NatsBus

    async def reply(message):
        return VoiceList(voices=(), refused=str(os.getpid()))

    async def main():
        client = await nats.connect(sys.argv[1])
        responder = Responder(request=LIST_VOICES, handler=reply, failed=lambda error: VoiceList(voices=()))
        async with NatsBus(client).answering(responder):
            await client.flush()
            print("ready", flush=True)
            await asyncio.Event().wait()

    asyncio.run(main())
"""

Start = Callable[[], Awaitable[int]]


@pytest.fixture
async def start_responder(nats: Client) -> AsyncIterator[Start]:
    """Starts a process that answers with its process id."""
    processes: list[asyncio.subprocess.Process] = []
    assert nats.connected_url is not None
    url = nats.connected_url.geturl()

    async def start() -> int:
        code = textwrap.dedent(RESPONDER)
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, url, stdout=asyncio.subprocess.PIPE)
        processes.append(process)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        return process.pid

    yield start
    for process in processes:
        process.kill()
        await process.wait()


@pytest.mark.slow
async def test_a_frozen_responder_is_passed_over_while_another_is_alive(nats: Client, start_responder: Start) -> None:
    frozen, alive = await start_responder(), await start_responder()
    bus = NatsBus(nats, QUICK)
    os.kill(frozen, signal.SIGSTOP)
    answers = [await bus.ask(LIST_VOICES, ListVoices(), timeout=120) for _ in range(8)]
    assert {answer.refused for answer in answers} == {str(alive)}
    os.kill(frozen, signal.SIGCONT)
    seen = {(await bus.ask(LIST_VOICES, ListVoices(), timeout=120)).refused for _ in range(40)}
    assert seen == {str(frozen), str(alive)}, "once it goes on it gets its share again"


@pytest.mark.slow
async def test_with_none_but_frozen_responders_there_is_no_reply(nats: Client, start_responder: Start) -> None:
    os.kill(await start_responder(), signal.SIGSTOP)
    with pytest.raises(NoReply) as raised:
        await NatsBus(nats, QUICK).ask(LIST_VOICES, ListVoices(), timeout=2)
    assert not raised.value.absent


class Work:
    """A handler that works until it is told to finish. Counts how often it began."""

    def __init__(self) -> None:
        self.begun = 0
        self.started = asyncio.Event()
        self.finish = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def __call__(self, _: ListVoices) -> VoiceList:
        self.begun += 1
        self.started.set()
        try:
            await self.finish.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return VoiceList(voices=(), refused="done")

    async def draw(self, _: DrawStills) -> Stills:
        await self(ListVoices())
        return Stills(ok=True)

    def respond(self) -> Responder[ListVoices, VoiceList]:
        return Responder(request=LIST_VOICES, handler=self, failed=lambda error: VoiceList(voices=()))


@pytest.mark.slow
async def test_work_that_takes_longer_than_a_silence_is_begun_only_once(nats: Client) -> None:
    work, bus = Work(), NatsBus(nats, SignTiming(beat=0.02, silence=2.0))
    async with bus.answering(work.respond()), asyncio.timeout(120):
        asking = asyncio.create_task(bus.ask(LIST_VOICES, ListVoices(), timeout=120))
        await work.started.wait()
        await asyncio.sleep(2.5)  # longer than a silence: only signs keep it from being asked again
        work.finish.set()
        assert (await asking).refused == "done"
    assert work.begun == 1


async def test_work_ends_when_nobody_waits_for_it_any_more(nats: Client) -> None:
    work, bus = Work(), NatsBus(nats, QUICK)
    async with bus.answering(work.respond()), asyncio.timeout(120):
        asking = asyncio.create_task(bus.ask(LIST_VOICES, ListVoices(), timeout=120))
        await work.started.wait()
        asking.cancel()
        await work.cancelled.wait()


@pytest.mark.parametrize("waits", [True, False])
async def test_when_a_video_is_cancelled_work_on_it_that_nobody_waits_for_ends_at_once(
    nats: Client, waits: bool
) -> None:
    """A beat is longer than the test: only the signal can end it. Whoever still waits is answered."""
    work, bus = Work(), NatsBus(nats, SignTiming(beat=600.0, silence=600.0))
    responder = Responder(request=DRAW_STILLS, handler=work.draw, failed=lambda error: Stills(ok=False))
    about = DrawStills(code_key="c", narration_key="n", options=VideoOptions(), at=(), video_id="cancelled")
    async with bus.answering(responder), asyncio.timeout(120):
        asking = asyncio.create_task(bus.ask(DRAW_STILLS, about, timeout=120))
        await work.started.wait()
        if waits:
            await nats.publish(subjects.cancel("cancelled"), b"1")
            await asyncio.sleep(0.2)  # it is looked at several times
            work.finish.set()
            assert (await asking).ok
        else:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await nats.publish(subjects.cancel("another"), b"1")
            await nats.publish(subjects.cancel("cancelled"), b"1")
            await work.cancelled.wait()


async def test_whoever_stops_waiting_just_as_a_sign_arrives_stops_all_the_same(nats: Client) -> None:
    """A cancelled video is doubted at once, so that the signal and a sign often reach an asker together."""
    work, bus = Work(), NatsBus(nats, SignTiming(beat=0.02, silence=600.0))
    asking: list[asyncio.Task[VoiceList]] = []

    async def stop_asking(message: Msg) -> None:
        if message.headers:  # the sign, before its asker has taken it
            asking[0].cancel()
            await listening.unsubscribe()

    listening = await nats.subscribe("_INBOX.>", cb=stop_asking)
    async with bus.answering(work.respond()), asyncio.timeout(120):
        asking.append(asyncio.create_task(bus.ask(LIST_VOICES, ListVoices(), timeout=30)))
        await asyncio.wait(asking)
        assert asking[0].cancelled()
        await work.cancelled.wait()


async def test_a_sign_that_a_leaving_asker_left_unanswered_does_not_hold_its_end_up(nats: Client) -> None:
    """It came before the asker was gone, and was taken by nobody: the next one soon finds nobody there."""
    work, bus = Work(), NatsBus(nats, SignTiming(beat=30.0, silence=600.0))
    responder = Responder(request=DRAW_STILLS, handler=work.draw, failed=lambda error: Stills(ok=False))
    about = DrawStills(code_key="c", narration_key="n", options=VideoOptions(), at=(), video_id="cancelled")
    signs = 0

    async def take_sign(message: Msg) -> None:
        nonlocal signs
        signs += 1
        await asker.unsubscribe()

    inbox = nats.new_inbox()
    asker = await nats.subscribe(inbox, cb=take_sign)
    async with bus.answering(responder):
        wanted = {"Lectern-Signs": "wanted"}
        await nats.publish(DRAW_STILLS.subject, msgspec.json.encode(about), reply=inbox, headers=wanted)
        async with asyncio.timeout(20):  # less than a beat, for which a sign outside of doubt waits
            await work.started.wait()
            await nats.publish(subjects.cancel("cancelled"), b"1")
            await work.cancelled.wait()
    assert signs == 1


async def test_a_waiting_request_that_was_given_up_is_never_begun(nats: Client) -> None:
    work, bus = Work(), NatsBus(nats, QUICK)
    async with bus.answering(work.respond()), asyncio.timeout(120):
        first = asyncio.create_task(bus.ask(LIST_VOICES, ListVoices(), timeout=120))
        await work.started.wait()
        with pytest.raises(NoReply):
            await bus.ask(LIST_VOICES, ListVoices(), timeout=0.2)
        while sum(task.get_name().startswith("answer:") for task in asyncio.all_tasks()) > 1:
            await asyncio.sleep(QUICK.beat)
        work.finish.set()
        await first
        third = await bus.ask(LIST_VOICES, ListVoices(), timeout=120)
    assert third.refused == "done"
    assert work.begun == 2


async def test_an_asker_of_an_earlier_version_gets_the_answer_as_its_first_message(nats: Client) -> None:
    work, bus = Work(), NatsBus(nats, QUICK)
    async with bus.answering(work.respond()), asyncio.timeout(120):
        asking = asyncio.create_task(nats.request(LIST_VOICES.subject, b"{}", timeout=30))
        await work.started.wait()
        await asyncio.sleep(3 * QUICK.beat)
        work.finish.set()
        assert b"done" in (await asking).data


async def test_a_request_that_waits_is_left_to_another_when_its_responder_stops(nats: Client) -> None:
    work, bus = Work(), NatsBus(nats, SignTiming(beat=0.05, silence=20.0))  # silence does not end within the test
    other = NatsBus(nats)
    async with asyncio.timeout(120):
        async with bus.answering(work.respond()):
            running = asyncio.create_task(bus.ask(LIST_VOICES, ListVoices(), timeout=120))
            await work.started.wait()
            waiting = asyncio.create_task(bus.ask(LIST_VOICES, ListVoices(), timeout=120))
            while sum(task.get_name().startswith("answer:") for task in asyncio.all_tasks()) < 2:
                await asyncio.sleep(0.01)
            work_elsewhere = Work()
            work_elsewhere.finish.set()
            elsewhere = await _enter(other, work_elsewhere)
            asyncio.get_running_loop().call_later(0.2, work.finish.set)
        assert (await running).refused == "done"
        assert (await waiting).refused == "done"
        await elsewhere()
    assert (work.begun, work_elsewhere.begun) == (1, 1), "what was begun is finished, what was not goes elsewhere"


async def test_an_asker_hears_at_once_that_the_only_responder_has_left(nats: Client) -> None:
    work, bus = Work(), NatsBus(nats, SignTiming(beat=0.05, silence=20.0))
    async with asyncio.timeout(120):
        async with bus.answering(work.respond()):
            running = asyncio.create_task(bus.ask(LIST_VOICES, ListVoices(), timeout=120))
            await work.started.wait()
            waiting = asyncio.create_task(bus.ask(LIST_VOICES, ListVoices(), timeout=120))
            while sum(task.get_name().startswith("answer:") for task in asyncio.all_tasks()) < 2:
                await asyncio.sleep(0.01)
            asyncio.get_running_loop().call_later(0.1, work.finish.set)
        with pytest.raises(NoReply) as raised:
            await waiting
        assert raised.value.absent
        await running


async def _enter(bus: NatsBus, work: Work) -> Callable[[], Awaitable[None]]:
    """Begins to answer; returns what ends it."""
    stack = AsyncExitStack()
    await stack.enter_async_context(bus.answering(work.respond()))
    return stack.aclose
