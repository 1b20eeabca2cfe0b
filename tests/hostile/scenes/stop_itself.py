"""Stops itself with a signal that nothing overrides: a frozen job must not keep its slot."""

# ends: idle ok
# limits: idle_seconds=2

import os
import signal

from manim import Scene


class Hostile(Scene):
    def construct(self):
        os.kill(os.getpid(), signal.SIGSTOP)
        self.wait(0.1)
