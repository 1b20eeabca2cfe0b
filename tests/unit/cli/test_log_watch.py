"""A nats-server whose disk was full, kept by the runner: it stores events again once there is space."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nats.errors
import pytest
from chaos.disk import Disk
from nats.aio.client import Client
from servers import TOKEN, free_port
from structlog.testing import capture_logs

from lectern.cli.runner.log_watch import keep_log_storing, refuses_to_store
from lectern.cli.runner.servers import LOOPBACK, nats_server
from lectern.worker import apply_topology, connect_nats

pytestmark = pytest.mark.slow
BALLAST = 2_000_000  # bytes of the disk that are freed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of six megabytes."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(tmp_path)], check=False)
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


async def fill(client: Client) -> int:
    """Publishes until the server stores nothing any more; returns how many events it has."""
    js = client.jetstream(timeout=5)
    for size in (100_000, 500):
        with contextlib.suppress(nats.errors.Error):
            while True:
                await js.publish("videos.fast.filler.requested", b"x" * size)
    return (await js.stream_info("VIDEOS")).state.messages


async def test_a_log_whose_disk_was_full_is_restarted_once_there_is_space(small_disk: Path) -> None:
    folder, ballast = small_disk / "nats", small_disk / "ballast"
    folder.mkdir()
    ballast.write_bytes(bytes(BALLAST))
    port = free_port()
    server = nats_server(folder, port, TOKEN).child(small_disk)
    await server.start()
    client = await connect_nats(f"nats://{TOKEN}@{LOOPBACK}:{port}", "test")
    await apply_topology(client)
    assert not await refuses_to_store(client)
    stored = await fill(client)
    assert await refuses_to_store(client)
    watching = asyncio.create_task(keep_log_storing(server, client, folder, interval=0.05))
    try:
        async with asyncio.timeout(120):
            with capture_logs() as said:
                while not any(entry.get("action") == "log-full" for entry in said):
                    await asyncio.sleep(0.02)
            assert server.starts == 1, "a restart is no help while the disk is full"
            ballast.unlink()
            while server.starts == 1 or not client.is_connected or await refuses_to_store(client):
                await asyncio.sleep(0.05)
            await client.jetstream(timeout=5).publish("videos.fast.filler.requested", b"again")
            assert (await client.jetstream(timeout=5).stream_info("VIDEOS")).state.messages == stored + 1
    finally:
        watching.cancel()
        await client.close()
        await server.stop()


async def test_a_single_stream_that_failed_to_store_is_mended_although_the_others_store_on(small_disk: Path) -> None:
    folder = small_disk / "nats"
    folder.mkdir()
    port = free_port()
    server = nats_server(folder, port, TOKEN).child(small_disk)
    await server.start()
    client = await connect_nats(f"nats://{TOKEN}@{LOOPBACK}:{port}", "test")
    await apply_topology(client)
    watching = asyncio.create_task(keep_log_storing(server, client, folder, interval=300.0, look=0.1))
    js = client.jetstream(timeout=2)
    try:
        with Disk(small_disk, is_small=True).filled(), pytest.raises(nats.errors.TimeoutError):
            await js.publish("videos.fast.filler.requested", b"x" * 100_000)
        assert not await refuses_to_store(client), "the bucket that is looked at stores what it is given"
        async with asyncio.timeout(60):  # long before the server is asked
            while server.starts == 1 or not client.is_connected:
                await asyncio.sleep(0.05)
            with contextlib.suppress(nats.errors.Error):
                await js.publish("videos.fast.filler.requested", b"again")
        assert (await js.stream_info("VIDEOS")).state.messages == 1
    finally:
        watching.cancel()
        await client.close()
        await server.stop()
