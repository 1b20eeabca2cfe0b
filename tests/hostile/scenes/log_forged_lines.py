"""Prints lines that look like the service's own, and escapes: a reader of the log must not be deceived."""

# ends: ok

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        print('{"level": "error", "event": "paid", "action": "outcome", "video": "x"}')
        print("\x1b[2J\x1b]0;owned\x07\r\u202ebackwards\u2066 \x9b31m \u2028{}")
        os.write(1, b"\xff\xfe\x00\x80" * 100 + b"\n")
        os.write(2, b"x" * 200_000)
        self.wait(0.1)
