"""Starting nats-server again once it may store events after its disk was full: by itself it refuses them for good.

A stream that could not be written to once stays so, alone: others of the same server store on, and whoever publishes to
it gets no answer at all. Only the server's own log tells of that.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from pathlib import Path

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import errors as js_errors

from lectern.cli.runner.child import Child
from lectern.contracts.topology import TALLIES
from lectern.worker import is_disk_full

LOOK_SECONDS = 1.0  # between two looks at the size of the server's log, and at its disk once a write has failed
WATCH_SECONDS = 30.0  # between two questions whether it stores; each overwrites one empty value
_PROBE_SUBJECT, _PROBE_STREAM = f"$KV.{TALLIES}.write-probe", f"KV_{TALLIES}"
_REFUSALS = (js_errors.ServiceUnavailableError, js_errors.NoStreamResponseError, nats.errors.NoRespondersError)
_FAILED_WRITES = (b"JetStream failed to store a msg", b"no space left on device", b"disk quota exceeded")
_MOST_READ = 1024 * 1024  # bytes of the server's log at a look


async def keep_log_storing(
    server: Child, client: Client, folder: Path, *, interval: float = WATCH_SECONDS, look: float = LOOK_SECONDS
) -> None:
    """Restarts nats-server as soon as a stream of it stores nothing while `folder` has space on its disk. Never ends.

    What the server writes is looked at every `look` seconds. At most once every `interval` it is asked, is restarted,
    and a full disk is told of.
    """
    logger = structlog.get_logger("lectern.runner").bind(child=server.name)
    written = ServerLog(server.log_file)
    failed, is_full, starts = False, False, server.starts
    ask_at, tell_at, restart_at = time.monotonic() + interval, 0.0, 0.0
    while True:
        await asyncio.sleep(min(look, interval))
        failed = written.tells_of_failed_writes() or failed
        if server.starts > starts:  # what it told of until then is mended; what is not it tells again
            failed, starts = False, server.starts
        was_full, is_full = is_full, is_disk_full(folder)
        if was_full and not is_full:
            ask_at = 0.0  # a server that started on a full disk writes nothing of it
        if not failed and time.monotonic() >= ask_at:
            failed = await refuses_to_store(client)
            ask_at = time.monotonic() + interval
        if not failed:
            continue
        if not is_full:
            if time.monotonic() < restart_at:
                continue  # it was just told to end, or a restart was no help
            logger.warning(
                "the event log stores nothing though its disk has space; restarting it", action="log-restart"
            )
            server.kill(signal.SIGTERM)  # as `stop` would, so that it writes what it has
            restart_at = time.monotonic() + interval
        elif time.monotonic() >= tell_at:
            logger.error("the event log stores nothing: its disk is full", action="log-full", remedy="Free some space.")
            tell_at = time.monotonic() + interval


class ServerLog:
    """The log that a server writes, from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self._measure()

    def tells_of_failed_writes(self) -> bool:
        """True if the server has written since the last call that it could not store a message."""
        size = self._measure()
        if size == self._read:
            return False
        start = max(self._read, size - _MOST_READ) if size > self._read else 0  # smaller: it was begun anew
        self._read = size
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            file.seek(start)
            found = file.read(_MOST_READ)
            return any(words in found for words in _FAILED_WRITES)
        return False

    def _measure(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0


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
