"""Starts a process by each raw system call (fork, vfork, clone, clone3): it must not get a child."""

# ends: ok

import ctypes

from manim import Scene

libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        for flags in (17, 0, 0x80000000, 0x10000000 | 17, 0x20000000 | 17, 0x00000100 | 17, 0x00004100 | 17):
            pid = libc.syscall(56, flags, 0, 0, 0, 0)
            if pid == 0:
                libc._exit(0)
            if pid > 0:
                print("ESCAPED clone", hex(flags), flush=True)
        arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17)
        for number, *rest in ((57,), (435, arguments, 88)):
            pid = libc.syscall(number, *rest)
            if pid == 0:
                libc._exit(0)
            if pid > 0:
                print("ESCAPED system call", number, flush=True)
        self.wait(0.1)
