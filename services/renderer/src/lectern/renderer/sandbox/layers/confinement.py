"""Confines a fresh fork before it reads anything untrusted. The order of the steps matters."""

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

from lectern.confinement import kernel, landlock, seccomp
from lectern.renderer.sandbox.disk_usage import SPARE_BYTES
from lectern.renderer.sandbox.job import JobLimits
from lectern.renderer.sandbox.layers import namespaces, rlimits
from lectern.renderer.sandbox.layers.job_filesystem import FileOwner, build_mount_options, copy_inputs
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import FolderMounted

_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/share", "/usr/local/lib", "/usr/local/share", "/lib", "/lib64")
_FONTS = ("/etc/fonts", "/var/cache/fontconfig", "/etc/ld.so.cache", "/etc/localtime")
_UNSEEN_THREADS = 4096
LOG, OUTPUT, FOLDER, REPORT, FIRST_EXTRA = 2, 3, 4, 5, 6  # descriptor numbers in every job


class Confinement(msgspec.Struct, frozen=True, kw_only=True):
    """The layers to put around a job. `landlock_abi` 0 and an empty seccomp `program` disable those layers.

    `tmpfs` gives the job a file system of its own instead of the folder on disk, and requires `namespaces`.
    """

    landlock_abi: int
    program: bytes
    namespaces: bool
    tmpfs: bool
    stage: str
    readable: tuple[str, ...]


def can_confine_jobs() -> bool:
    """True if this kernel has Landlock and seccomp, as a zygote will find: asked in a moment, without one."""
    return landlock.read_abi_version() > 0 and Path("/proc/sys/kernel/seccomp/actions_avail").exists()


def list_readable_paths() -> tuple[str, ...]:
    """Lists what a job has to read to run: interpreter, packages, the kit and its data, system libraries, fonts."""
    paths = sysconfig.get_paths()
    packages = {*site.getsitepackages(), *(paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))}
    for name in (
        "lectern.scenekit",
        "lectern.theme",
        "lectern.things",
        "lectern.confinement",
        "lectern.renderer.sandbox",
    ):
        spec = find_spec(name)
        packages |= {str(Path(folder)) for folder in (spec.submodule_search_locations or ())} if spec else set()
    libraries = f"{sys.base_prefix}/lib"
    return tuple(dict.fromkeys((*_SYSTEM, *_FONTS, libraries, *sorted(packages))))


def is_readable_by_all(paths: Iterable[str]) -> bool:
    """Checks whether a user who owns none of the paths can reach them: everybody may search each folder above them."""
    for path in paths:
        real = Path(os.path.realpath(path))
        if real.exists() and not all(folder.stat().st_mode & 0o001 for folder in real.parents):
            return False
    return True


def arrange_descriptors(log: int, output: int, folder: int, report: int, extra: Sequence[int] = ()) -> None:
    """Gives the descriptors their fixed numbers and closes all others, including the zygote's socket."""
    ordered = [os.open(os.devnull, os.O_RDONLY), log, log, output, folder, report, *extra]
    high = [_duplicate_high(fd) for fd in ordered]
    for number, fd in enumerate(high):
        os.dup2(fd, number, inheritable=False)
    os.closerange(len(high), os.sysconf("SC_OPEN_MAX"))


def _duplicate_high(fd: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64)


def scrub_environment(folder: str) -> None:
    """Replaces the environment by five harmless variables."""
    os.environ.clear()
    os.environ.update(HOME=folder, TMPDIR=folder, LANG="C.UTF-8", PATH="/usr/bin:/bin", OPENBLAS_NUM_THREADS="1")


