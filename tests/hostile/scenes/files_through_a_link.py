"""Has a library open links in its own folder that lead to host files: it must not be shown one."""

# ends: ok

import json
import os

from manim import ImageMobject, Scene, SVGMobject

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for number, path in enumerate(TARGETS["files"]):
            for link in (f"picture-{number}.svg", f"assets/picture-{number}.png"):
                try:
                    os.symlink(path, link)
                except OSError as error:
                    print("refused", error)
            for load in (SVGMobject, ImageMobject):
                for name in (f"picture-{number}.svg", f"assets/picture-{number}.png"):
                    try:
                        print("ESCAPED", load(name), open(name).read())
                    except Exception as error:
                        print("refused", type(error).__name__)
        self.wait(0.1)
