"""seccomp programs: compiled once with libseccomp, loaded by each process that is to be bound to them."""

# ruff: noqa: SIM905  (a hundred names are easier to read as text than as a list)

from __future__ import annotations

import ctypes
import errno
import os
import struct

from lectern.confinement import kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# What no program needs that only reads and writes files: sockets, tracing, mounts, others' affairs, links and more.
DENIED_TO_PROGRAMS = """
socket socketpair connect bind listen accept accept4 ptrace process_vm_readv process_vm_writev kcmp
io_uring_setup io_uring_enter io_uring_register bpf perf_event_open userfaultfd keyctl add_key request_key
mount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
memfd_create memfd_secret shmget shmat shmctl msgget mq_open semget personality
pidfd_getfd pidfd_send_signal open_by_handle_at name_to_handle_at
init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl
symlink symlinkat link linkat mknod mknodat setpriority sched_setscheduler sched_setattr sched_setaffinity
truncate fanotify_init inotify_init inotify_init1 seccomp
""".split()
_DENIED_TO_SINGLE_PROCESSES = """
fork vfork setsid setpgid kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open process_madvise process_mrelease
ioprio_set sched_setparam migrate_pages move_pages setrlimit
fallocate memfd_create chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
""".split()
_CLONE_THREAD = 0x00010000
_FCNTL_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: which process a descriptor sends signals to

PID_PLACEHOLDER = 0x5EA1_0B1D  # stands in a program for the process id of whoever loads it


def build_deny_program(denied: Iterable[str]) -> bytes:
    """Compiles a program under which the named system calls fail with EPERM; calls for another architecture kill.

    Raises RuntimeError or OSError when libseccomp is missing or too old.
    """
    return export_program(_build_filter(denied))


def build_program_without_processes() -> bytes:
    """Compiles a program for a process that may start threads, but no process, and may signal only itself.

    It may replace itself by another program. Raises as `build_deny_program` does.
    """
    import pyseccomp as sc

    program = _build_filter([*DENIED_TO_PROGRAMS, *_DENIED_TO_SINGLE_PROCESSES])
    program.add_rule(sc.ERRNO(errno.EPERM), "tgkill", sc.Arg(0, sc.NE, PID_PLACEHOLDER))
    program.add_rule(sc.ERRNO(errno.EPERM), "prlimit64", sc.Arg(0, sc.NE, 0))  # of other processes
    program.add_rule(sc.ERRNO(errno.EPERM), "prlimit64", sc.Arg(2, sc.NE, 0))  # its own can only be read
    for command in _FCNTL_OWNERS:  # the kernel ignores the upper half
        program.add_rule(sc.ERRNO(errno.EPERM), "fcntl", sc.Arg(1, sc.MASKED_EQ, 0xFFFFFFFF, command))
    program.add_rule(sc.ERRNO(errno.EPERM), "clone", sc.Arg(0, sc.MASKED_EQ, _CLONE_THREAD, 0))
    # clone3 hides its flags behind a pointer, so glibc is told to fall back to clone.
    program.add_rule(sc.ERRNO(errno.ENOSYS), "clone3")
    return export_program(program)


def _build_filter(denied: Iterable[str]) -> Any:
    import pyseccomp as sc  # raises at import when the library is missing

    program = sc.SyscallFilter(sc.ALLOW)
    for name in dict.fromkeys(denied):
        add_rule(program, sc.ERRNO(errno.EPERM), name)
    return program


def add_rule(program: Any, action: int, name: str, *arguments: object) -> None:
    """Adds a rule for a system call to a libseccomp filter; none for a call that this architecture does not have."""
    import pyseccomp as sc

    if sc.resolve_syscall(sc.system_arch(), name) >= 0:
        program.add_rule(action, name, *arguments)


def export_program(program: object) -> bytes:
    """Returns a libseccomp filter as a BPF program."""
    import tempfile  # not at the top, since programs are loaded where starting quickly matters

    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)  # type: ignore[attr-defined]
        file.seek(0)
        return file.read()


def load_program(program: bytes) -> None:
    """Binds the calling thread to the program for good, as process `os.getpid()`. Requires no_new_privs."""
    instruction = struct.Struct("=HBBI")
    own = os.getpid()
    patched = b"".join(
        instruction.pack(code, yes, no, own if k == PID_PLACEHOLDER else k)
        for code, yes, no, k in instruction.iter_unpack(program)
    )
    text = ctypes.create_string_buffer(patched, len(patched))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(patched) // instruction.size, ctypes.addressof(text)))
    kernel.prctl(kernel.PR_SET_SECCOMP, kernel.SECCOMP_MODE_FILTER, ctypes.addressof(header))
