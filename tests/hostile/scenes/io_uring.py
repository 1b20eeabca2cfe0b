"""Sets up an io_uring to make its system calls unseen: it must not get one."""

# ends: ok

import ctypes
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        libc = ctypes.CDLL(None, use_errno=True)
        for number, *arguments in (
            (425, 32, ctypes.create_string_buffer(120)),
            (426, 3, 1, 0, 0, 0),
            (427, 3, 0, 0, 0),
        ):
            result = libc.syscall(number, *arguments)
            print(number, result, os.strerror(ctypes.get_errno()))
            if result >= 0 or ctypes.get_errno() != 1:
                print("ESCAPED", number)
        self.wait(0.1)
