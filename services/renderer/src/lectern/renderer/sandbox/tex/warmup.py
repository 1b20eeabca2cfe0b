"""Fills the TeX cache with the glyphs of numbers and axes: the first use of each costs 0.3 s, later ones 10 ms.

It begins once a scene has asked for a formula, so that it costs nothing where nobody writes LaTeX.
"""

from __future__ import annotations

from lectern.renderer.sandbox.job import JobLimits, RenderJob

WARMUP_MARKER = "prewarmed"  # a file in the TeX folder once its cache is filled
_SCENE = r"""
from manim import MathTex, Scene

class Warmup(Scene):
    def construct(self):
        for text in r"0 1 2 3 4 5 6 7 8 9 + - = . , ( ) \dots \% \cdot \times \pi \theta \alpha \Delta".split():
            MathTex(text)
        for text in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
            MathTex(text)
"""


def build_warmup_job() -> RenderJob:
    """Builds an ordinary job, run in the ordinary sandbox, at the lowest priority, which fills the broker's cache."""
    settings = {
        "mode": "measure",
        "width": 128,
        "height": 72,
        "fps": 10,
        "seconds": 1.0,
        "beats": [],
        "tex": "broker",
    }
    return RenderJob(code=_SCENE, settings=settings, limits=JobLimits(idle_seconds=3600, cpu_seconds=120, nice=19))
