"""What an operator sees of a log whose servers go, and come back. `make monitoring` runs it."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
from nats_cluster import nats_cluster
from unit.worker.pipeline_events import planned

from lectern.cli.exit_status import CommandExit
from lectern.cli.nats_connection import connect_event_log
from lectern.cli.status import InstallationStatus, read_status
from lectern.contracts.ids import new_id
from lectern.worker import JetStreamEventLog, apply_topology, connect_nats

pytestmark = pytest.mark.timeout(280)


async def look_until(url: str, home: Path, found: str, seconds: float = 90) -> InstallationStatus:
    """The first status in which a finding has these words; each look has a connection of its own, as each command."""
    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(CommandExit):  # no server of those that are up has answered in time
                async with connect_event_log(url, home) as client:
                    status = await read_status(client, 0.1)
                if any(found in line for line in status.findings) or not (found or status.findings):
                    return status


async def test_a_lost_server_and_a_lost_quorum_are_named_and_pass(tmp_path: Path) -> None:
    with nats_cluster(tmp_path, 3) as cluster:
        client = await connect_nats(cluster.url, "test")
        await apply_topology(client, replicas=3)
        assert (await look_until(cluster.url, tmp_path, "")).streams[0].current == 3
        await JetStreamEventLog(client).publish(planned(new_id()))
        await client.close()

        cluster.nodes[0].kill()
        status = await look_until(cluster.url, tmp_path, "Stream VIDEOS: 2 of 3 servers are up to date")
        assert status.stages[1].waiting == 1, "the log works with two"

        cluster.nodes[1].kill()
        status = await look_until(cluster.url, tmp_path, "The event log does not answer")
        assert status.stages[1].waiting is None

        for node in cluster.nodes[:2]:
            node.start()
        status = await look_until(cluster.url, tmp_path, "voice: 1 messages wait")
        assert status.streams[0].messages == 1, "nothing was lost"
