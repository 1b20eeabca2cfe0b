"""Nests folders deep and fills them with files: looking at them must not stop the supervisor."""

# ends: ok output error

import os
import time

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for _ in range(180):
            os.mkdir("f" * 200)
            os.chdir("f" * 200)
        for number in range(200):
            open(f"{number}-" + "n" * 200, "w").close()
        for _ in range(20):
            time.sleep(0.1)
            os.listdir(".")
