"""Divides its memory into as many mappings as there may be: it must not use up the kernel's memory or the machine's."""

# ends: ok error memory crash
# limits: idle_seconds=5

import mmap

from manim import Scene

pieces = []


class Hostile(Scene):
    def construct(self):
        count = 0
        try:
            while count < 1_000_000:
                piece = mmap.mmap(-1, 8192, prot=mmap.PROT_READ | (count % 2) * mmap.PROT_WRITE)
                pieces.append(piece)
                count += 1
        except (OSError, ValueError, MemoryError) as error:
            print("refused", error)
        pieces.clear()
        if count >= 1_000_000:
            print("ESCAPED mappings")
        self.wait(0.1)
