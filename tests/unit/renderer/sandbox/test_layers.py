"""The layers one by one: each is applied to a fork of the test and tried from inside."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyseccomp
import pytest

from lectern.confinement import kernel, landlock, seccomp
from lectern.renderer.sandbox.job import JobLimits
from lectern.renderer.sandbox.layers import rlimits, system_calls

LANDLOCK = landlock.read_abi_version()
needs_landlock = pytest.mark.skipif(LANDLOCK == 0, reason="this kernel has no Landlock")


def run_in_fork(confine: Callable[[], None], attempt: Callable[[], object]) -> str:
    """Runs `attempt` in a child under `confine`. Returns "done", or the name of its error or the signal that killed it."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
            confine()
            try:
                attempt()
                os.write(writer, b"done")
            except BaseException as error:
                os.write(writer, type(error).__name__.encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as report:
        text = report.read().decode()
    _, status = os.waitpid(pid, 0)
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else text


def call_kernel(name: str, *arguments: int) -> None:
    """Makes a system call by its name, as code that goes around libc would. Raises OSError."""
    kernel.syscall(pyseccomp.resolve_syscall(pyseccomp.system_arch(), name), *map(ctypes.c_long, arguments))


def load_filter() -> None:
    seccomp.load_program(system_calls.build_job_program())


@pytest.mark.parametrize(
    ("name", "attempt"),
    [
        ("fork", os.fork),
        ("socket", socket.socket),
        ("socketpair", socket.socketpair),
        ("kill the parent", lambda: os.kill(os.getppid(), 0)),
        ("kill all", lambda: os.kill(-1, 0)),
        ("symlink", lambda: os.symlink("a", f"/tmp/lectern-never-{os.getpid()}")),
        ("truncate by path", lambda: os.truncate(__file__, 10**9)),
        ("memfd", lambda: os.memfd_create("x")),
        ("limits of another", lambda: __import__("resource").prlimit(os.getppid(), 7)),
        ("setsid", os.setsid),
        ("exec", lambda: os.execv("/bin/true", ["true"])),
        ("session of another", lambda: os.getsid(os.getppid())),
        ("process group of another", lambda: os.getpgid(os.getppid())),
        ("cores of another", lambda: os.sched_getaffinity(os.getppid())),
        ("scheduler of another", lambda: os.sched_getscheduler(os.getppid())),
        ("priority of another", lambda: os.getpriority(os.PRIO_PROCESS, os.getppid())),
        ("priority of a user", lambda: os.getpriority(os.PRIO_USER, 0)),
        ("a descriptor table of its own", lambda: call_kernel("close_range", 1000, 1001, 2)),
        ("a thread without shared descriptors", lambda: call_kernel("clone", 0x003D0F00 & ~0x400, 0, 0, 0, 0)),
        ("to wait for every processor", lambda: call_kernel("membarrier", 1, 0)),
        ("a device left by a renaming", lambda: call_kernel("renameat2", -100, 0, -100, 0, 4)),
        ("pages from the machine's pool", lambda: call_kernel("mmap", 0, 1 << 21, 3, 0x40022, -1, 0)),
        ("limits of its own", lambda: call_kernel("prlimit64", 0, resource.RLIMIT_CORE, 8, 0)),
        ("a thread with any other flag", lambda: call_kernel("clone", 0x003D0F00 | 0x8000, 0, 0, 0, 0)),
    ],
)
def test_the_filter_refuses(name: str, attempt: Callable[[], object]) -> None:
    assert run_in_fork(lambda: None, lambda: None) == "done"
    assert run_in_fork(load_filter, attempt) == "PermissionError"


@pytest.mark.parametrize(
    ("name", "attempt"),
    [
        ("signal itself", lambda: os.kill(os.getpid(), 0)),
        ("start a thread", lambda: threading.Thread(target=lambda: None).start()),
        ("read a file", lambda: Path(__file__).read_text()),
        ("change a mode, without effect", lambda: os.chmod("/", 0)),
        ("read its own limits", lambda: resource.getrlimit(resource.RLIMIT_CORE)),
        ("wait for its own threads", lambda: (call_kernel("membarrier", 16, 0), call_kernel("membarrier", 8, 0))),
        ("close many files", lambda: call_kernel("close_range", 1000, 1001, 0)),
        ("ask about itself", lambda: (os.getsid(0), os.getpgid(os.getpid()), os.sched_getaffinity(0))),
        ("ask for its own priority", lambda: os.getpriority(os.PRIO_PROCESS, 0)),
        ("read the time and random bytes", lambda: (time.time(), os.urandom(4), os.times())),
    ],
)
def test_the_filter_allows(name: str, attempt: Callable[[], object]) -> None:
    assert run_in_fork(load_filter, attempt) == "done"


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_space_cannot_be_reserved_without_writing_it(tmp_path: Path, mode: int) -> None:
    """RLIMIT_FSIZE does not bound every mode, and gigabytes would be gone between two looks of the watcher."""
    with open(tmp_path / "file", "w+b") as file:
        reserve = lambda: call_kernel("fallocate", file.fileno(), mode, 0, 1 << 20)  # noqa: E731
        assert run_in_fork(lambda: None, reserve) == ("OSError" if mode == 2 else "done")
        assert run_in_fork(load_filter, reserve) == "OSError"
        # A library that asks for space gets it by writing, within the limits of writing.
        assert run_in_fork(load_filter, lambda: os.posix_fallocate(file.fileno(), 0, 1 << 16)) == "done"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 exists on x86-64 only")
def test_system_calls_of_another_architecture_kill() -> None:
    assert run_in_fork(load_filter, lambda: ctypes.CDLL(None).syscall(0x40000000 + 39)) == "SIGSYS"


def test_a_pretended_change_of_mode_has_no_effect(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.touch(mode=0o640)
    assert run_in_fork(load_filter, lambda: kept.chmod(0o777)) == "done"
    assert kept.stat().st_mode & 0o777 == 0o640


@needs_landlock
@pytest.mark.parametrize(
    "version",
    [
        pytest.param(version, marks=[] if version in (1, LANDLOCK) else [pytest.mark.slow])
        for version in range(1, LANDLOCK + 1)
    ],
)
def test_landlock_of_any_version_allows_only_named_paths(tmp_path: Path, version: int) -> None:
    (own := tmp_path / "own").mkdir()
    (tmp_path / "readable").write_text("x")
    (tmp_path / "other").write_text("x")

    def confine() -> None:
        rules = [
            (str(own), landlock.READ_WRITE),
            (str(tmp_path / "readable"), landlock.READ),
            ("/missing", landlock.READ),
        ]
        landlock.restrict(version, rules)

    assert run_in_fork(confine, lambda: (tmp_path / "readable").read_text()) == "done"
    assert run_in_fork(confine, lambda: (own / "made").write_text("x")) == "done"
    assert run_in_fork(confine, lambda: (own / "made").rename(own / "moved")) == "done"
    for attempt in (
        lambda: (tmp_path / "other").read_text(),
        lambda: (tmp_path / "readable").write_text("y"),
        lambda: (tmp_path / "new").touch(),
        lambda: os.listdir("/"),
        lambda: os.listdir("/proc/self/fd"),
        lambda: (own / "link").symlink_to("/etc"),
        lambda: os.mkfifo(own / "fifo"),
    ):
        assert run_in_fork(confine, attempt) == "PermissionError"


@needs_landlock
@pytest.mark.skipif(LANDLOCK < 4, reason="TCP rules came with ABI 4")
def test_landlock_alone_refuses_tcp_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        assert run_in_fork(lambda: None, lambda: socket.create_connection(address)) == "done"
        confine = lambda: landlock.restrict(LANDLOCK, [("/", landlock.READ)])  # noqa: E731
        assert run_in_fork(confine, lambda: socket.create_connection(address)) == "PermissionError"


def test_restricting_without_landlock_is_an_error() -> None:
    with pytest.raises(ValueError, match="no Landlock"):
        landlock.restrict(0, [])


def set_limits() -> None:
    limits = JobLimits(memory_bytes=1 << 30, output_bytes=1 << 20, open_files=16, cpu_seconds=0.25)
    rlimits.set_limits(limits, other_threads=rlimits.count_user_threads(os.getuid()))


def test_limits_stop_memory_files_and_descriptors(tmp_path: Path) -> None:
    assert run_in_fork(set_limits, lambda: bytearray(2 << 30)) == "MemoryError"
    assert run_in_fork(set_limits, lambda: (tmp_path / "big").write_bytes(bytes(2 << 20))) == "OSError"
    assert run_in_fork(set_limits, lambda: [os.dup(0) for _ in range(20)]) == "OSError"


def test_the_kernels_count_of_computing_is_not_what_a_scene_is_held_to() -> None:
    def check() -> None:
        if resource.getrlimit(resource.RLIMIT_CPU)[0] < 12 * 2:
            raise ValueError("ticks overstate what a scene computes on a busy machine")

    assert run_in_fork(lambda: rlimits.set_limits(JobLimits(cpu_seconds=12), other_threads=0), check) == "done"


def test_a_crash_starts_no_program_that_dumps_are_piped_to() -> None:
    """With 0 the kernel starts it all the same: core(5)."""

    def check() -> None:
        if resource.getrlimit(resource.RLIMIT_CORE) != (1, 1):
            raise ValueError("dumps of another size")

    assert run_in_fork(set_limits, check) == "done"


def test_the_kernel_keeps_few_signals_that_are_never_taken() -> None:
    def queue_and_count() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN})
        for _ in range(500):
            os.kill(os.getpid(), signal.SIGRTMIN)
        taken = 0
        while signal.sigtimedwait({signal.SIGRTMIN}, 0):
            taken += 1
        if taken > 100:
            raise ValueError(taken)

    assert run_in_fork(set_limits, queue_and_count) == "done"


@pytest.mark.slow
def test_a_loop_that_ignores_the_cpu_signal_is_still_killed() -> None:
    def ignore_and_spin() -> None:
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
        while True:
            pass

    assert run_in_fork(set_limits, ignore_and_spin) == "SIGKILL"


def test_limits_cannot_be_raised_again() -> None:
    import resource

    everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    def confine() -> None:
        set_limits()
        kernel.drop_capabilities()

    assert run_in_fork(confine, lambda: resource.setrlimit(resource.RLIMIT_AS, everything)) == "ValueError"


def test_dropped_capabilities_stay_dropped() -> None:
    def confine() -> None:
        kernel.drop_capabilities()

    assert run_in_fork(confine, lambda: kernel.unshare(kernel.CLONE_NEWNS)) == "PermissionError"
    assert run_in_fork(confine, lambda: 1 / kernel.read_effective_capabilities()) == "ZeroDivisionError"
