"""Reverts what the sandbox set (privileges, dumpability, death signal, filter): it must not succeed."""

# ends: ok

import ctypes
import os

from manim import Scene

libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        for option, *values in (
            (22, 0),
            (22, 2, 0),
            (38, 0),
            (4, 2),
            (1, 0),
            (36, 1),
            (24, 0),
            (47, 2, 21),
            (8, 1),
            (28, 0),
            (31, 0),
            (0x59616D61, -1),
        ):
            if libc.prctl(option, *values, 0, 0, 0) >= 0:
                print("ESCAPED prctl", option, values)
        for attempt in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.seteuid(0)):
            try:
                attempt()
                print("ESCAPED", os.getuid())
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
