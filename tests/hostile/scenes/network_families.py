"""Opens a socket of every family: it must not get one, as each is kernel attack surface."""

# ends: ok

import ctypes

from manim import Scene

libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        for family in range(46):
            for kind in (1, 2, 3, 5):
                if (plug := libc.socket(family, kind, 0)) >= 0:
                    print("ESCAPED socket", family, kind, plug)
        if libc.socketpair(1, 1, 0, (ctypes.c_int * 2)()) == 0:
            print("ESCAPED socketpair")
        self.wait(0.1)
