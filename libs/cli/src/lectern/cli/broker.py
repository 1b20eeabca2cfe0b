"""A short connection to the event log, for the commands of those who run Lectern."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import nats.errors
from nats.aio.client import Client
from nats.js import errors as js_errors

from lectern.cli.exits import UNAVAILABLE, Stop, stop
from lectern.cli.machine.home import Home
from lectern.contracts.problems import ProblemError


@asynccontextmanager
async def event_log(nats_url: str, home: Path) -> AsyncIterator[Client]:
    """Connects to the named servers, or to the runner of this home; never waits for one to come.

    Raises Stop (3) when there is none, when it does not answer, or when it has no JetStream.
    """
    endpoint = None if nats_url else Home.at(home).find()
    url = nats_url or (endpoint.nats_url if endpoint else "")
    if not url:
        raise stop(
            UNAVAILABLE,
            "no-event-log",
            "There is no event log",
            f"No Lectern runs on the home {home}, and no NATS server is named.",
            "Start one with `lectern up`, or set LECTERN_NATS_URL.",
        )
    try:
        client = await nats.connect(url.split(","), connect_timeout=3, allow_reconnect=False, error_cb=_quiet)
    except (OSError, TimeoutError, nats.errors.Error) as error:
        raise _silent(url, error) from error
    try:
        yield client
    except ProblemError as error:
        raise Stop(UNAVAILABLE, error.problem) from error
    except (TimeoutError, nats.errors.Error, js_errors.ServiceUnavailableError) as error:
        raise _silent(url, error) from error
    finally:
        await client.close()


def _silent(url: str, error: Exception) -> Stop:
    shown = ",".join(server.rpartition("@")[2] for server in url.split(","))  # credentials stay out of messages
    return stop(
        UNAVAILABLE,
        "event-log-silent",
        "The event log does not answer",
        f"{shown} does not answer, or has no JetStream ({type(error).__name__}).",
        "Check that nats-server runs there with JetStream on.",
    )


async def _quiet(_: Exception) -> None:
    """What goes wrong on the connection is told by the command that needed it."""
