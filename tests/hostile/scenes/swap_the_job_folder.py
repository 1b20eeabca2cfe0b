"""Renames, removes and replaces its own folder: the renderer must not follow it elsewhere."""

# ends: ok

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        here = os.getcwd()
        for attempt in (
            lambda: os.rename(here, here + "-gone"),
            lambda: os.rename("../" + os.path.basename(here), "../swapped"),
            lambda: os.rmdir(here),
            lambda: os.symlink("/etc", "assets/etc"),
            lambda: os.chroot("."),
        ):
            try:
                attempt()
                print("ESCAPED")
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
