"""The system calls that LaTeX, dvisvgm and what they start may make. All others fail with EPERM.

Stricter than the broker itself needs: no call that reaches another process (signals, limits, priorities, tracing), none
that leaves the session or the group that the guard started, no socket, no link, no namespace.
"""

# ruff: noqa: SIM905  (names are easier to read as text than as a list)

from __future__ import annotations

import errno
import fcntl
import termios
from functools import partial

from lectern.confinement import seccomp

_ALLOWED = """
read write readv writev pread64 pwrite64 lseek open creat openat close
stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat getdents getdents64
getcwd chdir fchdir rmdir unlink unlinkat rename renameat renameat2 ftruncate fadvise64
fsync fdatasync copy_file_range sendfile flock
dup dup2 dup3 pipe pipe2 poll ppoll select pselect6
mmap munmap mprotect mremap madvise brk msync arch_prctl
futex set_robust_list get_robust_list rseq set_tid_address exit exit_group wait4 waitid
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause
execve getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp
getrusage getrlimit times sysinfo uname getcpu
clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time alarm
sched_yield sched_getaffinity getrandom restart_syscall
""".split()

# Scripts and C libraries make these without depending on their effect: they report success and do nothing.
_IGNORED = "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat".split()

_ALLOWED_FCNTL = (
    fcntl.F_DUPFD,
    fcntl.F_DUPFD_CLOEXEC,
    fcntl.F_GETFD,
    fcntl.F_SETFD,
    fcntl.F_GETFL,
    fcntl.F_GETLK,
    fcntl.F_SETLK,
    fcntl.F_SETLKW,
)
_ALLOWED_IOCTL = (termios.TCGETS, termios.TIOCGWINSZ, termios.FIONREAD, termios.FIOCLEX, termios.FIONCLEX)
_O_ASYNC = 0o20000
_OWNER_MAY_ENTER = 0o700
_CLONE_NAMESPACES = 0x7E020080


def build_program_filter(*, processes: bool) -> bytes:
    """Compiles the allow-list to BPF. Without `processes` a program cannot start another, so nothing can outlive it.

    Raises RuntimeError or OSError when libseccomp is missing or too old.
    """
    import pyseccomp as sc  # raises at import when the library is missing

    program = sc.SyscallFilter(sc.ERRNO(errno.EPERM))
    rule = partial(seccomp.add_rule, program)
    for name in _ALLOWED:
        rule(sc.ALLOW, name)
    for name in _IGNORED:
        rule(sc.ERRNO(0), name)
    for value in _ALLOWED_FCNTL:
        rule(sc.ALLOW, "fcntl", sc.Arg(1, sc.EQ, value))
    rule(sc.ALLOW, "fcntl", sc.Arg(1, sc.EQ, fcntl.F_SETFL), sc.Arg(2, sc.MASKED_EQ, _O_ASYNC, 0))
    for value in _ALLOWED_IOCTL:
        rule(sc.ALLOW, "ioctl", sc.Arg(1, sc.EQ, value))
    rule(sc.ALLOW, "prlimit64", sc.Arg(0, sc.EQ, 0), sc.Arg(2, sc.EQ, 0))  # its own limits, and only to read them
    rule(sc.ALLOW, "fallocate", sc.Arg(1, sc.EQ, 0))  # other modes are not bounded by RLIMIT_FSIZE
    # A folder that its owner may not enter could not be wiped.
    rule(sc.ALLOW, "mkdir", sc.Arg(1, sc.MASKED_EQ, _OWNER_MAY_ENTER, _OWNER_MAY_ENTER))
    rule(sc.ALLOW, "mkdirat", sc.Arg(2, sc.MASKED_EQ, _OWNER_MAY_ENTER, _OWNER_MAY_ENTER))
    rule(sc.ALLOW, "umask", sc.Arg(0, sc.MASKED_EQ, _OWNER_MAY_ENTER, 0))
    rule(sc.ERRNO(errno.ENOSYS), "clone3")  # its flags lie behind a pointer: glibc falls back to clone
    if processes:
        rule(sc.ALLOW, "fork")
        rule(sc.ALLOW, "vfork")
        rule(sc.ALLOW, "clone", sc.Arg(0, sc.MASKED_EQ, _CLONE_NAMESPACES, 0))
    return seccomp.export_program(program)
