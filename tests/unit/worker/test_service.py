"""A service: its parts run side by side, stop together, and its health endpoints say what is missing."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from nats.aio.client import Client
from pydantic import ValidationError
from servers import free_port

from lectern.contracts.requests import LIST_VOICES, ListVoices, VoiceList
from lectern.contracts.topology import VIDEOS
from lectern.worker import Connections, NoReply, Responder, Service, Settings, Stage, Unavailable, liveness, readiness
from lectern.worker.health import serve_health
from lectern.worker.service import run_service
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
    async with asyncio.timeout(120):
        assert (await connections.bus.ask(LIST_VOICES, ListVoices(), timeout=60)).refused == "none"
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
    async with asyncio.timeout(120):
        await service.serve(asyncio.Event())


async def test_a_service_that_only_answers_requests_runs_until_it_is_stopped() -> None:
    connections, stop = memory_connections(), asyncio.Event()
    service = Service(name="voice", connections=connections, settings=Settings(), responders=(responder(),))
    task = asyncio.create_task(service.serve(stop))
    await asyncio.sleep(0)
    async with asyncio.timeout(120):
        for _ in range(2):
            assert (await connections.bus.ask(LIST_VOICES, ListVoices(), timeout=60)).refused == "none"
        stop.set()
        await task


async def test_a_service_that_drains_takes_no_more_requests(connections: Connections) -> None:
    stop, drained = asyncio.Event(), asyncio.Event()

    async def run(stop: asyncio.Event) -> None:
        await drained.wait()  # a render that is finished after the stop

    service = Service(name="voice", connections=connections, settings=Settings(), responders=(responder(),), run=run)
    task = asyncio.create_task(service.serve(stop))
    async with asyncio.timeout(120):
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
    async with asyncio.timeout(120):
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


async def test_a_stage_whose_consumer_is_missing_is_not_ready_and_says_what_to_do(
    nats: Client, connections: Connections, settings: Settings
) -> None:
    service = Service(name="voice", connections=connections, settings=settings, stage=Stage("voice"))
    assert (await service.readiness())[0] == 200
    await nats.jetstream().delete_consumer(VIDEOS, "voice-bulk")
    status, body = await service.readiness()
    assert status == 503
    assert body["checks"]["consumers"] == "failed: there is no consumer voice-bulk; run `lectern provision`"


class Waiting:
    """A service whose start and end a test decides."""

    def __init__(self) -> None:
        self.may_start = asyncio.Event()
        self.closed = False

    def build(self, settings: Settings | None, connections: Connections) -> Service:
        assert settings is not None

        async def start() -> None:
            await self.may_start.wait()

        async def close() -> None:
            self.closed = True

        return Service(name="voice", connections=connections, settings=settings, start=start, close=close)


async def _ask(port: int, path: str) -> tuple[int, dict[str, Any]]:
    """The answer, once somebody listens."""
    async with asyncio.timeout(120), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}{path}") as answer:
                    return answer.status, await answer.json()
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.02)


async def test_a_service_is_alive_and_not_ready_until_it_has_started(nats: Client, settings: Settings) -> None:
    service, stop, port = Waiting(), asyncio.Event(), free_port()
    running = asyncio.create_task(
        run_service(service.build, settings.model_copy(update={"metrics_port": port}), stop, "voice")
    )
    assert (await _ask(port, "/healthz"))[0] == 200
    status, body = await _ask(port, "/readyz")
    assert (status, body["status"]) == (503, "not ready")
    assert "waits for" in body["checks"]["start"]

    service.may_start.set()
    async with asyncio.timeout(120):
        while (await _ask(port, "/readyz"))[0] != 200:
            await asyncio.sleep(0.02)
        stop.set()
        await running
    assert service.closed


@pytest.mark.parametrize(
    "nats_url",
    [f"nats://127.0.0.1:{free_port()}", "nats://nowhere.invalid:4222"],
    ids=["nobody listens", "no such name"],
)
async def test_a_service_without_an_event_log_is_alive_and_can_be_stopped(settings: Settings, nats_url: str) -> None:
    stop, port = asyncio.Event(), free_port()
    alone = settings.model_copy(update={"metrics_port": port, "nats_url": nats_url})
    running = asyncio.create_task(run_service(Waiting().build, alone, stop, "voice"))
    assert (await _ask(port, "/healthz"))[0] == 200
    assert (await _ask(port, "/readyz"))[0] == 503
    stop.set()
    async with asyncio.timeout(120):
        await running


async def test_a_service_that_cannot_start_says_so(nats: Client, settings: Settings) -> None:
    def build(settings: Settings | None, connections: Connections) -> Service:
        raise ValueError("set up wrongly")

    without_port = settings.model_copy(update={"metrics_port": 0})
    with pytest.raises(ValueError, match="set up wrongly"):
        await run_service(build, without_port, asyncio.Event(), "voice")


@pytest.mark.parametrize("name", ["nats_url", "s3_endpoint", "s3_address"])
def test_an_address_that_kubernetes_did_not_fill_in_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"LECTERN_{name.upper()}", "nats://$(NATS_SERVICE_HOST):4222")
    with pytest.raises(ValidationError, match="did not exist when this container was started"):
        Settings()
