"""Connecting to a Lectern: the one at an address, the one that runs on this home, or one started for this command."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from lectern.cli.api import Api
from lectern.cli.exit_status import UNAVAILABLE, USAGE, CommandExit, command_exit
from lectern.cli.outputs import prepare_folder
from lectern.cli.runner.child import Child
from lectern.cli.runner.home import Home
from lectern.cli.runner.servers import hold_port
from lectern.contracts.problems import ProblemError

START_TIMEOUT_SECONDS = 90.0  # the first imports after an installation read a cold disk


@asynccontextmanager
async def connect_api(
    url: str,
    home: Path,
    show_message: Callable[[str], None],
    *,
    prompts: Path | None = None,
    only_asks: bool = False,
) -> AsyncIterator[Api]:
    """An API client that is connected. A runner that was started for it is stopped afterwards.

    Who `only_asks` for videos or voices is content with a runner that makes none.

    With a `prompts` folder, the runner asks through files there. Raises CommandExit (3) when the address does not
    answer or a runner does not start, and (2) when there is one already that asks other models.
    """
    if url:
        if prompts:
            raise refuse_prompts(url)
        await _check_address(url)
        async with Api(url) as api:
            yield api
        return
    runner = LocalRunner(home, show_message, prompts, only_asks=only_asks)
    try:
        async with Api(await runner.find_or_start(), find_again=runner.find_or_start) as api:
            yield api
    finally:
        await runner.stop()


class LocalRunner:
    """The runner of a home, whether this command started it or another process."""

    def __init__(
        self,
        path: Path,
        show_message: Callable[[str], None],
        prompts: Path | None = None,
        *,
        only_asks: bool = False,
    ) -> None:
        self._home = Home.at(path)
        self._show_message = show_message
        self._prompts = prompts
        self._only_asks = only_asks
        self._child: Child | None = None
        self._child_url = ""
        self._port = contextlib.ExitStack()

    async def find_or_start(self) -> str:
        """The address of the home's runner. Waits for one that is starting; starts one when there is none."""
        if self._child:
            return self._child_url
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            if (endpoint := self._home.find()) and (self._only_asks or not endpoint.only_answers):
                if self._prompts:
                    raise refuse_prompts(endpoint.url)
                return endpoint.url
            if not self._home.is_owned():
                try:
                    return await self._start()
                except ProblemError as error:
                    if not self._home.is_owned():  # else another command's runner was a moment faster
                        raise CommandExit(UNAVAILABLE, error.problem) from error
            if time.monotonic() > deadline:
                raise command_exit(
                    UNAVAILABLE,
                    "runner-stuck",
                    "Another Lectern does not start",
                    f"A Lectern owns the home {self._home.path} but is not ready after {START_TIMEOUT_SECONDS:.0f} s.",
                    "Stop it, or set LECTERN_HOME to another folder.",
                )
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """Stops the runner if this command started it."""
        with self._port:
            if self._child:
                await self._child.stop()

    async def _start(self) -> str:
        self._show_message("Starting Lectern on this machine")
        self._home.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._port.close()
        port = hold_port(self._port)
        url = f"http://127.0.0.1:{port}"

        async def ready() -> bool:
            endpoint = self._home.find()
            return endpoint is not None and endpoint.url == url

        argv = [sys.executable, "-m", "lectern.cli", "up", "--home", str(self._home.path), "--port", str(port)]
        if self._only_asks:
            argv.append("--only-answers")
        if self._prompts:
            prepare_folder(self._prompts)
            self._show_message(f"Requests to the model are written to {self._prompts}, and answers awaited there")
            argv += ["--prompts", str(self._prompts.absolute())]
        log = self._home.logs / "runner.log"
        child = Child("the runner", argv, log=log, ready=ready, grace=15.0, start_timeout=START_TIMEOUT_SECONDS)
        await child.start()
        self._child, self._child_url = child, url
        return url


def refuse_prompts(url: str) -> CommandExit:
    """The error of a folder of prompts that the Lectern at an address would not use."""
    return command_exit(
        USAGE,
        "prompts-not-used",
        "Another Lectern makes the video",
        f"{url} asks the models that it was started with, so --prompts would have no effect.",
        "Stop it, name another --home, or start it with `lectern up --prompts DIR` and omit --prompts here.",
    )


async def _check_address(url: str) -> None:
    try:
        async with httpx.AsyncClient(timeout=5.0) as http:
            await http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise command_exit(
            UNAVAILABLE,
            "api-silent",
            "Lectern does not answer",
            f"{url} does not answer ({type(error).__name__}).",
            "Start it with `lectern up`, or omit --url and LECTERN_URL to have one started.",
        ) from error
