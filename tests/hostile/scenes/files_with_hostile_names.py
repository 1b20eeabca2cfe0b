"""Names files with line breaks, escapes, bytes that are no text and 255 letters: they must not stop the wiping or reach a log."""

# ends: ok error output

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        names = (
            b"\n",
            b"\x1b]0;owned\x07",
            b"\xff\xfe\xfd",
            b"-rf",
            b" ",
            b"...",
            b"a" * 255,
            b"\xe2\x80\xaetxt.exe",
            b"{}\r{}",
        )
        for name in names:
            os.makedirs(b"below/" + name, exist_ok=True)
            with open(b"below/" + name + b"/" + name, "wb") as file:
                file.write(b"x")
            os.chmod(b"below/" + name, 0)
        self.wait(0.1)
