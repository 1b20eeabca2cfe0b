"""Opens pipes, copies and event counters until none is left: it must not use up those of others."""

# ends: ok error

import contextlib
import fcntl
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        kept = []
        try:
            while True:
                kept += os.pipe()
        except OSError as error:
            print("refused", error)
        if len(kept) > 200:
            print("ESCAPED", len(kept))
        for handle in kept:
            with contextlib.suppress(OSError):
                fcntl.fcntl(handle, 1031, 1 << 24)  # as much memory of the kernel's as a pipe may take
        for handle in kept:
            os.close(handle)
        self.wait(0.1)
