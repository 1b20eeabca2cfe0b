"""What a fresh fork does to itself before it touches anything a stranger wrote. The order matters."""

from __future__ import annotations

import ctypes
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec

from lectern.renderer.sandbox import kernel, landlock, namespaces, rlimits, seccomp
from lectern.renderer.sandbox.job import Limits

_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/share", "/usr/local/lib", "/usr/local/share", "/lib", "/lib64")
_FONTS = ("/etc/fonts", "/var/cache/fontconfig", "/etc/ld.so.cache", "/etc/localtime")
_UNSEEN_THREADS = 4096
LOG, OUTPUT, FOLDER, FIRST_EXTRA = 2, 3, 4, 5  # descriptor numbers in every job


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """Which layers to put around a job. `landlock_abi` 0 and an empty `program` switch those layers off."""

    landlock_abi: int
    program: bytes
    namespaces: bool
    stage: str
    readable: tuple[str, ...]


def readable_paths() -> tuple[str, ...]:
    """What a job has to read to run: the interpreter, its packages, the scene kit, system libraries, fonts."""
    places = sysconfig.get_paths()
    packages = {*site.getsitepackages(), *(places[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))}
    for name in ("lectern.scenekit", "lectern.theme", "lectern.renderer.sandbox"):
        spec = find_spec(name)
        packages |= {str(Path(folder)) for folder in (spec.submodule_search_locations or ())} if spec else set()
    libraries = f"{sys.base_prefix}/lib"
    return tuple(dict.fromkeys((*_SYSTEM, *_FONTS, libraries, *sorted(packages))))


def open_to_others(paths: Iterable[str]) -> bool:
    """Whether a user who owns none of the paths may read them: every folder on the way can be searched by all."""
    for path in paths:
        here = Path(os.path.realpath(path))
        if here.exists() and not all(folder.stat().st_mode & 0o001 for folder in here.parents):
            return False
    return True


def arrange(log: int, output: int, folder: int, extra: Sequence[int] = ()) -> None:
    """Gives the descriptors their fixed numbers and closes every other one, the zygote's socket included."""
    wanted = [os.open(os.devnull, os.O_RDONLY), log, log, output, folder, *extra]
    high = [_above(fd) for fd in wanted]
    for number, fd in enumerate(high):
        os.dup2(fd, number, inheritable=False)
    os.closerange(len(high), os.sysconf("SC_OPEN_MAX"))


def _above(fd: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64)


def scrub(folder: str) -> None:
    """Leaves an environment of five harmless variables."""
    os.environ.clear()
    os.environ.update(HOME=folder, TMPDIR=folder, LANG="C.UTF-8", PATH="/usr/bin:/bin", OPENBLAS_NUM_THREADS="1")


def apply(lock: Lock, limits: Limits, *, uid: int | None, writable: bool) -> None:
    """Locks the calling process for good. Raises OSError when a layer fails; the caller must then exit.

    Expects descriptors as `arrange` leaves them. With `writable` the folder is the working directory afterwards and the
    only place that can be written; without, nothing can be.
    """
    parent = os.getppid()
    os.setsid()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # or its own /proc belongs to root and the next line fails
    Path("/proc/self/oom_score_adj").write_text("1000")  # first to go when memory runs out
    folder = FOLDER if writable else None
    # A user namespace or a user of its own is counted apart. Without either, threads of the same user count that this
    # process cannot even see: other containers'. There the watcher alone holds the job to its number.
    others = 0 if lock.namespaces or uid is not None else rlimits.threads_of(os.getuid()) + _UNSEEN_THREADS
    if lock.namespaces:
        namespaces.enter(Path(lock.stage), lock.readable, folder)
    elif writable:
        os.fchdir(FOLDER)
    here = os.getcwd() if writable else "/"
    scrub(here)
    rlimits.apply(limits, others)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    kernel.drop_capabilities()
    # The supervisor counts unlinked open files through /proc, which needs a dumpable job; other jobs cannot get there.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1 if lock.landlock_abi or lock.namespaces else 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)  # after the change of user, which clears it
    if os.getppid() != parent:
        raise OSError("the zygote is gone")
    if lock.landlock_abi:
        rules = [(path, landlock.READ) for path in lock.readable]
        rules += [(f"/dev/{name}", landlock.READ_FILE) for name in ("urandom", "random", "zero")]
        rules.append(("/dev/null", landlock.READ_FILE | landlock.WRITE_FILE))
        if writable:
            rules.append((".", landlock.OWN))
        landlock.restrict(lock.landlock_abi, rules)
    if writable:
        os.close(FOLDER)
    if lock.program:
        seccomp.load(lock.program)


def holds(lock: Lock, uid: int | None) -> dict[str, str]:
    """Tries, from inside a locked process, what each layer forbids. "active", or "broken: ..." for each layer."""
    import resource

    libc = ctypes.CDLL(None, use_errno=True)
    found = {
        "rlimits": "active" if resource.getrlimit(resource.RLIMIT_CORE) == (0, 0) else "broken: core dumps allowed"
    }
    found["environment"] = "active" if len(os.environ) <= 5 else "broken: variables left"
    if lock.landlock_abi:
        try:
            os.listdir("/")
            found["landlock"] = "broken: the root folder can be listed"
        except PermissionError:
            found["landlock"] = f"active (ABI {lock.landlock_abi})"
    if lock.program:
        socket = libc.socket(2, 1, 0)
        found["seccomp"] = "active" if socket < 0 else "broken: a socket can be opened"
        child = libc.fork()
        if child == 0:
            os._exit(0)
        if child > 0:
            found["seccomp"] = "broken: a process can be started"
    if lock.namespaces:
        found["namespaces"] = "active" if os.getpid() == 1 else "broken: other processes are visible"
    if uid is not None:
        found["uid"] = "active" if os.getresuid() == (uid, uid, uid) else "broken: still the pool's user"
    return found
