"""The warm pool: runs jobs in slots, each in a folder and as a user of its own. The agent's side of the sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from lectern.contracts.decoding import UNREADABLE
from lectern.renderer.sandbox.cancellation import run_in_thread
from lectern.renderer.sandbox.confined_fork import ZygoteSetup
from lectern.renderer.sandbox.cores import count_cores
from lectern.renderer.sandbox.disk_usage import is_disk_full
from lectern.renderer.sandbox.job import DecodedFootage, JobLimits, ProgressCallback, RenderJob, RenderOutcome
from lectern.renderer.sandbox.job_folder import make_job_folder, wipe_folder
from lectern.renderer.sandbox.layers.confinement import can_confine_jobs, is_readable_by_all
from lectern.renderer.sandbox.layers.job_users import JobUsers
from lectern.renderer.sandbox.messages import JobEnded
from lectern.renderer.sandbox.supervisor import SupervisorConfig
from lectern.renderer.sandbox.supervisor_client import SupervisorClient
from lectern.renderer.sandbox.tex.broker_confinement import BrokerSetup
from lectern.renderer.sandbox.tex.warmup import WARMUP_MARKER, build_warmup_job
from lectern.renderer.sandbox.verification import (
    count_ordered_frames,
    describe_disk_error,
    read_outcome,
    verify_footage,
)
from lectern.renderer.sandbox.work_folders import make_work_folder, remove_abandoned_folders
from lectern.tracing import leave_trace, note_failure, record_span
from lectern.worker import FairSlots, ServiceLedger, TooManyWaiting

PROBE_LIMITS = JobLimits(
    cpu_seconds=110, idle_seconds=30, memory_bytes=1 << 30, processes=8, open_files=64, log_bytes=1 << 20
)
_FOLDERS = {"jobs": 0o711, "footage": 0o700, "stage": 0o755, "check": 0o700, "tex-scratch": 0o711}  # below the root


class WarmPool:
    """Runs each job in a fork of a zygote that has already imported manim, confined before it sees the job.

    `root` is the folder for job folders; by default a new one below `scratch`, or the system's folder for temporary
    files. A slot uses up to the job's `JobLimits.memory_bytes` of address space, in practice 0.25 GB resident at 720p
    and 0.6 GB at 1080p, in addition to two zygotes of 0.16 GB for the whole pool. `tex` is the folder for typeset
    formulas, for keeping them longer than `root`; by default a folder below `root`. Without `latex` the pool does as if
    LaTeX were not installed. A zygote is replaced after `recycle_after` jobs and after any job that was
    killed. `disabled_layers` names layers to leave out ("namespaces", "tmpfs", "landlock", "seccomp", "uid"), to find
    out which of them fails on a host; the pool still refuses to start with too few. `max_landlock_abi` emulates an
    older kernel. With `on_demand` its processes start with `warm_up`, or with the first job.
    """

    def __init__(
        self,
        *,
        root: Path | None = None,
        scratch: Path | None = None,
        slots: int | None = None,
        tex: Path | None = None,
        latex: bool = True,
        recycle_after: int = 200,
        spare: bool = True,
        disabled_layers: frozenset[str] = frozenset(),
        max_landlock_abi: int = 99,
        ledger: ServiceLedger | None = None,
        on_demand: bool = False,
    ) -> None:
        self._slots = slots or count_cores()
        self._given_root = root
        self._scratch = scratch
        self._own_root = contextlib.ExitStack()
        self._root = root or Path()
        self._given_tex = tex
        self._latex = latex
        self._tex = tex or Path()
        self._recycle_after = recycle_after
        self._spare = spare
        self._disabled_layers = disabled_layers
        self._max_landlock_abi = max_landlock_abi
        self.name = f"pool-{secrets.token_hex(4)}"  # of its processes, in their command lines
        self._users: JobUsers | None = None
        self._uids: list[int] = []
        self._closed = True
        self._runs = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._on_demand = on_demand
        self._turns = FairSlots(self._slots, ledger=ledger)
        self._free_slots: list[int] = []
        self._warmup: asyncio.Task[None] | None = None
        self._supervisor = SupervisorClient()

    @property
    def slots(self) -> int:
        """The number of jobs that run at once."""
        return self._slots

    def count_busy(self) -> int:
        """The number of jobs that run now."""
        return self._slots - len(self._free_slots) if not self._closed else 0

    @property
    def latex(self) -> bool:
        """True if MathTex works. Without it a job's "tex" is "none": numbers are text, and MathTex raises an error."""
        return self._supervisor.sandbox.latex

    @property
    def supervisor_pid(self) -> int | None:
        """The supervisor's process id while it runs."""
        return self._supervisor.process.pid if self._supervisor.process is not None else None

    def layers(self) -> Mapping[str, str]:
        """Returns the state of each protection by name: "active", or "off: " and the reason."""
        return self._supervisor.sandbox.layers

    async def start(self) -> None:
        """Prepares folders and users and starts the supervisor.

        Raises ProblemError when Landlock (or a private mount namespace) and seccomp cannot be set up.
        """
        self._root = await asyncio.to_thread(self._make_root) if self._given_root is None else self._given_root
        self._root.mkdir(parents=True, exist_ok=True)
        self._root.chmod(0o711)
        for name, mode in (
            ("jobs", 0o711),
            ("footage", 0o700),
            ("stage", 0o755),
            ("check", 0o700),
            ("tex-scratch", 0o711),
        ):
            await asyncio.to_thread(wipe_folder, self._root / name)  # what a crash may have left
            (self._root / name).mkdir()
            (self._root / name).chmod(mode)
        self._tex = self._given_tex or self._root / "tex"
        (self._tex / "cache").mkdir(parents=True, exist_ok=True)
        self._free_slots = list(range(self._slots))
        # One user for each slot, one for the warm-up job, one for the broker.
        self._users = JobUsers(self._slots + 2)
        self._uids = self._users.ids
        if not (self._on_demand and can_confine_jobs()):  # else what is missing is said at the start
            await self._supervisor.ensure_running(self._configure)
        self._closed = False

    async def warm_up(self) -> None:
        """Starts the supervisor unless it runs, so that the next job need not wait for it."""
        with self._postpone_close():
            if not self._closed:
                await self._supervisor.ensure_running(self._configure)

    def _start_warmup(self) -> None:
        """Starts to fill the TeX cache, unless that was done before."""
        if self._warmup is None and not self._closed and not (self._tex / WARMUP_MARKER).exists():
            with leave_trace():  # of the scene that asked for a formula first
                self._warmup = asyncio.create_task(self._warm_up())

    def _make_root(self) -> Path:
        remove_abandoned_folders(self._scratch)
        return self._own_root.enter_context(make_work_folder("pool", self._scratch))

    async def _warm_up(self) -> None:
        """Fills the TeX cache. Runs beside the slots, as a user of its own, so that no other job has to wait."""
        outcome = await self._run_in_slot(self._slots, build_warmup_job(), None)
        if outcome.ok:
            (self._tex / WARMUP_MARKER).touch()

    def _configure(self) -> SupervisorConfig:
        """Builds the supervisor's configuration."""
        setup = ZygoteSetup(
            stage=str(self._root / "stage"),
            pool=self.name,
            uid=self._uids[0] if self._uids and "uid" not in self._disabled_layers else None,
            max_landlock_abi=0 if "landlock" in self._disabled_layers else self._max_landlock_abi,
            seccomp="seccomp" not in self._disabled_layers,
            namespaces="namespaces" not in self._disabled_layers,
            tmpfs="tmpfs" not in self._disabled_layers,
        )
        cache, scratch = str(self._tex / "cache"), str(self._root / "tex-scratch")
        broker = BrokerSetup(
            cache=cache,
            scratch=scratch,
            stage=setup.stage,
            slots=self._slots,
            uid=self._uids[-1] if setup.uid is not None else None,
            reachable=is_readable_by_all([cache, scratch]),
            namespaces=setup.namespaces,
            pool=self.name,
            max_landlock_abi=setup.max_landlock_abi,
        )
        return SupervisorConfig(
            setup=setup, tex=broker if self._latex else None, recycle_after=self._recycle_after, spare=self._spare
        )

    async def close(self) -> None:
        """Kills what still runs and removes every trace. Safe to call twice."""
        self._closed = True
        if self._warmup is not None:
            self._warmup.cancel()
            await asyncio.gather(self._warmup, return_exceptions=True)
            self._warmup = None
        await self._supervisor.close()
        await self._idle.wait()  # runs that were cut short still have to clean up
        if self._users is not None:
            self._users.close()
        await asyncio.to_thread(self._own_root.close)

    async def run(self, job: RenderJob, on_progress: ProgressCallback | None = None) -> RenderOutcome:
        """Runs a job once a slot is free and it is its party's turn; a party whose job was killed waits behind others.

        Raises RuntimeError unless the pool is started, ProblemError when broken.
        """
        self._require_open()
        try:
            async with self._turns.turn(job.party):
                slot = self._free_slots.pop()
                try:
                    outcome = await self._run_in_slot(slot, job, on_progress)
                finally:
                    self._free_slots.append(slot)
        except TooManyWaiting:
            reason = "this renderer is too busy: too many scenes wait for a turn"
            return RenderOutcome(ok=False, killed="starved", reason=reason, retryable=True)
        if outcome.killed and not outcome.retryable:
            self._turns.ledger.penalise(job.party)
        return outcome

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the pool is not started, or already closed")

    @contextlib.contextmanager
    def _postpone_close(self) -> Iterator[None]:
        """Keeps `close` waiting until the work inside has cleaned up."""
        self._runs += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._runs -= 1
            if self._runs == 0:
                self._idle.set()

    async def _run_in_slot(self, slot: int, job: RenderJob, on_progress: ProgressCallback | None) -> RenderOutcome:
        with self._postpone_close():
            self._require_open()
            await self._supervisor.ensure_running(self._configure)
            uid = self._uids[slot] if self._supervisor.sandbox.uids else None
            with record_span("run scene code", mode=str(job.settings.get("mode", ""))) as span:
                outcome = await self._run_job(self._choose_tex(job), uid, on_progress)
                span.set_attribute("lectern.cpu_seconds", outcome.cpu_seconds)
                for part, seconds in (
                    outcome.result.cpu_parts.share(outcome.cpu_seconds) if outcome.result else {}
                ).items():
                    span.set_attribute(f"lectern.cpu_{part}", round(seconds, 3))
                if outcome.killed:
                    note_failure(span, outcome.killed)
            if outcome.footage is None:
                return outcome
            with record_span("verify footage"):
                return await self._verify(job, outcome, uid)

    def _choose_tex(self, job: RenderJob) -> RenderJob:
        """Returns the job with the kind of LaTeX support this pool has, if it wants any."""
        if job.settings.get("tex", "none") == "none":
            return job
        return msgspec.structs.replace(job, settings={**job.settings, "tex": "broker" if self.latex else "none"})

    async def _run_job(self, job: RenderJob, uid: int | None, on_progress: ProgressCallback | None) -> RenderOutcome:
        """Runs the job in a folder of its own; its footage, moved out of there, is not verified yet."""
        try:
            if is_disk_full(self._root):  # then the scene had better not begin: see `RenderOutcome.begun`
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            folder = await run_in_thread(lambda: make_job_folder(self._root / "jobs", job, uid), undo=wipe_folder)
        except OSError as error:
            return describe_disk_error(error)
        try:
            folder_fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                ended, outputs = await self._supervisor.run(
                    "render", job.limits, uid, folder_fd, frames=count_ordered_frames(job) or 0, on_progress=on_progress
                )
                if ended.asked_latex:
                    self._start_warmup()
                with contextlib.ExitStack() as open_fds:
                    for fd in outputs:
                        open_fds.callback(os.close, fd)
                    outputs_fd = outputs[0] if outputs else folder_fd
                    return await run_in_thread(
                        lambda: read_outcome(job, outputs_fd, self._root / "footage", ended), undo=_delete_footage
                    )
            finally:
                os.close(folder_fd)
        finally:
            await asyncio.shield(asyncio.to_thread(wipe_folder, folder))

    async def _verify(self, job: RenderJob, outcome: RenderOutcome, uid: int | None) -> RenderOutcome:
        """Decodes the footage in a second sandboxed fork. Returns the outcome with it, or refused without footage."""
        assert outcome.footage is not None
        keep = False
        try:
            footage_fd = os.open(outcome.footage, os.O_RDONLY | os.O_CLOEXEC)
            try:
                ended, _ = await self._supervisor.run("probe", PROBE_LIMITS, uid, footage_fd)
            finally:
                os.close(footage_fd)
            verified = verify_footage(job, outcome, _decode_report(ended), ended)
            keep = verified.footage is not None
            return verified
        finally:
            if not keep:
                outcome.footage.unlink(missing_ok=True)


def _delete_footage(outcome: RenderOutcome) -> None:
    if outcome.footage is not None:
        outcome.footage.unlink(missing_ok=True)


def _decode_report(ended: JobEnded) -> DecodedFootage | None:
    try:
        return msgspec.json.decode(ended.output, type=DecodedFootage)
    except UNREADABLE:
        return None
