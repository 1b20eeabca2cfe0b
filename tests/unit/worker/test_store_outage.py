"""Outages of real servers: the store stops, the log restarts, and the work goes on without having used an attempt."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr
from servers import free_port, nats_server, s3_server
from unit.worker.pipeline_events import narrated, planned, requested, scripted

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.topology import ATTEMPTS
from lectern.worker import Connections, Job, Settings, Stage, apply_topology, connect_nats, open_store
from lectern.worker.loop import StageLoop
from lectern.worker.processing import Timing

pytestmark = pytest.mark.slow
TIMING = Timing(heartbeat=0.3, linger=0.1, look=0.1, trickle=0.2, retry_delays=(0.05,), wait_delays=(0.1,))
LATER = 3600.0  # seconds: nobody waits for so long in a test
KEYS = ("key", "a-secret-of-some-length")


class Storing:
    """A stage that stores something, and notes how often it tried and as which attempt."""

    def __init__(self) -> None:
        self.tries = 0
        self.attempts: list[int] = []
        self.stage = Stage("voice")
        self.stage.on(e.ScenePlanned, slots=2)(self.handle)

    async def handle(self, event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
        self.tries += 1
        self.attempts.append(job.attempt)
        await job.store.put(f"t/{event.video_id}", b"sound", "audio/flac")
        return job.answer(e.SceneNarrated, narration=narrated(event.video_id).narration)


async def until_narrated(connections: Connections, video: str, seconds: float = 120) -> e.SceneNarrated:
    async with asyncio.timeout(seconds):
        while True:
            try:
                narrated_ = (await connections.event_log.read(video)).state.scene(1).narrated
            except Exception:  # the log is away as well
                narrated_ = None
            if narrated_:
                return narrated_
            await asyncio.sleep(0.05)


def make_folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


async def test_an_outage_of_the_store_is_waited_out_and_the_log_says_why(tmp_path: Path, settings: Settings) -> None:
    port = free_port()
    changed = {
        "s3_endpoint": f"http://127.0.0.1:{port}",
        "s3_access_key": KEYS[0],
        "s3_secret_key": SecretStr(KEYS[1]),
    }
    settings = settings.model_copy(update=changed)
    client = await connect_nats(settings.nats_url, "test")
    for stream in await client.jetstream().streams_info():
        await client.jetstream().delete_stream(stream.config.name or "")
    await apply_topology(client)
    stop, storing, video = asyncio.Event(), Storing(), new_id()
    async with open_store(settings) as store:
        connections = Connections.over(client, store)
        for event in (requested(video), scripted(video), planned(video)):
            await connections.event_log.publish(event)
        loop = asyncio.create_task(StageLoop(storing.stage, connections, None, settings, TIMING).run(stop))
        async with asyncio.timeout(120):
            while storing.tries < ATTEMPTS + 2:
                await asyncio.sleep(0.05)
        delay = (await connections.event_log.read(video)).state.delay()
        with s3_server(tmp_path, port, KEYS):
            answer = await until_narrated(connections, video)
            log = await connections.event_log.read(video)
        stop.set()
        await loop
    await client.close()
    assert delay is not None
    assert (delay.stage, delay.problem.code) == ("voice", "store-unavailable")
    assert answer.cause.endswith("scene.planned.v1")
    assert set(storing.attempts) == {1}
    assert sum(isinstance(event, e.SceneDelayed) for event in log.events) == 1
    assert log.state.delay() is None


async def test_work_goes_on_at_once_after_an_outage_however_long_it_was(tmp_path: Path, settings: Settings) -> None:
    port = free_port()
    changed = {"s3_endpoint": f"http://127.0.0.1:{port}", "s3_access_key": KEYS[0], "s3_secret_key": SecretStr(KEYS[1])}
    timing = msgspec.structs.replace(TIMING, wait_delays=(0.1, LATER))
    stop, storing, videos = asyncio.Event(), Storing(), [new_id(), new_id()]
    with ExitStack() as server:
        client = await connect_nats(server.enter_context(nats_server(make_folder(tmp_path, "nats"))), "test")
        await apply_topology(client)
        settings = settings.model_copy(update=changed)
        async with open_store(settings) as store:
            connections = Connections.over(client, store)
            await connections.event_log.publish(planned(videos[0]))
            loop = asyncio.create_task(StageLoop(storing.stage, connections, None, settings, timing).run(stop))
            async with asyncio.timeout(120):
                while storing.tries < 3:  # by then its turn would come in an hour
                    await asyncio.sleep(0.05)
            await connections.event_log.publish(planned(videos[1]))
            with s3_server(make_folder(tmp_path, "store"), port, KEYS):
                for video in videos:
                    await until_narrated(connections, video)
            stop.set()
            await loop
        await client.close()
    assert set(storing.attempts) == {1}


async def test_a_restart_of_the_log_while_work_waits_loses_nothing(tmp_path: Path, settings: Settings) -> None:
    port = free_port()
    settings = settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9"})
    stop, storing, video = asyncio.Event(), Storing(), new_id()
    with ExitStack() as first:
        client = await connect_nats(first.enter_context(nats_server(tmp_path, port)), "test")
        await apply_topology(client)
        async with open_store(settings) as store:
            connections = Connections.over(client, store)
            await connections.event_log.publish(planned(video))
            loop = asyncio.create_task(StageLoop(storing.stage, connections, None, settings, TIMING).run(stop))
            async with asyncio.timeout(120):
                while storing.tries < 2:
                    await asyncio.sleep(0.05)
            first.close()  # nats-server is killed
            tries = storing.tries
            with nats_server(tmp_path, port):
                async with asyncio.timeout(120):
                    while storing.tries < tries + 2:
                        await asyncio.sleep(0.05)
                log = await connections.event_log.read(video)
                stop.set()
                await loop
                await client.close()
    assert set(storing.attempts) == {1}
    assert log.state.scene(1).failed is None
