"""Finding a Lectern to talk to: the one that was named, the one running on this home, or one started for this call."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from lectern.cli.api import Api
from lectern.cli.exits import UNAVAILABLE, Stop, stop
from lectern.cli.machine.child import Child
from lectern.cli.machine.home import Home
from lectern.cli.machine.servers import free_port
from lectern.contracts.problems import ProblemError

OWN_LIMIT = 90.0  # seconds our own runner may take: the first imports after an installation read a cold disk
OTHER_LIMIT = 90.0  # seconds for one that somebody else is starting


@asynccontextmanager
async def reach(url: str, home: Path, say: Callable[[str], None]) -> AsyncIterator[Api]:
    """An API client that works. A runner that was started for it is stopped afterwards.

    Raises Stop (3) when the named address does not answer or a runner does not start.
    """
    if url:
        await _answers(url)
        async with Api(url) as api:
            yield api
        return
    local = LocalRunner(home, say)
    try:
        async with Api(await local.url(), again=local.url) as api:
            yield api
    finally:
        await local.stop()


class LocalRunner:
    """The runner of a home, whoever started it."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self._home = Home.at(path)
        self._say = say
        self._own: Child | None = None

    async def url(self) -> str:
        """Where the home's runner answers. Waits for one that is starting; starts one when there is none."""
        if self._own:
            return self._own_url
        deadline = time.monotonic() + OTHER_LIMIT
        while True:
            if endpoint := self._home.find():
                return endpoint.url
            if not self._home.taken():
                try:
                    return await self._start()
                except ProblemError as error:
                    if not self._home.taken():  # else another call's runner was a moment faster
                        raise Stop(UNAVAILABLE, error.problem) from error
            if time.monotonic() > deadline:
                raise stop(
                    UNAVAILABLE,
                    "runner-stuck",
                    "Another Lectern does not come up",
                    f"A Lectern has the home {self._home.path} but is not ready after {OTHER_LIMIT:.0f} s.",
                    "Stop it, or name another folder in LECTERN_HOME.",
                )
            await asyncio.sleep(0.1)

    async def _start(self) -> str:
        self._say("Starting Lectern on this machine")
        self._home.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        port = free_port()
        self._own_url = f"http://127.0.0.1:{port}"

        async def ready() -> bool:
            endpoint = self._home.find()
            return endpoint is not None and endpoint.url == self._own_url

        argv = [sys.executable, "-m", "lectern.cli", "up", "--home", str(self._home.path), "--port", str(port)]
        own = Child(
            "the runner", argv, log=self._home.logs / "runner.log", ready=ready, grace=15.0, start_limit=OWN_LIMIT
        )
        await own.start()
        self._own = own
        return self._own_url

    async def stop(self) -> None:
        """Stops the runner if this call started it."""
        if self._own:
            await self._own.stop()


async def _answers(url: str) -> None:
    try:
        async with httpx.AsyncClient(timeout=5.0) as http:
            await http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise stop(
            UNAVAILABLE,
            "api-silent",
            "Lectern does not answer",
            f"{url} does not answer ({type(error).__name__}).",
            "Start it with `lectern up`, or leave out --url and LECTERN_URL to have one started.",
        ) from error
