"""Creates empty files without end: it must not use up the file system's inodes."""

# ends: output

from manim import Scene


class Hostile(Scene):
    def construct(self):
        number = 0
        while True:
            open(f"empty-{number}", "w").close()
            number += 1
