"""A nats-server whose disk is full: what the log and the health check say."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nats.errors
import pytest
from nats.aio.client import Client
from servers import nats_server
from unit.worker.pipeline_events import planned

from lectern.contracts.ids import new_id
from lectern.worker import Connections, Unavailable, apply_topology, connect_nats, connection_checks, readiness
from lectern.worker.testing import MemoryObjectStore

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of four megabytes."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)], check=False)
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


async def fill(client: Client) -> None:
    """Publishes until the server has no space left."""
    js = client.jetstream(timeout=2)
    with contextlib.suppress(nats.errors.Error):
        while True:
            await js.publish("videos.fast.filler.requested", b"x" * 100_000)


async def publish_many(connections: Connections) -> None:
    """More events than fit into what the server has reserved."""
    for _ in range(500):
        await connections.event_log.publish(planned(new_id()), patience=4)


async def test_a_log_that_stores_nothing_is_named_in_the_error_and_for_a_while_in_readyz(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nats_server(small_disk) as url:
        client = await connect_nats(url, "test")
        await apply_topology(client)
        connections = Connections.over(client, MemoryObjectStore())
        await connections.event_log.publish(planned(new_id()))
        assert (await readiness(connection_checks(connections)))[0] == 200
        await fill(client)
        with pytest.raises(Unavailable, match="stores nothing: its disk is full") as failure:
            await publish_many(connections)
        status, body = await readiness(connection_checks(connections))
        monkeypatch.setattr("lectern.worker.event_log.REFUSAL_SECONDS", 0.0)
        later, _ = await readiness(connection_checks(connections))
        await client.close()
    assert failure.value.problem.code == "log-full"
    assert status == 503
    assert later == 200, "who is sent nothing while it is unready would never find out that the log stores again"
    assert "its disk is full" in body["checks"]["stream"]