def confine(chosen: Confinement, limits: JobLimits, *, uid: int | None, writable: bool) -> None:
    """Confines the calling process for good. Raises OSError when a layer fails; the caller must then exit.

    Expects descriptors as `arrange_descriptors` leaves them. If `writable`, the folder becomes the working directory
    and the only place that can be written to; otherwise nothing can be written.
    """
    parent = os.getppid()
    os.setsid()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # or its own /proc belongs to root and the next line fails
    Path("/proc/self/oom_score_adj").write_text("1000")  # the first to be killed when memory runs out
    folder = FOLDER if writable else None
    # In a user namespace, or as a user of its own, a job's threads are counted separately. Otherwise all threads of the
    # user count, even those in other containers, which this process cannot see. Then only the watcher enforces the
    # limit.
    other_threads = (
        0 if chosen.namespaces or uid is not None else rlimits.count_user_threads(os.getuid()) + _UNSEEN_THREADS
    )
    if chosen.namespaces:
        owner = FileOwner(uid=os.getuid(), gid=os.getgid()) if uid is None else FileOwner(uid=uid, gid=uid)
        options = build_mount_options(FOLDER, limits, owner) if chosen.tmpfs and writable else None
        namespaces.enter_private_root(Path(chosen.stage), chosen.readable, folder, options)
        if options is not None:
            _fill_own_folder(owner)
    elif writable:
        os.fchdir(FOLDER)
    work_folder = os.getcwd() if writable else "/"
    scrub_environment(work_folder)
    rlimits.set_limits(limits, other_threads)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    kernel.drop_capabilities()
    # The supervisor counts unlinked open files through /proc, which requires a dumpable job; other jobs cannot read it.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1 if chosen.landlock_abi or chosen.namespaces else 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)  # after the change of user, which clears it
    if os.getppid() != parent:
        raise OSError("the zygote has died")
    if chosen.landlock_abi:
        rules = [(path, landlock.READ) for path in chosen.readable]
        rules += [(f"/dev/{name}", landlock.READ_FILE) for name in ("urandom", "random", "zero")]
        rules.append(("/dev/null", landlock.READ_FILE | landlock.WRITE_FILE))
        if writable:
            rules.append((".", landlock.READ_WRITE))
        landlock.restrict(chosen.landlock_abi, rules)
    if writable:
        os.close(FOLDER)
    if chosen.program:
        seccomp.load_program(chosen.program)


def _fill_own_folder(owner: FileOwner) -> None:
    """Copies the job folder into the job's own file system, the working directory, and reports that as its folder.

    Before any limit is set: what the scene is given does not count as its output, however large it is.
    """
    own = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    copy_inputs(FOLDER, own, owner)
    report = MessageSocket.from_fd(os.dup(REPORT))
    report.send(FolderMounted(), [own])
    report.close()
    os.close(own)


def check_layers(chosen: Confinement, uid: int | None) -> dict[str, str]:
    """Tries, from inside a confined process, what each layer forbids. Returns "active" or "broken: ..." per layer."""
    import resource

    libc = ctypes.CDLL(None, use_errno=True)
    layers = {
        "rlimits": "active"
        if resource.getrlimit(resource.RLIMIT_CORE)[1] <= kernel.NO_CORE_DUMP
        else "broken: core dumps allowed"
    }
    layers["environment"] = "active" if len(os.environ) <= 5 else "broken: variables left"
    if chosen.landlock_abi:
        try:
            os.listdir("/")
            layers["landlock"] = "broken: the root folder can be listed"
        except PermissionError:
            layers["landlock"] = f"active (ABI {chosen.landlock_abi})"
    if chosen.program:
        socket = libc.socket(2, 1, 0)
        layers["seccomp"] = "active" if socket < 0 else "broken: a socket can be opened"
        child = libc.fork()
        if child == 0:
            os._exit(0)
        if child > 0:
            layers["seccomp"] = "broken: a process can be started"
    if chosen.namespaces:
        layers["namespaces"] = "active" if os.getpid() == 1 else "broken: other processes are visible"
    if chosen.tmpfs:
        status = os.statvfs(".")
        room = status.f_blocks * status.f_frsize - JobLimits().output_bytes
        layers["tmpfs"] = "active" if room <= 2 * SPARE_BYTES else "broken: the job folder has no limit"
    if uid is not None:
        layers["uid"] = "active" if os.getresuid() == (uid, uid, uid) else "broken: still the pool's user"
    return layers
