"""Reads the command line it was forked with: it must not learn the host's folders or users from it."""

# ends: ok

import json
import sys

from manim import Scene


class Hostile(Scene):
    def construct(self):
        home = json.load(open("assets/targets.json"))["home"]
        for word in (*sys.orig_argv, *sys.argv):
            if home in word or "uid" in word or word.startswith("{"):
                print("ESCAPED", word)
        self.wait(0.1)
