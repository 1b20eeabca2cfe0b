"""Fills the TeX cache with what numbers and axes are made of: each glyph costs 0.3 s once and 10 ms ever after."""

from __future__ import annotations

from lectern.renderer.sandbox.job import Limits, RenderJob

_SCENE = r"""
from manim import MathTex, Scene

class Prewarm(Scene):
    def construct(self):
        for text in r"0 1 2 3 4 5 6 7 8 9 + - = . , ( ) \dots \% \cdot \times \pi \theta \alpha \Delta".split():
            MathTex(text)
        for text in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
            MathTex(text)
"""


def prewarm_job() -> RenderJob:
    """An ordinary job, in the ordinary sandbox, whose only effect is what the broker remembers of it."""
    settings = {
        "mode": "measure",
        "width": 128,
        "height": 72,
        "fps": 10,
        "seconds": 1.0,
        "beats": [],
        "tex": "broker",
    }
    return RenderJob(code=_SCENE, settings=settings, limits=Limits(wall_seconds=300, cpu_seconds=120))
