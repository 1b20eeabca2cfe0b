"""The warm pool: the agent's side of the sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from lectern.contracts.problems import Problem, ProblemError
from lectern.renderer.sandbox import folder as folders
from lectern.renderer.sandbox import kernel
from lectern.renderer.sandbox.broker import BrokerSetup
from lectern.renderer.sandbox.cancelling import done, threaded
from lectern.renderer.sandbox.job import Footage, Limits, OnProgress, RenderJob, RenderOutcome
from lectern.renderer.sandbox.judge import disk_outcome, judge, refuse_unless_true
from lectern.renderer.sandbox.lock import open_to_others
from lectern.renderer.sandbox.prewarm import prewarm_job
from lectern.renderer.sandbox.slots import cores_available
from lectern.renderer.sandbox.supervisor import Config
from lectern.renderer.sandbox.users import Users
from lectern.renderer.sandbox.wire import Channel, Ended, Kill, Progress, Ready, Refused, Start
from lectern.renderer.sandbox.zygote import Setup

PROBE = Limits(wall_seconds=120, cpu_seconds=110, memory_bytes=1 << 30, processes=16, open_files=64, log_bytes=1 << 20)


class WarmPool:
    """Runs each job in a fork of a zygote that has manim imported already, locked in before it sees the job.

    `root` is where job folders live; a fresh folder in the system's temporary one by default. A slot takes up to the
    job's `Limits.memory_bytes` of address space, in practice 0.25 GB resident at 720p and 0.6 GB at 1080p, beside two
    zygotes of 0.16 GB for the whole pool. `tex` is where typeset formulas are remembered, to keep them longer than
    `root`; a folder below `root` by default. A zygote is replaced after `recycle_after` jobs and after any job that was
    killed. `switched_off` names layers to do without ("namespaces", "landlock", "seccomp", "uid"): for finding out
    which of them breaks a host; the pool still refuses to start with too few. `landlock_at_most` does with an older
    kernel's Landlock ABI.
    """

    def __init__(
        self,
        *,
        root: Path | None = None,
        slots: int | None = None,
        tex: Path | None = None,
        recycle_after: int = 200,
        spare: bool = True,
        switched_off: frozenset[str] = frozenset(),
        landlock_at_most: int = 99,
    ) -> None:
        self._slots = slots or cores_available()
        self._given_root = root
        self._root = root or Path()
        self._given_tex = tex
        self._tex = tex or Path()
        self._recycle_after = recycle_after
        self._spare = spare
        self._starting = asyncio.Lock()
        self._users: list[int] = []
        self._claim: Users | None = None
        self._closed = True
        self._runs = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._prewarming: asyncio.Task[None] | None = None
        self._switched_off = switched_off
        self._landlock_at_most = landlock_at_most
        self._free: asyncio.Queue[int] = asyncio.Queue()
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[asyncio.Future[Ended], OnProgress | None]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._ready = Ready(layers={}, uids=False)

    @property
    def slots(self) -> int:
        return self._slots

    @property
    def latex(self) -> bool:
        """Whether MathTex works. Without it a job's "tex" is "none": numbers are text, MathTex says what to do."""
        return self._ready.latex

    def layers(self) -> Mapping[str, str]:
        return self._ready.layers

    async def start(self) -> None:
        """Raises ProblemError when Landlock (or a private mount namespace) and seccomp cannot be set up."""
        self._root = self._given_root or Path(tempfile.mkdtemp(prefix="lectern-render-"))
        self._root.mkdir(parents=True, exist_ok=True)
        self._root.chmod(0o711)
        for name, mode in (("jobs", 0o711), ("footage", 0o700), ("stage", 0o755), ("check", 0o700)):
            await asyncio.to_thread(folders.wipe, self._root / name)  # what a crash may have left
            (self._root / name).mkdir()
            (self._root / name).chmod(mode)
        self._tex = self._given_tex or self._root / "tex"
        for name in ("cache", "scratch"):
            (self._tex / name).mkdir(parents=True, exist_ok=True)
        self._free = asyncio.Queue()
        for slot in range(self._slots):
            self._free.put_nowait(slot)
        # One for each slot, one to prewarm as, one for the broker.
        self._claim = Users(self._slots + 2)
        self._users = self._claim.ids
        await self._supervised()
        self._closed = False
        if self._ready.latex and not (self._tex / "prewarmed").exists():
            self._prewarming = asyncio.create_task(self._prewarm())

    async def _prewarm(self) -> None:
        """Beside the slots, in a user of its own: the first real jobs need not wait for it."""
        outcome = await self._run_in_slot(self._slots, prewarm_job(), None)
        if outcome.ok:
            (self._tex / "prewarmed").touch()

    async def _supervised(self) -> None:
        """Starts the supervisor unless it runs; it may have been killed since it was last needed."""
        async with self._starting:
            if self._channel is None:
                await self._reap()
                await self._start_supervisor()

    async def _reap(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            await asyncio.to_thread(process.wait)

    async def _start_supervisor(self) -> None:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # this process has credentials; no one of its user may look inside
        ours, theirs = Channel.pair()
        with contextlib.closing(theirs):
            self._process = await asyncio.to_thread(_spawn, theirs, self._config())
        answer = await asyncio.to_thread(ours.receive)
        match answer:
            case (Ready() as ready, _):
                self._ready = ready
            case (Refused(reason=reason, layers=layers), _):
                self._ready = Ready(layers=layers, uids=False)
                ours.close()
                raise _no_sandbox(reason)
            case _:
                ours.close()
                raise _no_sandbox("the supervisor died while it started")
        self._channel = ours
        asyncio.get_running_loop().add_reader(ours.fileno(), self._receive)

    def _config(self) -> Config:
        off = self._switched_off
        setup = Setup(
            stage=str(self._root / "stage"),
            uid=self._users[0] if self._users and "uid" not in off else None,
            landlock_at_most=0 if "landlock" in off else self._landlock_at_most,
            seccomp="seccomp" not in off,
            namespaces="namespaces" not in off,
        )
        uid = self._users[-1] if setup.uid is not None and open_to_others([str(self._tex)]) else None
        broker = BrokerSetup(folder=str(self._tex), slots=self._slots, uid=uid)
        if broker.uid is not None:
            for folder in (self._tex, self._tex / "cache", self._tex / "scratch"):
                os.chown(folder, broker.uid, broker.uid)
        return Config(setup=setup, tex=broker, recycle_after=self._recycle_after, spare=self._spare)

    def _receive(self) -> None:
        assert self._channel is not None
        try:
            received = self._channel.receive(wait=False)
        except BlockingIOError:
            return
        if received is None:
            self._hang_up()
            return
        message, _ = received
        if isinstance(message, Ended) and message.id in self._waiting:
            ended, _ = self._waiting.pop(message.id)
            if not ended.done():
                ended.set_result(message)
        elif isinstance(message, Progress) and message.id in self._waiting:
            on_progress = self._waiting[message.id][1]
            if on_progress is not None:
                on_progress(message.frames, message.of)

    def _hang_up(self) -> None:
        if self._channel is not None:
            asyncio.get_running_loop().remove_reader(self._channel.fileno())
            self._channel.close()
            self._channel = None
        for id_, (ended, _) in self._waiting.items():
            if not ended.done():
                reason = "the sandbox's supervisor is gone"
                ended.set_result(Ended(id=id_, exit_code=1, killed="sandbox", reason=reason))
        self._waiting.clear()

    async def close(self) -> None:
        self._closed = True
        if self._prewarming is not None:
            self._prewarming.cancel()
            await asyncio.gather(self._prewarming, return_exceptions=True)
            self._prewarming = None
        self._hang_up()
        await self._reap()
        await self._idle.wait()  # runs that were cut short still tidy up behind them
        if self._claim is not None:
            self._claim.close()
        if self._given_root is None and self._root != Path():
            root, self._root = self._root, Path()
            await asyncio.to_thread(folders.wipe, root)

    async def run(self, job: RenderJob, on_progress: OnProgress | None = None) -> RenderOutcome:
        if self._closed:
            raise RuntimeError("the pool is not started, or closed already")
        slot = await self._free.get()
        try:
            return await self._run_in_slot(slot, job, on_progress)
        finally:
            self._free.put_nowait(slot)

    @contextlib.contextmanager
    def _busy(self) -> Iterator[None]:
        """Keeps `close` waiting until what happens inside has tidied up."""
        self._runs += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._runs -= 1
            if self._runs == 0:
                self._idle.set()

    async def _run_in_slot(self, slot: int, job: RenderJob, on_progress: OnProgress | None) -> RenderOutcome:
        with self._busy():
            return await self._run_as(slot, job, on_progress)

    async def _run_as(self, slot: int, job: RenderJob, on_progress: OnProgress | None) -> RenderOutcome:
        if self._closed:
            raise RuntimeError("the pool is not started, or closed already")
        await self._supervised()
        uid = self._users[slot] if self._ready.uids else None
        if job.settings.get("tex", "none") != "none":
            tex = "broker" if self._ready.latex else "none"
            job = msgspec.structs.replace(job, settings={**job.settings, "tex": tex})
        try:
            folder = await threaded(lambda: folders.make(self._root / "jobs", job, uid), undo=folders.wipe)
        except OSError as error:
            return disk_outcome(error)
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                ended = await self._ask("render", job.limits, uid, handle, on_progress)
                outcome = await threaded(lambda: judge(job, handle, self._root / "footage", ended), undo=_discard)
            finally:
                os.close(handle)
        finally:
            await asyncio.shield(asyncio.to_thread(folders.wipe, folder))
        if outcome.footage is None:
            return outcome
        return await self._verified(job, outcome, uid)

    async def _verified(self, job: RenderJob, outcome: RenderOutcome, uid: int | None) -> RenderOutcome:
        """The outcome with its footage decoded by a second sandboxed fork, or refused."""
        assert outcome.footage is not None
        keep = False
        try:
            fd = os.open(outcome.footage, os.O_RDONLY | os.O_CLOEXEC)
            try:
                ended = await self._ask("probe", PROBE, uid, fd, None)
            finally:
                os.close(fd)
            judged = refuse_unless_true(job, outcome, _decoded(ended), ended)
            keep = judged.footage is not None
            return judged
        finally:
            if not keep:
                outcome.footage.unlink(missing_ok=True)

    async def _ask(
        self, kind: str, limits: Limits, uid: int | None, file: int, on_progress: OnProgress | None
    ) -> Ended:
        """Has the supervisor run something. On cancellation it is dead before the cancellation goes on."""
        channel = self._channel
        if channel is None:
            return Ended(id=0, exit_code=1, killed="sandbox", reason="the sandbox's supervisor is gone")
        id_ = next(self._ids)
        ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = (ended, on_progress)
        start = Start(id=id_, kind="probe" if kind == "probe" else "render", limits=limits, uid=uid)
        try:
            channel.send(start, [file])
            return await asyncio.shield(ended)
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                channel.send(Kill(id=id_))
                await done(ended)
            raise
        except OSError:
            self._hang_up()
            return Ended(id=id_, exit_code=1, killed="sandbox", reason="the sandbox's supervisor is gone")
        finally:
            self._waiting.pop(id_, None)


def _discard(outcome: RenderOutcome) -> None:
    if outcome.footage is not None:
        outcome.footage.unlink(missing_ok=True)


def _spawn(theirs: Channel, config: Config) -> subprocess.Popen[bytes]:
    encoded = msgspec.json.encode(config).decode()
    return subprocess.Popen(
        (sys.executable, "-I", "-m", "lectern.renderer.sandbox.supervisor", str(theirs.fileno()), encoded),
        # Everything below inherits this and nothing else: a job can read the memory its zygote's variables lie in.
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/nonexistent",
            "OPENBLAS_NUM_THREADS": "1",
            "RAYON_NUM_THREADS": "1",
        },
        stdin=subprocess.DEVNULL,
        pass_fds=(theirs.fileno(),),
        cwd="/",
        start_new_session=True,
    )


def _decoded(ended: Ended) -> Footage | None:
    try:
        return msgspec.json.decode(ended.output, type=Footage)
    except msgspec.MsgspecError:
        return None


def _no_sandbox(reason: str) -> ProblemError:
    return ProblemError(
        Problem(
            code="no-sandbox",
            title="The renderer's sandbox cannot be set up",
            detail=f"Scene code is not run without a sandbox, and it cannot be set up here: {reason}.",
            remedy="Run the renderer on Linux 5.13 or later with Landlock enabled (`lsm=landlock,...`) or where it may"
            " make namespaces, with libseccomp installed; `lectern doctor` shows each layer.",
            stage="renderer",
        )
    )
