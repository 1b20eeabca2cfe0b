"""Reports a hundred thousand findings: it must not fill the renderer, the log or the answer."""

# ends: crash

import json
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "wb").write(
            json.dumps(
                {"ok": False, "findings": [{"rule": "x", "level": "error", "message": "y" * 20}] * 100_000}
            ).encode()
        )
        os._exit(0)
