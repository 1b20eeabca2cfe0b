"""Starting nats-server again once it may store events after its disk was full: by itself it refuses them for good."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import errors as js_errors

from lectern.cli.runner.child import Child
from lectern.contracts.topology import TALLIES
from lectern.worker import is_disk_full

WATCH_SECONDS = 30.0  # between two looks; each overwrites one empty value
_PROBE_SUBJECT, _PROBE_STREAM = f"$KV.{TALLIES}.write-probe", f"KV_{TALLIES}"
_REFUSALS = (js_errors.ServiceUnavailableError, js_errors.NoStreamResponseError, nats.errors.NoRespondersError)


async def keep_log_storing(server: Child, client: Client, folder: Path, *, interval: float = WATCH_SECONDS) -> None:
    """Restarts nats-server whenever it answers and stores nothing while `folder` has space on its disk. Never ends."""
    logger = structlog.get_logger("lectern.runner").bind(child=server.name)
    while True:
        await asyncio.sleep(interval)
        if not await refuses_to_store(client):
            continue
        if is_disk_full(folder):
            logger.error("the event log stores nothing: its disk is full", action="log-full", remedy="Free some space.")
            continue
        logger.warning("the event log stores nothing though its disk has space; restarting it", action="log-restart")
        server.kill(signal.SIGTERM)  # as `stop` would, so that it writes what it has


async def refuses_to_store(client: Client) -> bool:
    """True if JetStream answers that it stores nothing. A server that is away, or slow, does not refuse."""
    if not client.is_connected:
        return False
    try:
        await client.jetstream(timeout=5).publish(_PROBE_SUBJECT, b"", stream=_PROBE_STREAM)
    except _REFUSALS:
        return client.is_connected
    except (nats.errors.Error, TimeoutError):
        return False
    return False
