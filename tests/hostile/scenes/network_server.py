"""Opens a listening server: it must not receive commands from outside."""

# ends: ok

import asyncio

from manim import Scene


class Hostile(Scene):
    def construct(self):
        try:
            asyncio.run(asyncio.start_server(lambda *_: None, "0.0.0.0", 4444))
            print("ESCAPED listening")
        except OSError as error:
            print("refused", error)
        self.wait(0.1)
