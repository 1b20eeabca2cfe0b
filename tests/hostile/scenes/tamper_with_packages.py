"""Rewrites manim, the scene kit and the standard library on disk: the next job must not load a changed byte."""

# ends: ok

import json
import os

import manim
from manim import Scene

import lectern.scenekit.job


class Hostile(Scene):
    def construct(self):
        for module in (manim, lectern.scenekit.job, json):
            for path in (
                module.__file__,
                str(module.__cached__),
                os.path.dirname(module.__file__) + "/sitecustomize.py",
            ):
                try:
                    open(path, "ab").write(b"\nprint('ESCAPED')\n")
                    print("ESCAPED wrote", path)
                except OSError as error:
                    print("refused", path, error)
        self.wait(0.1)
