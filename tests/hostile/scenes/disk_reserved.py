"""Reserves disk space without writing it: it must not fill the disk before anybody looks."""

# ends: ok output

import ctypes
import os
import platform

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)
FALLOCATE = {"x86_64": 285, "aarch64": 47}[platform.machine()]


class Hostile(Scene):
    def construct(self):
        reserved = 0
        for number in range(100):
            with open(f"reserved-{number}", "wb") as file:
                for mode in (0, 1):  # 1: keep the size, which no limit on file size sees
                    size = ctypes.c_long(24 << 20)
                    if libc.syscall(FALLOCATE, file.fileno(), mode, ctypes.c_long(0), size) == 0:
                        reserved += 24 << 20
        if reserved > 64 << 20:
            print("ESCAPED", reserved, "bytes reserved", os.statvfs("."))
        self.wait(0.1)
