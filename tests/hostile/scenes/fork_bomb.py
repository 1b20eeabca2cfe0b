"""Forks as fast as it can: it must not get a single child."""

# ends: ok

import os
import time

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for _ in range(200):
            try:
                if os.fork() == 0:
                    time.sleep(600)
                print("ESCAPED forked")
            except OSError as error:
                refused = error
        print(refused)
        self.wait(0.1)
