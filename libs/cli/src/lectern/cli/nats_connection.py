"""A short-lived connection to the event log, for the commands of operators."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import nats.errors
from nats.aio.client import Client

from lectern.cli.exit_status import UNAVAILABLE, CommandExit, command_exit
from lectern.cli.runner.home import Home
from lectern.contracts.problems import ProblemError
from lectern.worker import NatsLogin, Settings, Transient


@asynccontextmanager
async def connect_event_log(nats_url: str, home: Path) -> AsyncIterator[Client]:
    """Connects to the servers at `nats_url`, or to those of this home's runner; never waits for one to start.

    The login is that of the environment (`LECTERN_NATS_TOKEN` and its like), or the home's own.

    Raises CommandExit (3) when there is none, when it does not answer or refuses us, or when it has no JetStream.
    """
    endpoint = None if nats_url else Home.at(home).find()
    url = nats_url or (endpoint.nats_url if endpoint else "")
    if not url:
        raise command_exit(
            UNAVAILABLE,
            "no-event-log",
            "There is no event log",
            f"No Lectern runs on the home {home}, and no NATS server is configured.",
            "Start one with `lectern up`, or set LECTERN_NATS_URL.",
        )
    try:
        login = NatsLogin.of(Settings()) if nats_url else NatsLogin(token=Home.at(home).keys().nats_token)
        options = login.to_options()
        client = await nats.connect(
            url.split(","),
            connect_timeout=3,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0.5,
            error_cb=_ignore,
            **options,
        )
    except (OSError, TimeoutError, nats.errors.Error) as error:
        raise _unavailable(url, error) from error
    try:
        yield client
    except ProblemError as error:
        raise CommandExit(UNAVAILABLE, error.problem) from error
    except (TimeoutError, nats.errors.Error, Transient) as error:
        raise _unavailable(url, error) from error
    finally:
        await client.close()


def _unavailable(url: str, error: Exception) -> CommandExit:
    servers = ",".join(server.rpartition("@")[2] for server in url.split(","))  # without credentials
    if "authorization" in str(error).lower():
        return command_exit(
            UNAVAILABLE,
            "event-log-refuses",
            "The event log refuses this login",
            f"{servers} asks for a login, and did not accept this one.",
            "Set LECTERN_NATS_TOKEN, LECTERN_NATS_USER and LECTERN_NATS_PASSWORD, or LECTERN_NATS_CREDS.",
        )
    return command_exit(
        UNAVAILABLE,
        "event-log-silent",
        "The event log does not answer",
        f"{servers} does not answer, or has no JetStream ({type(error).__name__}).",
        "Check that nats-server runs there with JetStream enabled.",
    )


async def _ignore(_: Exception) -> None:
    """Errors of the connection are raised by the call that needed it."""
