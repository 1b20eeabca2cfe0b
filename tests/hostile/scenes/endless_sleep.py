"""Sleeps forever with every signal ignored and blocked: it must not keep its slot."""

# limits: idle_seconds=1
# ends: idle

import contextlib
import signal
import time

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for number in range(1, 65):
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        while True:
            with contextlib.suppress(BaseException):
                time.sleep(600)
