"""Makes its result a link to a host file, a folder, a queue and a device: the renderer must not follow or wait."""

# ends: crash

import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for make in (
            lambda: os.symlink(TARGETS["files"][0], "result.json"),
            lambda: os.mkfifo("result.json"),
            lambda: os.mkdir("result.json"),
            lambda: os.symlink("/dev/zero", "result.json"),
        )[:: -1 if os.getpid() % 2 else 1]:
            try:
                make()
            except OSError as error:
                print("refused", error)
        os._exit(0)
