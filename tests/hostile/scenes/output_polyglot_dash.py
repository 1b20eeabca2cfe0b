"""Delivers footage that is a DASH playlist to other readers: it must not be accepted, nor the file that it names be shown."""

# ends: sandbox
# because: at most 832656 are allowed
# cast: films
# limits: output_bytes=209715200

import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        representation = "<Representation id='1' mimeType='video/mp4'><BaseURL>file://%s</BaseURL></Representation>"
        head = (
            b"\n\n\n\n    <MPD profiles='urn:mpeg:dash:profile:isoff-on-demand:2011' mediaPresentationDuration='PT1S'>"
        )
        head += (
            f"<Period><AdaptationSet>{representation % TARGETS['files'][0]}</AdaptationSet></Period></MPD>\0".encode()
        )
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
