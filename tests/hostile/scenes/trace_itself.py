"""Asks to be traced and stops: it must not wait for a tracer in its slot for ever, nor get one."""

# ends: idle ok crash
# limits: idle_seconds=2

import ctypes
import signal

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        if libc.ptrace(0, 0, 0, 0) >= 0:
            print("ESCAPED ptrace")
        signal.raise_signal(signal.SIGTSTP)
        signal.raise_signal(signal.SIGTTIN)
        self.wait(0.1)
