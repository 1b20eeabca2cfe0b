"""Writes into the caches of fonts, formulas, pictures and bytecode: later jobs must not read them."""

# ends: ok

import json
import os
import site
import sys

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for folder in sorted(
            {*sys.path, *site.getsitepackages(), "~/.cache", "~/.config", "/root/.cache", "/var/cache/fontconfig"}
        ):
            for name in (
                "sitecustomize.py",
                "usercustomize.py",
                "lectern.pth",
                "fonts.conf",
                "__pycache__/numpy.cpython-311.pyc",
            ):
                try:
                    with open(os.path.join(os.path.expanduser(folder), name), "x") as file:
                        file.write("raise SystemExit")
                    if not os.path.realpath(file.name).startswith(os.getcwd()):
                        print("ESCAPED", file.name)
                except (OSError, ValueError) as error:
                    print("refused", error)
        for folder in (TARGETS["home"] + "/pool/tex", TARGETS["home"] + "/pool/stage"):
            try:
                print("ESCAPED", os.listdir(folder))
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
