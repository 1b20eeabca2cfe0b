"""Starts worker processes the usual way: it must not get one, and must not hang the pool of renderers either."""

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
