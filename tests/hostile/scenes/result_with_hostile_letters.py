"""Names letters that no font has, with escapes and without end: they must not reach a page as they are."""

# ends: crash

import json
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "wb").write(
            json.dumps({"ok": False, "missing_letters": "\x1b\u202e" + "\u5149" * 5000}).encode()
        )
        os._exit(0)
