"""A store on a small disk of its own that fills up: what is refused, what goes on, and what waits, until there is room."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from chaos.disk import Disk, small_disk
from nats.aio.client import Client
from pydantic import SecretStr
from servers import s3_server
from unit.gateway.gateways import TestGateway, gateway_over_servers, wait_until
from unit.gateway.images import make_png
from unit.worker.pipeline_events import narrated, planned, requested, scripted
from unit.worker.test_store_outage import TIMING, until_narrated

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.worker import Connections, Job, Settings, Stage, measure_room, open_store
from lectern.worker.loop import StageLoop

pytestmark = pytest.mark.slow
MEGABYTES = 96
BALLAST = 20_000_000  # bytes that are freed in the end


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small disk, of which a file takes a part."""
    with small_disk(tmp_path / "disk", MEGABYTES) as made:
        if not made.is_small:
            pytest.skip("file systems cannot be mounted here")
        (made.folder / "freed-later").write_bytes(bytes(BALLAST))
        yield made


@pytest.fixture
async def there(disk: Disk, settings: Settings) -> AsyncIterator[Settings]:
    """The settings of a real store on that disk."""
    with s3_server(disk.folder / "store") as served:
        found = {
            "s3_endpoint": served.endpoint,
            "s3_access_key": served.access_key,
            "s3_secret_key": SecretStr(served.secret_key),
            "s3_folder": disk.folder,
        }
        yield settings.model_copy(update=found)


async def narrate(event: e.ScenePlanned, job: Job[None]) -> e.SceneNarrated:
    """Stores a narration of half a megabyte."""
    await job.store.put(f"t/{event.video_id}", os.urandom(500_000), "audio/flac")
    return job.answer(e.SceneNarrated, narration=narrated(event.video_id).narration)


@asynccontextmanager
async def working(connections: Connections, settings: Settings) -> AsyncIterator[None]:
    """A stage at work, which stores something for each scene."""
    stop, stage = asyncio.Event(), Stage("voice")
    stage.on(e.ScenePlanned, slots=2)(narrate)
    loop = asyncio.create_task(StageLoop(stage, connections, None, settings, TIMING).run(stop))
    try:
        yield
    finally:
        stop.set()
        await loop


async def begin_video(connections: Connections) -> str:
    """A video whose first scene waits for the stage."""
    video = new_id()
    for event in (requested(video), scripted(video), planned(video)):
        await connections.event_log.publish(event)
    return video


async def read_room(gateway: TestGateway) -> str:
    """What the gateway says of the room."""
    return str((await gateway.http.get("/readyz")).json()["checks"]["room"])


async def test_new_work_is_refused_before_the_disk_is_full_what_has_begun_goes_on_and_nothing_is_lost(
    disk: Disk, there: Settings, nats: Client
) -> None:
    image = {"content": make_png(8, 8), "headers": {"Content-Type": "image/png"}}
    async with open_store(there) as store:
        connections = Connections.over(nats, store)
        async with gateway_over_servers(there, connections) as gateway, working(connections, there):
            assert (await gateway.http.post("/v1/videos", json={"topic": "Tides"})).status_code == 202
            filled = 0
            while (room := measure_room(there)) and not room.describe_shortage():
                await store.put(f"films/{filled}", os.urandom(2_000_000), "video/mp4")
                filled += 1
            assert filled > 5

            async def refuses() -> bool:
                return (await read_room(gateway)).startswith("refusing new videos")

            await wait_until(refuses)
            for asked in (
                gateway.http.post("/v1/videos", json={"topic": "Ebb"}),
                gateway.http.post("/v1/assets", **image),
            ):
                refused = await asked
                assert (refused.status_code, refused.json()["code"]) == (503, "store-nearly-full"), refused.text
                assert refused.headers["Retry-After"] == "60"
            assert (await gateway.http.get("/v1/videos")).status_code == 200
            assert await until_narrated(connections, await begin_video(connections)), "the reserve is for it"

            with disk.filled():
                parked = await begin_video(connections)

                async def is_parked() -> bool:
                    delay = (await connections.event_log.read(parked)).state.delay()
                    return delay is not None and delay.problem.code == "store-full"

                await wait_until(is_parked)
            (disk.folder / "freed-later").unlink()
            assert await until_narrated(connections, parked), "by itself, by its first attempt"

            async def accepts() -> bool:
                return await read_room(gateway) == "ok"

            await wait_until(accepts)
            assert (await gateway.http.post("/v1/videos", json={"topic": "Ebb"})).status_code == 202
            assert len(await store.list_keys("films/")) == filled
