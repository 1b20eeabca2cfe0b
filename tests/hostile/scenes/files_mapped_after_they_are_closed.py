"""Keeps footage mapped and changes it while the job ends: what was checked must not change afterwards."""

# ends: sandbox crash

import mmap
import os
import threading

from manim import Scene


class Hostile(Scene):
    def construct(self):
        with open("footage.mp4", "wb") as file:
            file.write(os.urandom(1 << 16))
        handle = os.open("footage.mp4", os.O_RDWR)
        view = mmap.mmap(handle, 1 << 16)

        def scribble():
            while True:
                view[:16] = os.urandom(16)

        for _ in range(3):
            threading.Thread(target=scribble, daemon=True).start()
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
