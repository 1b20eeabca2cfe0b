"""Runs a program from an anonymous file: it must not create one or execute a descriptor."""

# ends: ok

import ctypes
import os

from manim import Scene

libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        handle = libc.syscall(319, b"program", 0)
        if handle >= 0:
            print("ESCAPED memfd_create")
        own = os.open("own", os.O_RDWR | os.O_CREAT, 0o755)
        libc.syscall(322, own, b"", (ctypes.c_char_p * 2)(b"own", None), None, 0x1000)
        print("still here")
        self.wait(0.1)
