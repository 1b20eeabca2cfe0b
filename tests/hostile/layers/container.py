"""A container around a pool that has too few layers: what escapes from the pool must not escape from here.

User ids of its own, no network, no process but its own, everything read-only but a small file system in memory. Needs
root, and is itself no part of what is measured.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NoReturn

import msgspec
from hostile.as_user import uncover

from lectern.confinement import kernel

FIRST_UID, UIDS = 100_000, 65_536  # as users of a rootless container are mapped
ORDINARY_UID = 20001
MOST_PROCESSES = 400  # a fork bomb's, and each of its threads
MOST_MEMORY = 5 << 29  # address space of each process
ROOM = 1 << 30  # bytes for all it writes
REPOSITORY = Path(__file__).resolve().parents[3]
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_MS_REMOUNT = 32


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """A running container: `pid` on this machine, and the two ends of what its program reads and writes."""

    pid: int
    requests: IO[bytes]
    answers: IO[bytes]

    def kill(self) -> None:
        """Kills everything in it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


@contextlib.contextmanager
def open_container(command: Sequence[str], *, as_root: bool) -> Iterator[Container]:
    """Runs the command in a container of its own until the block ends. TMPDIR is where it can write."""
    home = tempfile.mkdtemp(prefix="lectern-layers-")
    os.chmod(home, 0o755)
    reading, requests = os.pipe()
    answers, writing = os.pipe()
    ready, ready_end = os.pipe()
    mapped, mapped_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(reading, 0)
            os.dup2(writing, 1)
            _enter(home, ready_end, mapped)
            _run_as_init(command, home, as_root=as_root)
        except BaseException as error:
            print(f"the container could not be made: {error}", file=sys.stderr, flush=True)
            os._exit(1)
    for fd in (reading, writing, ready_end, mapped):
        os.close(fd)
    init = int(os.read(ready, 16) or b"0")
    os.close(ready)
    if init:
        for kind in ("uid", "gid"):
            Path(f"/proc/{pid}/{kind}_map").write_text(f"0 {FIRST_UID} {UIDS}")
    os.write(mapped_end, b"x") if init else None
    os.close(mapped_end)
    with open(requests, "wb", buffering=0) as sent, open(answers, "rb") as received:
        container = Container(pid=pid, requests=sent, answers=received)
        try:
            yield container
        finally:
            container.kill()
            os.waitpid(pid, 0)
            os.rmdir(home)


def _enter(home: str, ready: int, mapped: int) -> None:
    """Enters the namespaces. The mounts are made before the users are mapped, by the machine's root."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    for path in (Path(sys.base_prefix), Path(sys.prefix), REPOSITORY):
        uncover(path)
    kernel.make_read_only("/")
    # Where it is read-only, no namespace below may mount one of its own that is not.
    private = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("none", "/proc", None, _MS_REMOUNT | kernel.MS_BIND | private)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", home, "tmpfs", flags, f"size={ROOM},nr_inodes=100k,mode=1777,uid={FIRST_UID},gid={FIRST_UID}")
    kernel.mount("tmpfs", "/var/tmp", "tmpfs", flags, "size=64m,mode=1777")
    kernel.mount("tmpfs", "/dev/shm", "tmpfs", flags, "size=256m,nr_inodes=10k,mode=1777")
    resource.setrlimit(resource.RLIMIT_NPROC, (MOST_PROCESSES, MOST_PROCESSES))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    kinds = (kernel.CLONE_NEWPID, kernel.CLONE_NEWNET, kernel.CLONE_NEWIPC, kernel.CLONE_NEWUTS, kernel.CLONE_NEWNS)
    kernel.unshare(kernel.CLONE_NEWUSER | sum(kinds))
    os.write(ready, str(os.getpid()).encode())
    if not os.read(mapped, 1):
        raise OSError("its users could not be mapped")


def _run_as_init(command: Sequence[str], home: str, *, as_root: bool) -> NoReturn:
    """Becomes the container's root, and its process 1 in a fork; runs the command in another and ends with it."""
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    init = os.fork()
    if init:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(init, 0)[1]) & 0xFF)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        fcntl.ioctl(plug, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
    program = os.fork()
    if program == 0:
        if not as_root:
            os.setresgid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID)
            os.setresuid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID)
        os.chdir(REPOSITORY)
        os.environ.update(TMPDIR=home, HOME=home, PYTHONDONTWRITEBYTECODE="1", PYTHONPATH=str(REPOSITORY / "tests"))
        os.execv(command[0], command)
    while os.wait()[0] != program:
        pass
    os._exit(0)
