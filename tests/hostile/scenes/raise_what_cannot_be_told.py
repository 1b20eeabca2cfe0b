"""Raises an error whose text computes for ever: telling of it must not outlast its limit."""

# ends: cpu
# limits: cpu_seconds=1

from manim import Scene


class Hostile(Scene):
    def construct(self):
        class Untold(Exception):
            def __str__(self):
                while True:
                    pass

            __repr__ = __str__

        raise Untold
