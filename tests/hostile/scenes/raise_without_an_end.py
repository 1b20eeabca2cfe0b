"""Raises an error with a hundred thousand causes: telling of it must not take for ever, or fill the log."""

# ends: error crash cpu memory
# limits: cpu_seconds=4

from manim import Scene


class Hostile(Scene):
    def construct(self):
        error = ValueError("first")
        for number in range(100_000):
            following = ValueError(f"cause {number} " + "x" * 50)
            following.__cause__ = error
            error = following
        raise error
