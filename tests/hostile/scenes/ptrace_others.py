"""Attaches to the agent, the zygote and its parent: it must not trace anything."""

# ends: ok

import ctypes
import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        for pid in (TARGETS["victim"], TARGETS["agent"], *TARGETS["sandbox"], os.getppid()):
            for request in (16, 0x4206):
                if libc.ptrace(request, pid, 0, 0) == 0:
                    print("ESCAPED ptrace", pid)
        if libc.ptrace(0, 0, 0, 0) == 0:
            print("ESCAPED traceme")
        self.wait(0.1)
