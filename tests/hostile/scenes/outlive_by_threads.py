"""Leaves threads running and refuses to exit: it must not outlive its result."""

# ends: ok

import atexit
import threading
import time

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for _ in range(2):
            threading.Thread(target=time.sleep, args=(600,)).start()
        atexit.register(time.sleep, 600)
        self.wait(0.1)
