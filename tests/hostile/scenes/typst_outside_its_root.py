"""Makes Typst read host files and fetch a package: it must not read outside its root or reach the network."""

# ends: ok

import json

import typst
from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for text in (
            f'#read("{TARGETS["files"][0]}")',
            f'#image("{TARGETS["files"][0]}")',
            '#read("../../../../etc/passwd")',
            '#import "@preview/cetz:0.3.1"',
        ):
            open("page.typ", "w").write(text)
            for root in (None, "/"):
                try:
                    print("ESCAPED", typst.compile("page.typ", root=root, format="svg"))
                except Exception as error:
                    print("refused", str(error)[:200].replace(TARGETS["home"], ""))
        self.wait(0.1)
