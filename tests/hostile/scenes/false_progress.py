"""Writes absurd progress (negative, infinite, text, far too large): it must not be reported or stop the job."""

# ends: ok

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for line in (
            b'{"frames": -5, "of": 1}',
            b'{"frames": 1e400, "of": 2}',
            b"[]",
            b"null",
            b'{"frames": 9, "of": 3}',
            b'{"frames": 99999999999, "of": 99999999999}',
            b'{"frames": true, "of": true}',
            b"\xff\xfe",
            b"[" * 150,
            b"x" * 5000,
        ):
            os.write(3, line + b"\n")
        self.wait(0.1)
