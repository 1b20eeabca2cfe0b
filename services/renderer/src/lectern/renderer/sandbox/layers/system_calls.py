"""The system calls a job may make. All others fail with EPERM; calls for another architecture kill the job.

libseccomp turns the list into a program once, in the zygote; a child patches its own process id in and loads it.
Arguments are compared only to allow a call, never to deny it: the caller chooses the upper half of a 32-bit argument.
"""

# ruff: noqa: SIM905  (two hundred names are easier to read as text than as a list)

from __future__ import annotations

import errno
import fcntl
import os
import termios
from functools import partial

from lectern.confinement import seccomp

_ALLOWED = """
read write readv writev pread64 pwrite64 preadv pwritev lseek creat close
stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat getdents getdents64
getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat ftruncate
copy_file_range sendfile umask
dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
eventfd eventfd2
munmap mprotect mremap brk mincore
futex set_robust_list get_robust_list rseq set_tid_address exit exit_group wait4 waitid
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause
getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp
getrusage getrlimit times sysinfo uname getcpu
clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time getitimer setitimer alarm
sched_yield sched_get_priority_max sched_get_priority_min
getrandom restart_syscall
""".split()

# Calls that common code makes without depending on their effect: they report success and do nothing. Some would have a
# job wait for a disk, which passes for a busy machine, or slow its neighbours' disk: nothing of a job needs to last.
_IGNORED = """
fsync fdatasync msync sync_file_range fadvise64
chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat
""".split()

# Calls whose callers do without after ENOTSUP. shutil.copytree fails on EPERM from the first ones. fallocate takes any
# amount of disk in no time, with some modes past RLIMIT_FSIZE; posix_fallocate(3) then writes instead.
_UNSUPPORTED = """
fallocate getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr
removexattr lremovexattr fremovexattr
""".split()

_ALLOWED_FCNTL = (
    fcntl.F_DUPFD,
    fcntl.F_DUPFD_CLOEXEC,
    fcntl.F_GETFD,
    fcntl.F_SETFD,
    fcntl.F_GETFL,
    fcntl.F_GETLK,
    1032,  # F_GETPIPE_SZ
)
# A lock on part of a file takes memory of the kernel that no limit counts, and a job shares its files with nobody.
_IGNORED_FCNTL = (fcntl.F_SETLK, fcntl.F_SETLKW)
_ALLOWED_IOCTL = (
    termios.TCGETS,
    termios.TIOCGWINSZ,
    termios.FIONREAD,
    termios.FIONBIO,
    termios.FIOCLEX,
    termios.FIONCLEX,
)
_ALLOWED_PRCTL = (15, 16, 3, 0x53564D41)  # set and get the thread's name, get dumpable, name a mapping
# Calls about a process, which may only be the caller itself. Without a PID namespace they would answer for others too.
_ABOUT_ITSELF = ("getpgid", "getsid", "sched_getaffinity", "sched_getparam", "sched_getscheduler")
# What pthread_create(3) asks for: VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID. A
# thread with descriptors of its own could hide open files from the watcher.
_CLONE_PTHREAD = 0x003D0F00
_O_ASYNC = 0o20000
_WAITING_FOR_DISK = os.O_DIRECT | os.O_DSYNC  # O_SYNC includes the latter
# Advice about memory that the C library and allocators give: normal to dontneed, free, huge pages, fork, dumps, guards.
# Not among it: to page out at once, which is another way to wait for a disk.
_ALLOWED_ADVICE = (*range(5), 8, 10, 11, 14, 15, 16, 17, 102, 103)

_MAP_HUGETLB = 0x40000  # from a pool of the whole machine, which no limit of a job counts
_RENAME_WHITEOUT = 4  # leaves a device behind
# Commands that interrupt or register only the caller's own threads. The others wait for every processor, asleep as if
# for a disk, which passes for a busy machine.
_ALLOWED_BARRIERS = (0, 8, 16, 32, 64)

