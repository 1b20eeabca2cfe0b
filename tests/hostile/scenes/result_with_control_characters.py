"""Puts escapes, line breaks, markup and text that runs backwards into its error: they must not reach a log, a stream or a page."""

# ends: error

import json
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("result.json", "wb").write(
            json.dumps(
                {
                    "ok": False,
                    "error": {
                        "type": "\x1b[2J<b>",
                        "message": 'a\x1b]0;owned\x07\r\n{"level":"info"}\u202e\u0000</script><img src=x onerror=alert(1)>',
                        "line": 3,
                    },
                }
            ).encode()
        )
        os._exit(0)
