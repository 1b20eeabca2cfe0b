"""Looks for the zygote's socket among its descriptors: it must not find one."""

# ends: ok

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for fd in range(3, 1024):
            try:
                kind = os.fstat(fd).st_mode & 0o170000
            except OSError:
                continue
            print(fd, oct(kind))
            if kind == 0o140000:
                print("ESCAPED a socket", fd)
                os.write(fd, b"\x82\xa4type\xa5start")
        self.wait(0.1)
