"""Raises at exit, in destructors and threads, and SystemExit in the scene: it must not hang or count as done."""

# ends: error crash

import atexit
import sys
import threading

from manim import Scene


class Hostile(Scene):
    def construct(self):
        atexit.register(lambda: 1 / 0)
        threading.excepthook = sys.excepthook = None
        threading.Thread(target=lambda: 1 / 0).start()
        self.__class__.__del__ = lambda _: 1 / 0
        raise SystemExit(0)
