"""Delivers footage that is an HLS playlist to other readers: it must not be accepted, nor the file that it names be shown."""

# ends: sandbox
# because: at most 832656 are allowed
# cast: films
# limits: output_bytes=629145600

import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        head = f"#EXTM3U\n#EXTINF:1,\nfile://{TARGETS['files'][0]}\n#EXT-X-ENDLIST\n".encode()
        length = int.from_bytes(
            head[:4]
        )  # to MP4 a first box of an unknown kind, to others the beginning of a playlist
        honest = move(film("honest.mp4"), length)
        with open("footage.mp4", "wb") as file:
            file.write(head)
            file.seek(length)
            file.write(honest)
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
