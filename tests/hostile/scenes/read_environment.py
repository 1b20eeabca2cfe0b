"""Prints its own environment and arguments: they must not hold a secret or a setting of the service."""

# ends: ok

import ctypes
import os
import sys

from manim import Scene


class Hostile(Scene):
    def construct(self):
        environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
        count = 0
        while environ[count]:
            print(environ[count])
            count += 1
        print(os.environ, sys.argv)
        if set(os.environ) - {"HOME", "TMPDIR", "LANG", "PATH", "OPENBLAS_NUM_THREADS"}:
            print("ESCAPED variables", sorted(os.environ))
        self.wait(0.1)
