"""Truncates, deletes, renames, links and changes modes outside: it must not change a byte, name or mode."""

# ends: ok

import contextlib
import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for path in [*TARGETS["files"], TARGETS["open"]]:
            for attempt in (
                lambda: os.truncate(path, 0),
                lambda: open(path, "w"),
                lambda: open(path, "r+"),
                lambda: os.unlink(path),
                lambda: os.rename(path, "mine"),
                lambda: os.rename("scene.py", path),
                lambda: os.link(path, "linked"),
                lambda: os.mkdir(path + "/made"),
                lambda: open(path + "/made", "x"),
                lambda: os.mkfifo(path + ".fifo"),
            ):
                try:
                    attempt()
                    print("ESCAPED", path)
                except OSError as error:
                    print("refused", path, error)
            for quiet in (lambda: os.chmod(path, 0o777), lambda: os.utime(path, (0, 0)), lambda: os.chown(path, 0, 0)):
                with contextlib.suppress(OSError):
                    quiet()
        self.wait(0.1)
