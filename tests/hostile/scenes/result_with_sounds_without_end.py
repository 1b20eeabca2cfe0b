"""Has a million sounds at once in its film: it must not be mixed for ever, or accepted."""

# ends: crash

import json
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "wb").write(
            json.dumps({"ok": True, "frames": 5, "sounds": [{"at": 0.1, "sound": "pop"}] * 100_000}).encode()
        )
        os._exit(0)
