"""Writes many files: together they must not fill the disk."""

# limits: files=4000
# ends: error output

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for number in range(10_000):
            with open(f"flood-{number}", "wb") as file:
                file.write(b"x" * (1 << 20))
