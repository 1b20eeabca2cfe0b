"""Delivers footage whose metadata are markup and a link: they must not be passed on to who plays the film."""

# ends: sandbox
# because: an unexpected box 'uuid'
# cast: films

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        film("footage.mp4")
        film_bytes = bytearray(open("footage.mp4", "rb").read())
        at = film_bytes.find(b"\xa9too")
        words = b"<script>alert(1)</script>"
        if at > 0:
            film_bytes[at : at + 4] = b"\xa9url"
        open("footage.mp4", "wb").write(film_bytes + len(words + b"xxxxuuid").to_bytes(4) + b"uuid" + words)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
