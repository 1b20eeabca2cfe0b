"""Mounts by the old calls and the new ones, and uncovers what is covered: it must not change what is where."""

# ends: ok

import ctypes

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        calls = (
            ("mount", 165, b"none", b"/", b"tmpfs", 0, 0),
            ("bind", 165, b"/", b"assets", 0, 4096, 0),
            ("remount", 165, b"none", b"/", 0, 32, 0),
            ("umount2", 166, b"/tmp", 2),
            ("umount2 /proc", 166, b"/proc", 2),
            ("fsopen", 430, b"proc", 0),
            ("open_tree", 428, -100, b"/", 1),
            ("move_mount", 429, -100, b".", -100, b"/", 0),
            ("mount_setattr", 442, -100, b"/", 0, 0, 0),
            ("pivot_root", 155, b".", b"assets"),
            ("chroot", 161, b"/"),
        )
        for name, number, *arguments in calls:
            if libc.syscall(number, *arguments) >= 0:
                print("ESCAPED", name)
        self.wait(0.1)
