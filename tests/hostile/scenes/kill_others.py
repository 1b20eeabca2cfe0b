"""Signals every process it can name, and all at once: it must not kill or stop any but itself."""

# ends: ok

import ctypes
import json
import os
import signal

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        for pid in (TARGETS["victim"], TARGETS["agent"], *TARGETS["sandbox"], os.getppid(), -1, 0, -TARGETS["victim"]):
            for number in (0, signal.SIGSTOP, signal.SIGKILL):
                try:
                    os.kill(pid, number)
                    print("ESCAPED kill", pid, number)
                except OSError as error:
                    print("refused", pid, error)
            for number, *arguments in (
                (200, pid, 9),
                (234, pid, pid, 9),
                (424, libc.syscall(434, pid, 0), 9, 0, 0),
                (129, pid, 9, 0),
            ):
                if libc.syscall(number, *arguments) == 0:
                    print("ESCAPED system call", number)
        self.wait(0.1)
