"""The zygotes a supervisor keeps: the current one, a spare, and those that only finish the jobs they have."""

from __future__ import annotations

import asyncio

from lectern.renderer.sandbox.child_processes import ZygoteProcess
from lectern.renderer.sandbox.confined_fork import ZygoteSetup
from lectern.renderer.sandbox.messages import SandboxReady, SandboxUnavailable, StartJob


class Zygotes:
    """Assigns jobs to zygotes, replacing each after `recycle_after` jobs and after any job that was killed."""

    def __init__(self, setup: ZygoteSetup, *, recycle_after: int, keep_spare: bool) -> None:
        self._setup = setup
        self._recycle_after = recycle_after
        self._keep_spare = keep_spare
        self._current: ZygoteProcess | None = None
        self._spare: ZygoteProcess | None = None
        self._retiring: set[ZygoteProcess] = set()

    async def start(self) -> SandboxReady | SandboxUnavailable:
        """Starts the first zygote and returns its report on the sandbox."""
        self._current = ZygoteProcess(self._setup)
        report = await self._current.ready
        if isinstance(report, SandboxUnavailable):
            self._current.kill()
        return report

    def start_spare(self) -> None:
        """Starts a spare, if there should be one and none is alive."""
        if self._keep_spare and (self._spare is None or self._spare.dead):
            self._spare = ZygoteProcess(self._setup)

    def assign(self, start: StartJob) -> ZygoteProcess:
        """Chooses the zygote to fork this job from: the current one, or its successor if it is dead, tainted or worn.

        A worn zygote stays in use until the spare is ready, so that jobs need not wait. Footage is decoded in whichever
        zygote is alive: a probe sees one file and can leave nothing behind. The job is entered in the zygote, which
        keeps it from being retired until `release`.
        """
        current = self._current
        dead = current is None or current.dead
        worn = current is None or current.tainted or current.job_count >= self._recycle_after
        if dead or (worn and start.kind == "render"):
            spare = self._spare
            if spare is not None and not spare.dead and (dead or spare.ready.done()):
                self._spare = None
                self._replace_current(spare)
            elif dead or not self._keep_spare:
                self._replace_current(ZygoteProcess(self._setup))
        self.start_spare()
        chosen = self._current
        assert chosen is not None
        if start.kind == "render":
            chosen.job_count += 1
        loop = asyncio.get_running_loop()
        chosen.started[start.id] = loop.create_future()
        chosen.exited[start.id] = loop.create_future()
        return chosen

    def release(self, zygote: ZygoteProcess, job: int) -> None:
        """Removes a job that has ended from its zygote."""
        del zygote.started[job], zygote.exited[job]
        self._kill_if_retired(zygote)

    def kill_all(self) -> None:
        """Kills every zygote and, with them, all jobs."""
        for zygote in (self._current, self._spare, *self._retiring):
            if zygote is not None:
                zygote.kill()

    def _replace_current(self, successor: ZygoteProcess) -> None:
        predecessor, self._current = self._current, successor
        if predecessor is not None:
            self._retiring.add(predecessor)
            self._kill_if_retired(predecessor)

    def _kill_if_retired(self, zygote: ZygoteProcess) -> None:
        if zygote in self._retiring and not zygote.exited:
            self._retiring.discard(zygote)
            zygote.kill()
