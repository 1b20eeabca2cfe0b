"""Walks the file system from the root: it must not list home folders, configuration or processes."""

# ends: ok

import os

from manim import Scene

# A root made for this job alone may be listed; it has none of these.
HOST = {"home", "boot", "srv", "sbin", "passwd", "hosts", ".bashrc", ".profile", "self", "kernel", "log", "shm", "kmsg"}


class Hostile(Scene):
    def construct(self):
        for place in (
            "/",
            "/root",
            "/home",
            "/etc",
            "/proc",
            "/sys",
            "/var",
            "/run",
            "/tmp",
            "/dev",
            "/dev/shm",
            "/mnt",
            "/boot",
        ):
            try:
                seen = os.listdir(place)
                print("ESCAPED" if set(seen) & HOST else "a root of its own:", place, seen)
            except OSError as error:
                print("refused", place, error)
        self.wait(0.1)
