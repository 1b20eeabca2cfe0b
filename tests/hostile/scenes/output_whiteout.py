"""Renames its footage so that a device is left in its place: it must not make a device, nor may anyone open it."""

# ends: crash sandbox

import ctypes
import os

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)
RENAMEAT2, HERE, WHITEOUT = 316, -100, 4


class Hostile(Scene):
    def construct(self):
        for name in ("footage.mp4", "result.json"):
            open("made", "wb").write(b'{"ok": true, "frames": 5}')
            os.replace("made", name)
            if libc.syscall(RENAMEAT2, HERE, name.encode(), HERE, b"elsewhere", WHITEOUT) == 0:
                print("ESCAPED", oct(os.lstat(name).st_mode))
        os._exit(0)
