"""Makes the kernel's most dangerous calls directly: none must succeed; it must not widen its rights."""

# ends: ok

import ctypes

from manim import Scene

# x86-64 numbers: the job reaches the kernel without any Python in between.
CALLS = (
    ("io_uring_setup", 425, 8, ctypes.create_string_buffer(120)),
    ("bpf", 321, 0, ctypes.create_string_buffer(128), 128),
    ("userfaultfd", 323, 0),
    ("perf_event_open", 298, ctypes.create_string_buffer(128), 0, -1, -1, 0),
    ("keyctl", 250, 0, -3, 1),
    ("add_key", 248, b"user", b"x", b"y", 1, -2),
    ("request_key", 249, b"user", b"x", 0, 0),
    ("unshare user", 272, 0x10000000),
    ("unshare files", 272, 0x400),
    ("setns", 308, 3, 0),
    ("mount", 165, b"x", b"/", b"tmpfs", 0, 0),
    ("umount2", 166, b"/", 2),
    ("pivot_root", 155, b".", b"."),
    ("chroot", 161, b"."),
    ("fsopen", 430, b"tmpfs", 0),
    ("open_tree", 428, -100, b"/", 1),
    ("memfd_create", 319, b"x", 0),
    ("memfd_secret", 447, 0),
    ("personality", 135, 0x0040000),
    ("shmget", 29, 0, 4096, 0o1600),
    ("inotify_init1", 294, 0),
    ("fanotify_init", 300, 0, 0),
    ("signalfd4", 289, -1, b"", 8, 0),
    ("timerfd_create", 283, 1, 0),
    ("name_to_handle_at", 303, -100, b"/", ctypes.create_string_buffer(136), ctypes.create_string_buffer(4), 0),
    ("open_by_handle_at", 304, -100, ctypes.create_string_buffer(136), 0),
    ("kexec_load", 246, 0, 0, 0, 0),
    ("reboot", 169, 0, 0, 0),
    ("swapon", 167, b"x", 0),
    ("acct", 163, b"x"),
    ("init_module", 175, b"", 0, b""),
    ("iopl", 172, 3),
    ("ioperm", 173, 0, 1, 1),
    ("modify_ldt", 154, 0, 0, 0),
    ("vhangup", 153),
    ("sethostname", 170, b"x", 1),
    ("settimeofday", 164, 0, 0),
    ("syslog", 103, 10, 0, 0),
    ("lookup_dcookie", 212, 0, 0, 0),
    ("kcmp", 312, 1, 1, 0, 0, 0),
    ("process_madvise", 440, 3, 0, 0, 0, 0),
    ("pidfd_open", 434, 1, 0),
    ("landlock_create_ruleset", 444, 0, 0, 1),
    ("seccomp", 317, 0, 0, 0),
    ("setuid", 105, 0),
    ("setgid", 106, 0),
    ("capset", 126, 0, 0),
    ("splice", 275, 3, 0, 3, 0, 1, 0),
    ("vmsplice", 278, 3, 0, 0, 0),
    ("tee", 276, 3, 3, 1, 0),
    ("sync", 162),
    ("mlockall", 151, 1),
    ("openat2", 437, -100, b".", ctypes.create_string_buffer(24), 24),
    ("remap_file_pages", 216, 0, 0, 0, 0, 0),
    ("mbind", 237, 0, 0, 0, 0, 0, 0),
    ("set_mempolicy", 238, 0, 0, 0),
    ("migrate_pages", 256, 0, 0, 0, 0),
    ("quotactl", 179, 0, 0, 0, 0),
)
libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        for name, number, *arguments in CALLS:
            if libc.syscall(number, *arguments) >= 0:
                print("ESCAPED", name)
        self.wait(0.1)
