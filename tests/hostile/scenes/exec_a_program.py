"""Executes a host program, the loader, and a program of its own: it must not start any of them."""

# ends: ok

import os
import sys

from manim import Scene


class Hostile(Scene):
    def construct(self):
        os.set_inheritable(1, True)  # or what a program says would be lost
        open("own", "wb").write(b"#!/bin/sh\necho ESCAPED\n")
        for path, arguments in (
            ("/bin/sh", ["sh", "-c", "echo ESCAPED"]),
            (sys.executable, ["python", "-c", "print('ESCAPED')"]),
            ("/lib64/ld-linux-x86-64.so.2", ["ld", "/bin/echo", "ESCAPED"]),
            ("own", ["own"]),
        ):
            try:
                os.execv(path, arguments)
            except OSError as error:
                print("refused", path, error)
        self.wait(0.1)
