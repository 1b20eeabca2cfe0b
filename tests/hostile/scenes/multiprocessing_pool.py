"""Starts worker processes the usual way: it must not get one, or hang the renderer's pool."""

# ends: ok

import multiprocessing

from manim import Scene


class Hostile(Scene):
    def construct(self):
        try:
            with multiprocessing.Pool(2) as pool:
                print("ESCAPED", pool.map(abs, [1]))
        except OSError as error:
            print("refused", error)
        self.wait(0.1)
