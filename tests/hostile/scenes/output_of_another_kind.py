"""Delivers a playlist as footage: no demuxer but MP4's must open it; it must not fetch a file."""

# ends: sandbox
# because: does not end where the file does

import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        open("footage.mp4", "w").write(f"#EXTM3U\n#EXTINF:1,\nfile://{TARGETS['files'][0]}\n")
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
