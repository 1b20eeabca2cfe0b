"""Takes locks and leases on the files that all jobs read: it must not delay the next one."""

# ends: ok

import fcntl
import sys

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for module in list(sys.modules.values())[:300]:
            path = getattr(module, "__file__", None)
            if not path:
                continue
            try:
                file = open(path)
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            except OSError:
                continue
        self.wait(0.1)