# The broker starts guards in PID namespaces, at a priority. What they start has a list of its own, of what it may do.
_ALLOWED_TO_BROKER = frozenset({"unshare", "setpriority"})


def build_job_program() -> bytes:
    """Compiles the allow-list of a job to BPF. Raises RuntimeError or OSError when libseccomp is missing or too old."""
    import pyseccomp as sc  # raises at import when the library is missing; a start-up check reports that

    program = sc.SyscallFilter(sc.ERRNO(errno.EPERM))
    rule = partial(seccomp.add_rule, program)
    for name in _ALLOWED:
        rule(sc.ALLOW, name)
    for name in _IGNORED:
        rule(sc.ERRNO(0), name)
    for name in _UNSUPPORTED:
        rule(sc.ERRNO(errno.ENOTSUP), name)
    rule(sc.ALLOW, "open", sc.Arg(1, sc.MASKED_EQ, _WAITING_FOR_DISK, 0))
    rule(sc.ALLOW, "openat", sc.Arg(2, sc.MASKED_EQ, _WAITING_FOR_DISK, 0))
    for value in _ALLOWED_ADVICE:
        rule(sc.ALLOW, "madvise", sc.Arg(2, sc.EQ, value))
    for value in _ALLOWED_FCNTL:
        rule(sc.ALLOW, "fcntl", sc.Arg(1, sc.EQ, value))
    for value in _IGNORED_FCNTL:
        rule(sc.ERRNO(0), "fcntl", sc.Arg(1, sc.EQ, value))
    rule(sc.ALLOW, "fcntl", sc.Arg(1, sc.EQ, fcntl.F_SETFL), sc.Arg(2, sc.MASKED_EQ, _O_ASYNC | os.O_DIRECT, 0))
    for value in _ALLOWED_IOCTL:
        rule(sc.ALLOW, "ioctl", sc.Arg(1, sc.EQ, value))
    for value in _ALLOWED_PRCTL:
        rule(sc.ALLOW, "prctl", sc.Arg(0, sc.EQ, value))
    # Its own limits can be read. None can be lowered: a core dump of no bytes still starts the machine's handler.
    rule(sc.ALLOW, "prlimit64", sc.Arg(0, sc.EQ, 0), sc.Arg(2, sc.EQ, 0))
    rule(sc.ALLOW, "mmap", sc.Arg(3, sc.MASKED_EQ, _MAP_HUGETLB, 0))
    rule(sc.ALLOW, "renameat2", sc.Arg(4, sc.MASKED_EQ, _RENAME_WHITEOUT, 0))
    for value in _ALLOWED_BARRIERS:
        rule(sc.ALLOW, "membarrier", sc.Arg(0, sc.EQ, value))
    for name in ("kill", "tgkill"):
        rule(sc.ALLOW, name, sc.Arg(0, sc.EQ, seccomp.PID_PLACEHOLDER))
    for name in _ABOUT_ITSELF:
        for own in (0, seccomp.PID_PLACEHOLDER):
            rule(sc.ALLOW, name, sc.Arg(0, sc.EQ, own))
    rule(sc.ALLOW, "getpriority", sc.Arg(0, sc.EQ, os.PRIO_PROCESS), sc.Arg(1, sc.EQ, 0))
    rule(sc.ALLOW, "close_range", sc.Arg(2, sc.EQ, 0))  # no flags: with some it copies the descriptor table
    # Threads, never processes. clone3 hides its flags behind a pointer, so glibc is told to fall back to clone.
    rule(sc.ALLOW, "clone", sc.Arg(0, sc.EQ, _CLONE_PTHREAD))
    rule(sc.ERRNO(errno.ENOSYS), "clone3")
    return seccomp.export_program(program)


def build_broker_program() -> bytes:
    """Compiles the deny-list of the TeX broker and its guards to BPF: sockets, tracing, mounts, links and more."""
    return seccomp.build_deny_program(name for name in seccomp.DENIED_TO_PROGRAMS if name not in _ALLOWED_TO_BROKER)
