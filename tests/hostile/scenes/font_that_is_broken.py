"""Registers a font file of garbage and one with absurd tables: it must not crash more than itself."""

# ends: ok error crash

import os

from manim import Scene, Text
from manim import register_font as manimpango_font


class Hostile(Scene):
    def construct(self):
        for number, data in enumerate(
            (
                os.urandom(4096),
                b"\x00\x01\x00\x00\xff\xff" + bytes(4096),
                b"OTTO" + b"\xff" * 4096,
                b"wOF2" + b"\xff" * 4096,
            )
        ):
            with open(f"font-{number}.ttf", "wb") as file:
                file.write(data)
            try:
                with manimpango_font(f"font-{number}.ttf"):
                    self.add(Text("abc", font=f"font-{number}"))
            except Exception as error:
                print("refused", str(error)[:100])
        self.wait(0.1)
