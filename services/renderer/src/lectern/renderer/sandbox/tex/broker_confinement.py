"""Confines the TeX broker for good, and prepares the cell that its programs run in."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import msgspec

from lectern.confinement import kernel, landlock, seccomp
from lectern.renderer.sandbox.job_folder import wipe_folder
from lectern.renderer.sandbox.layers import namespaces, system_calls
from lectern.renderer.sandbox.tex.guarded_program import ProgramCell
from lectern.renderer.sandbox.tex.program_calls import build_program_filter
from lectern.renderer.sandbox.tex.typesetting import SYSTEM_PROGRAMS, build_rules

# What a run may leave in its folder is bounded by ProgramLimits, which the guard enforces by looking; this is the wall
# behind it, which nothing can pass.
_SCRATCH_OPTIONS = "size=64m,nr_inodes=2k,mode=700"


class BrokerSetup(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the broker: folders for the cache, which brokers may share, and for scratch files, which is its own.

    `stage` is an empty folder to make mounts on. `uid` is the broker's own user if the pool is privileged; `reachable`
    says that this user can reach the folders without a private root. TeX's programs are searched in `programs`.
    """

    cache: str
    scratch: str
    stage: str
    slots: int
    uid: int | None = None
    reachable: bool = True
    namespaces: bool = True
    max_landlock_abi: int = 99
    programs: tuple[str, ...] = SYSTEM_PROGRAMS
    pool: str = ""  # the pool's name, to tell its processes from another's


class ConfinedBroker(msgspec.Struct, frozen=True, kw_only=True):
    """What a confined broker works with: the cache, where it sees it now, one scratch folder per slot, and the cell."""

    cache: Path
    scratch: tuple[Path, ...]
    cell: ProgramCell


def confine_broker(setup: BrokerSetup) -> ConfinedBroker:
    """Confines the calling process. Raises OSError when a layer that must work fails.

    With namespaces it gets a private root with TeX, the cache, and scratch folders of bounded size in memory. Without
    them the folders stay where they are, and Landlock is what closes the rest.
    """
    filters = {processes: build_program_filter(processes=processes) for processes in (False, True)}
    broker_filter = system_calls.build_broker_program()
    Path("/proc/self/oom_score_adj").write_text("1000")  # a program that takes all memory is the first to be killed
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    scratch = [Path(setup.scratch) / str(slot) for slot in range(setup.slots)]
    for path in scratch:
        wipe_folder(path)  # what a broker that was killed has left
        path.mkdir()
    private = setup.namespaces and _enter_private_root(setup, scratch)
    uid = setup.uid if private or setup.reachable else None
    cache = Path(namespaces.JOB if private else setup.cache)
    if uid is not None:
        for path in (cache, *cache.iterdir(), *scratch):  # the claimed user differs from start to start
            os.chown(path, uid, uid, follow_symlinks=False)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which clears it
    rules = build_rules(setup.programs)
    abi = min(landlock.read_abi_version(), setup.max_landlock_abi)
    if abi:
        landlock.restrict(abi, [*rules, *((str(path), landlock.READ_WRITE) for path in (cache, *scratch))])
    seccomp.load_program(broker_filter)
    # For root the kernel counts no processes, so there a bomb would not be bounded.
    namespace = setup.namespaces and os.getuid() != 0 and _can_make_pid_namespaces()
    cell = ProgramCell(landlock_abi=abi, rules=rules, program_filter=filters[namespace], namespace=namespace)
    return ConfinedBroker(cache=cache, scratch=tuple(scratch), cell=cell)


def _enter_private_root(setup: BrokerSetup, scratch: Sequence[Path]) -> bool:
    readable = [path for path, _ in build_rules(setup.programs) if not path.startswith("/dev/")]
    cache = os.open(setup.cache, os.O_RDONLY | os.O_DIRECTORY)
    try:
        namespaces.enter_private_root(Path(setup.stage), [*readable, *map(str, scratch)], cache)
    except OSError:
        return False
    finally:
        os.close(cache)
    for path in scratch:
        flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
        kernel.mount("tmpfs", str(path), "tmpfs", flags, _SCRATCH_OPTIONS)
    return True


def _can_make_pid_namespaces() -> bool:
    """Tries in a fork whether this process, without privilege, may put a program into a PID namespace."""
    pid = os.fork()
    if pid == 0:
        try:
            kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
            inner = os.fork()
            if inner == 0:
                os._exit(0 if os.getpid() == 1 else 1)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]))
        except BaseException:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0
