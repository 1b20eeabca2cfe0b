"""Writes deleted files from threads that try to have descriptors of their own: hidden bytes must not fill the disk."""

# ends: ok output crash

import ctypes
import os
import platform
import threading
import time

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)
CLOSE_RANGE = 436
UNSHARE = {"x86_64": 272, "aarch64": 97}[platform.machine()]
EXIT = {"x86_64": 60, "aarch64": 93}[platform.machine()]


def flood():
    if libc.syscall(CLOSE_RANGE, ctypes.c_long(900), ctypes.c_long(901), ctypes.c_long(2)) == 0:
        print("ESCAPED with descriptors of its own, by close_range")
    if libc.syscall(UNSHARE, ctypes.c_long(0x400)) == 0:
        print("ESCAPED with descriptors of its own, by unshare")
    hidden = []
    while True:
        try:
            hidden.append(open("flood", "wb"))
            os.unlink("flood")
            for _ in range(16):
                hidden[-1].write(b"x" * (1 << 20))
                hidden[-1].flush()
        except OSError:
            pass
        time.sleep(0.005)


class Hostile(Scene):
    def construct(self):
        threading.Thread(target=flood, daemon=True).start()
        libc.syscall(EXIT, ctypes.c_long(0))  # only this thread: the process goes on without its first one
