"""A program kept running beside us: started again when it dies, ended with us however we end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import structlog

from lectern.contracts.problems import Problem, ProblemError

START_LIMIT = 20.0  # seconds a program has to become ready; a large event log takes a while to read
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between restarts: short for one crash, longer for a crash loop
SETTLED = 10.0  # seconds up after which a crash counts as the first
LOG_LIMIT = 8 * 1024 * 1024  # bytes of a log kept when its program starts


class Child:
    """One program. `argv` never holds a secret: those go through `env`. Its output goes to the file `log`."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        ready: Callable[[], Awaitable[bool]] | None = None,
        grace: float = 5.0,
        start_limit: float = START_LIMIT,
    ) -> None:
        self.name = name
        self.starts = 0
        self._argv = _ended_with_us(argv)
        self._env = {**os.environ, **(env or {})}
        self._log_file = log
        self._ready = ready
        self._grace = grace
        self._start_limit = start_limit
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._log = structlog.get_logger("lectern.runner").bind(child=name)

    @property
    def pid(self) -> int | None:
        """The running process's id; None while it is down."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Starts the program, waits until it is ready, and keeps it running until `stop`.

        Raises ProblemError with the end of its log when it dies, or is not ready in time.
        """
        await self._launch()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep:{self.name}")

    async def stop(self) -> None:
        """Asks the program to end, and makes it after its grace period. Nothing of its group stays."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await self._end()

    def failure(self) -> ProblemError | None:
        """Why the program does not stay up: a problem once it has died three times; None before."""
        if self.starts <= 3:
            return None
        return ProblemError(self._trouble("dies again and again"))

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends the program a signal, as a crash would. It is started again if it dies of it."""
        if self.pid is not None:
            os.kill(self.pid, number)

    async def _launch(self) -> None:
        if self._log_file.exists() and self._log_file.stat().st_size > LOG_LIMIT:
            self._log_file.replace(self._log_file.with_suffix(".old"))
        with self._log_file.open("ab") as log:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self._argv,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=self._env,
                    start_new_session=True,
                )
            except OSError as error:
                raise ProblemError(self._trouble(f"cannot be started: {error.strerror}")) from error
        self.starts += 1
        try:
            await self._until_ready(self._process)
        except BaseException:
            await self._end()
            raise

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        deadline = time.monotonic() + self._start_limit
        while self._ready and not await self._ready():
            if process.returncode is not None:
                raise ProblemError(self._trouble(f"ended with status {process.returncode} at its start"))
            if time.monotonic() > deadline:
                raise ProblemError(self._trouble(f"was not ready after {self._start_limit:.0f} s"))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 0.02)

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            assert self._process is not None
            since = time.monotonic()
            code = await self._process.wait()
            _end_group(self._process.pid)
            if time.monotonic() - since > SETTLED:
                pause = FIRST_PAUSE
            self._log.warning("died; starting it again", action="child-died", status=code, said=self.last_words())
            pause = await self._launch_again(pause)
            self._log.info("runs again", action="child-back", pid=self.pid)

    async def _launch_again(self, pause: float) -> float:
        """Tries until it starts; returns the pause the next crash should begin with."""
        while True:
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            try:
                await self._launch()
                return pause
            except ProblemError as error:
                self._log.error("does not start", action="child-failed", reason=error.problem.detail)

    async def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self._grace)
        _end_group(process.pid)
        await process.wait()

    def _trouble(self, what: str) -> Problem:
        return Problem(
            code="child-failed",
            title=f"{self.name} does not run",
            detail=f"{self.name} {what}. Its last words: {self.last_words() or 'none'}",
            remedy=f"Its log is {self._log_file}; `lectern doctor` checks what it needs.",
        )

    def last_words(self) -> str:
        """The last line the program logged."""
        with contextlib.suppress(OSError):
            lines = self._log_file.read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1].strip()[:300] if lines else ""
        return ""


def _ended_with_us(argv: Sequence[str]) -> list[str]:
    """The kernel kills the program when we die, even by SIGKILL (PR_SET_PDEATHSIG, set by util-linux's setpriv)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *argv] if setpriv else list(argv)


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
