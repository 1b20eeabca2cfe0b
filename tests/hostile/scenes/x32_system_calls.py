"""Makes x32 system calls, the same numbers with a bit set: the filter must not be blind to them."""

# ends: crash

import ctypes

from manim import Scene


class Hostile(Scene):
    def construct(self):
        libc = ctypes.CDLL(None)
        if libc.syscall(0x40000000 + 41, 2, 1, 0) >= 0:
            print("ESCAPED x32 socket")
        print("ESCAPED the filter did not kill")
