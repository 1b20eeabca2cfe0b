"""Runs a shell by subprocess, os.system, popen and posix_spawn: it must not run a command or leave a file."""

# ends: ok

import json
import os
import subprocess

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        target = TARGETS["open"] + "/shell-was-here"
        for attempt in (
            lambda: subprocess.run(["/bin/sh", "-c", f"touch {target}"], check=True),
            lambda: os.popen(f"touch {target}").read(),
            lambda: os.posix_spawn("/bin/sh", ["sh", "-c", f"touch {target}"], {}),
        ):
            try:
                attempt()
                print("ESCAPED a shell ran")
            except OSError as error:
                print("refused", error)
        if os.system(f"touch {target}") == 0:
            print("ESCAPED system")
        self.wait(0.1)
