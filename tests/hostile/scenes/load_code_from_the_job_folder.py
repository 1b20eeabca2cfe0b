"""Puts modules, caches and a shared object into its folder: no later job must load them; it must not gain a right."""

# ends: ok error

import ctypes
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for name in ("manim.py", "numpy.py", "sitecustomize.py", "usercustomize.py", "lectern.py", "evil.so"):
            open(name, "w").write("print('ESCAPED', __name__)")
        os.makedirs("__pycache__")
        open("__pycache__/manim.cpython-311.pyc", "wb").write(b"evil")
        open("manim.cfg", "w").write("[CLI]\nmedia_dir = /tmp\n")
        try:
            ctypes.CDLL(os.path.abspath("evil.so"))
            print("ESCAPED loaded")
        except OSError as error:
            print("refused", error)
        self.wait(0.1)
