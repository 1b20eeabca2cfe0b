"""Downloads a page with the standard library: it must not get a reply."""

# ends: ok

import json
import urllib.error
import urllib.request

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        try:
            print("ESCAPED", urllib.request.urlopen(f"http://127.0.0.1:{TARGETS['tcp']}/", timeout=1).status)
        except (OSError, urllib.error.URLError) as error:
            print("refused", error)
        self.wait(0.1)
