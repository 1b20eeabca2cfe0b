"""The few Linux calls that Python has no function for, through ctypes. Each raises OSError with the failed call."""

from __future__ import annotations

import ctypes
import os

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_MODE_FILTER = 2

# RLIMIT_CORE of whoever may leave no core dump. Where dumps are piped to a program, 0 would still start that program,
# as root and outside every namespace; 1 byte is less than any dump has, and stops both (core(5), fs/coredump.c).
NO_CORE_DUMP = 1

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY = -100, 0x8000, 1
_MOUNT_SETATTR = 442  # one number on every architecture, like all system calls since 424

CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN = 0, 1, 5, 6, 7, 21
_CAPABILITY_VERSION_3 = 0x20080522


def _load_libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, call: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object) -> int:
    """Makes a raw system call and returns its result. Raises OSError."""
    return _check(_load_libc().syscall(ctypes.c_long(number), *arguments), f"system call {number}")


def prctl(option: int, *values: int) -> None:
    """Calls prctl(2)."""
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _check(_load_libc().prctl(option, *padded), f"prctl({option})")


def unshare(flags: int) -> None:
    """Enters new namespaces. See unshare(2)."""
    _check(_load_libc().unshare(flags), f"unshare({flags:#x})")


def setns(fd: int, kind: int) -> None:
    """Enters an existing namespace. See setns(2)."""
    _check(_load_libc().setns(fd, kind), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mounts a file system. See mount(2)."""
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    result = _load_libc().mount(*encoded, ctypes.c_ulong(flags), None if data is None else data.encode())
    _check(result, f"mount {source} on {target}")


def make_read_only(target: str) -> None:
    """Makes a mount and all mounts below it read-only, keeping other flags. Requires Linux 5.12."""
    attributes = (ctypes.c_uint64 * 4)(_MOUNT_ATTR_RDONLY, 0, 0, 0)
    syscall(
        _MOUNT_SETATTR, _AT_FDCWD, target.encode(), _AT_RECURSIVE, ctypes.byref(attributes), ctypes.sizeof(attributes)
    )


def pivot_root_here() -> None:
    """Makes the working directory the root and detaches the old root. pivot_root(2) describes the two dots."""
    _check(_load_libc().pivot_root(b".", b"."), "pivot_root")
    _check(_load_libc().umount2(b".", MNT_DETACH), "umount old root")
    os.chdir("/")


def read_effective_capabilities() -> int:
    """Reads the calling process's effective capabilities as a bit set."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    return 0


def has_capabilities(*required: int) -> bool:
    """Checks that the calling process has all these capabilities."""
    held = read_effective_capabilities()
    return all(held >> number & 1 for number in required)


def drop_capabilities() -> None:
    """Clears every capability set of the process; no_new_privs prevents their return."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    empty = (ctypes.c_uint32 * 6)()
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    _check(_load_libc().capset(ctypes.byref(header), ctypes.byref(empty)), "capset")
