"""Starts threads without end: it must not starve a neighbour of threads."""

# limits: idle_seconds=5
# ends: ok error memory threads idle cpu

import threading
import time

from manim import Scene


class Hostile(Scene):
    def construct(self):
        started = 0
        try:
            while started < 5000:
                threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
                started += 1
        except (RuntimeError, MemoryError) as error:
            print("refused after", started, error)
        if started > 400:
            print("ESCAPED", started, "threads")
        self.wait(0.1)
