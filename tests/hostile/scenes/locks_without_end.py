"""Locks bytes of files without end, each in memory of the kernel's: it must not take any, and the job must end."""

# ends: ok

import fcntl
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        files = [os.open(f"locked-{n}", os.O_RDWR | os.O_CREAT) for n in range(16)]
        for at in range(2000):
            for fd in files:
                fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 2 * at)
        for fd in files:
            os.close(fd)
        try:
            fcntl.lockf(os.open("locked-0", os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("ESCAPED: the kernel looked at the lock")  # it refuses this one
        self.wait(0.5)
