"""Patches manim, the encoder and the result writer in memory: the next job must not see any of it."""

# ends: crash sandbox error

import builtins
import os

import manim
from manim import Scene

import lectern.scenekit.footage
import lectern.scenekit.job


class Hostile(Scene):
    def construct(self):
        manim.Circle.__init__ = lambda *_, **__: print("ESCAPED into the next job")
        lectern.scenekit.footage.FootageWriter.write = lambda *_, **__: None
        lectern.scenekit.job._write_result = lambda path, _: path.write_text('{"ok": true, "frames": 5}')
        builtins.open = None
        os.write = None
