"""A service: its parts run side by side, stop together, and its health endpoints say what is missing."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from servers import free_port

from lectern.contracts.requests import LIST_VOICES, ListVoices, VoiceList
from lectern.worker import Connections, NoReply, Responder, Service, Settings, Unavailable, liveness, readiness
from lectern.worker.health import serve_health
from lectern.worker.testing import memory_connections


def responder() -> Responder[ListVoices, VoiceList]:
    async def answer(_: ListVoices) -> VoiceList:
        return VoiceList(voices=(), refused="none")

    return Responder(request=LIST_VOICES, handler=answer, failed=lambda _: VoiceList(voices=()))


async def test_a_service_answers_requests_until_it_is_stopped() -> None:
    connections, calls = memory_connections(), list[str]()

    async def start() -> None:
        calls.append("start")

    async def close() -> None:
        calls.append("close")

    async def run(stop: asyncio.Event) -> None:
        await stop.wait()
        calls.append("run")

    service = Service(
        name="voice",
        connections=connections,
        settings=Settings(),
        responders=(responder(),),
        start=start,
        close=close,
        run=run,
    )
    stop = asyncio.Event()
    task = asyncio.create_task(service.serve(stop))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert (await connections.bus.ask(LIST_VOICES, ListVoices(), timeout=1)).refused == "none"
        stop.set()
        await task
    assert calls == ["start", "run", "close"]


async def test_a_part_that_fails_ends_the_service() -> None:
    async def run(stop: asyncio.Event) -> None:
        raise RuntimeError("bug")

    service = Service(name="voice", connections=memory_connections(), settings=Settings(), run=run)
    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        await service.serve(asyncio.Event())


async def test_a_service_ends_when_its_only_part_returns() -> None:
    async def run(stop: asyncio.Event) -> None:
        """Returns at once."""

    service = Service(name="voice", connections=memory_connections(), settings=Settings(), run=run)
    async with asyncio.timeout(5):
        await service.serve(asyncio.Event())


async def test_a_service_that_only_answers_requests_runs_until_it_is_stopped() -> None:
    connections, stop = memory_connections(), asyncio.Event()
    service = Service(name="voice", connections=connections, settings=Settings(), responders=(responder(),))
    task = asyncio.create_task(service.serve(stop))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        for _ in range(2):
            assert (await connections.bus.ask(LIST_VOICES, ListVoices(), timeout=1)).refused == "none"
        stop.set()
        await task


async def test_a_service_that_drains_takes_no_more_requests(connections: Connections) -> None:
    stop, drained = asyncio.Event(), asyncio.Event()

    async def run(stop: asyncio.Event) -> None:
        await drained.wait()  # a render that is finished after the stop

    service = Service(name="voice", connections=connections, settings=Settings(), responders=(responder(),), run=run)
    task = asyncio.create_task(service.serve(stop))
    async with asyncio.timeout(5):
        while await _is_absent(connections):
            await asyncio.sleep(0.01)
        stop.set()
        while not await _is_absent(connections):
            await asyncio.sleep(0.01)
        assert not task.done()
        drained.set()
        await task


async def test_a_request_that_was_begun_may_take_the_grace_period_and_no_longer(connections: Connections) -> None:
    begun, stop = asyncio.Event(), asyncio.Event()

    async def never(_: ListVoices) -> VoiceList:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    stuck = Responder(request=LIST_VOICES, handler=never, failed=lambda _: VoiceList(voices=()))
    settings = Settings(grace_seconds=0.2)
    service = Service(name="voice", connections=connections, settings=settings, responders=(stuck,))
    task = asyncio.create_task(service.serve(stop))
    async with asyncio.timeout(5):
        while await _is_absent(connections):
            await asyncio.sleep(0.01)
        asking = asyncio.create_task(connections.bus.ask(LIST_VOICES, ListVoices(), timeout=4))
        await begun.wait()
        stop.set()
        await task
        with pytest.raises(NoReply):
            await asking


async def _is_absent(connections: Connections) -> bool:
    try:
        await connections.bus.ask(LIST_VOICES, ListVoices(), timeout=0.05)
    except NoReply as error:
        return error.absent
    return False


async def test_readiness_names_the_state_of_each_part(connections: Connections, settings: Settings) -> None:
    service = Service(
        name="renderer", connections=connections, settings=settings, ready=lambda: {"sandbox.seccomp": "active"}
    )
    assert await service.readiness() == (
        200,
        {"status": "ready", "checks": {"stream": "ok", "store": "ok", "disk": "ok", "sandbox.seccomp": "active"}},
    )


async def test_readiness_is_503_and_names_the_part_that_is_missing() -> None:
    async def check_log() -> None:
        """The log answers."""

    async def check_store() -> None:
        raise Unavailable("the disk of the object store is full", code="store-full")

    def describe_parts() -> dict[str, str]:
        raise RuntimeError("bug")

    checks = {"log": check_log, "store": check_store}
    assert await readiness(checks) == (
        503,
        {"status": "not ready", "checks": {"log": "ok", "store": "failed: the disk of the object store is full"}},
    )
    assert await readiness({"log": check_log}, describe_parts) == (
        503,
        {"status": "not ready", "checks": {"log": "ok", "service": "failed: RuntimeError"}},
    )


async def test_health_is_served_on_a_port_of_its_own(connections: Connections, settings: Settings) -> None:
    service = Service(name="voice", connections=connections, settings=settings)
    connections.metrics.begin("voice", 3)
    port = free_port()
    async with (
        serve_health("voice", service.readiness, connections.registry, port),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        async with http.get("/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, liveness("voice"))
        async with http.get("/readyz") as answer:
            assert (await answer.json())["status"] == "ready"
        async with http.get("/metrics") as answer:
            assert 'lectern_stage_slots{stage="voice"} 3.0' in await answer.text()
