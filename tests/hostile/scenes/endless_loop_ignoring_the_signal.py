"""Computes forever and ignores the CPU limit's signal: it must not keep its core."""

# limits: cpu_seconds=1
# ends: cpu

import contextlib
import signal

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for number in range(1, 65):
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_IGN)
        while True:
            pass
