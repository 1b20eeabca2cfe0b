"""Fills /dev/shm and System V shared memory: it must not hold memory that outlives it."""

# ends: ok

import ctypes

from manim import Scene


class Hostile(Scene):
    def construct(self):
        try:
            with open("/dev/shm/lectern-flood", "wb") as file:
                file.write(b"x" * (64 << 20))
            print("ESCAPED /dev/shm")
        except OSError as error:
            print("refused", error)
        libc = ctypes.CDLL(None)
        if libc.shmget(0, 1 << 20, 0o1600) >= 0:
            print("ESCAPED shmget")
        if libc.msgget(0, 0o1600) >= 0 or libc.semget(0, 1, 0o1600) >= 0:
            print("ESCAPED msgget or semget")
        if libc.mq_open(b"/lectern-flood", 0o102, 0o600, None) >= 0:
            print("ESCAPED mq_open")
        self.wait(0.1)
