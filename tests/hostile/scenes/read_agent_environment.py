"""Reads the agent's environment, memory and files through /proc: it must not see the secret it was started with."""

# ends: ok

import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for pid in (TARGETS["victim"], TARGETS["agent"], *TARGETS["sandbox"], os.getppid(), 1):
            for name in (
                "environ",
                "mem",
                "maps",
                "cmdline",
                "fd/0",
                "root/etc/passwd",
                "cwd/secret.txt",
                "auxv",
                "task",
            ):
                try:
                    handle = os.open(f"/proc/{pid}/{name}", os.O_RDONLY)
                    print("ESCAPED", pid, name, os.read(handle, 4096))
                except OSError as error:
                    print("refused", pid, name, error)
        self.wait(0.1)
