"""A child process that is restarted when it crashes, and that never outlives this process."""

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

from lectern.cli.runner.restarts import keep_running
from lectern.contracts.problems import Problem, ProblemError

START_TIMEOUT_SECONDS = 60.0  # reading a large event log takes a while
MAX_LOG_BYTES = 8 * 1024 * 1024  # of a log that is continued when its program starts
MAX_STARTS = 3  # a program that was started more often does not stay up


class Child:
    """One program. Secrets go through `env`, never `argv`. Its output goes to the file `log`."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        ready: Callable[[], Awaitable[bool]] | None = None,
        grace: float = 5.0,
        start_timeout: float = START_TIMEOUT_SECONDS,
        umask: int = -1,
    ) -> None:
        """`umask` is that of the files and sockets it makes; -1 for this process's own."""
        self.name = name
        self.starts = 0
        self._argv = _with_parent_death_signal(argv)
        self._env = {**os.environ, **(env or {})}
        self._log_file = log
        self._ready = ready
        self._grace = grace
        self._start_timeout = start_timeout
        self._umask = umask
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._logger = structlog.get_logger("lectern.runner").bind(child=name)

    @property
    def pid(self) -> int | None:
        """The running process's id; None while it is down."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def log_file(self) -> Path:
        """Where its output goes."""
        return self._log_file

    async def start(self) -> None:
        """Starts the program, waits until it is ready, and keeps it running until `stop`.

        Raises ProblemError with the end of its log when it exits or is not ready in time.
        """
        await self._launch()
        keeping = keep_running(self._run, asyncio.Event(), self._log_failure)
        self._keeper = asyncio.create_task(keeping, name=f"keep:{self.name}")

    async def stop(self) -> None:
        """Asks the program to exit, and kills it after its grace period, with its whole process group."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await self._terminate()

    def change_environment(self, changes: Mapping[str, str]) -> None:
        """Changes variables of the program, from its next start on."""
        self._env |= changes

    def failure(self) -> ProblemError | None:
        """A problem once the program has crashed three times; None before."""
        if self.starts <= MAX_STARTS:
            return None
        return ProblemError(self._problem("keeps crashing"))

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends the program a signal, as a crash would. If it exits, it is restarted."""
        if self.pid is not None:
            os.kill(self.pid, number)

    async def _run(self) -> None:
        """Returns when the program exits; launches it first unless it was launched already."""
        if self._process is None:
            await self._launch()
            self._logger.info("restarted", action="child-back", pid=self.pid)
        assert self._process is not None
        status = await self._process.wait()
        _kill_group(self._process.pid)
        self._process = None
        self._logger.warning("exited; restarting", action="child-died", status=status, last_log_line=self.last_line())

    async def _launch(self) -> None:
        if self._log_file.exists() and self._log_file.stat().st_size > MAX_LOG_BYTES:
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
                    umask=self._umask,
                )
            except OSError as error:
                raise ProblemError(self._problem(f"cannot be started: {error.strerror}")) from error
        self.starts += 1
        try:
            await self._wait_until_ready(self._process)
        except BaseException:
            await self._terminate()
            raise

    async def _wait_until_ready(self, process: asyncio.subprocess.Process) -> None:
        deadline = time.monotonic() + self._start_timeout
        while self._ready and not await self._ready():
            if process.returncode is not None:
                raise ProblemError(self._problem(f"exited with status {process.returncode} while starting"))
            if time.monotonic() > deadline:
                raise ProblemError(self._problem(f"was not ready after {self._start_timeout:.0f} s"))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 0.02)

    async def _terminate(self) -> None:
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self._grace)
        _kill_group(process.pid)
        await process.wait()
        self._process = None

    def _log_failure(self, error: Exception) -> None:
        reason = error.problem.detail if isinstance(error, ProblemError) else str(error)
        self._logger.error("cannot restart; retrying", action="child-failed", reason=reason)

    def _problem(self, detail: str) -> Problem:
        return Problem(
            code="child-failed",
            title=f"{self.name} does not run",
            detail=f"{self.name} {detail}. Last log line: {self.last_line() or 'none'}",
            remedy=f"Its log is {self._log_file}; `lectern doctor` checks its dependencies.",
        )

    def last_line(self) -> str:
        """The last line of the program's log; "" when there is none."""
        with contextlib.suppress(OSError):
            lines = self._log_file.read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1].strip()[:300] if lines else ""
        return ""


def _with_parent_death_signal(argv: Sequence[str]) -> list[str]:
    """The command, killed by the kernel when this process dies, even by SIGKILL (util-linux's setpriv)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *argv] if setpriv else list(argv)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
