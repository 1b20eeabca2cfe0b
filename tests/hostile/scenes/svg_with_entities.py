"""Loads a drawing with outside entities, stylesheets and pictures, and one that grows a billionfold: it must not read a host file."""

# ends: ok error memory cpu
# limits: cpu_seconds=4

import json

from manim import Scene, SVGMobject

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        path = TARGETS["files"][0]
        head = f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file://{path}"><!ENTITY a "{"z" * 50}">'
        for number in range(12):
            head += f'<!ENTITY a{number} "{("&a;" if number == 0 else f"&a{number - 1};") * 10}">'
        body = f'<svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text><desc>&a9;</desc><image href="file://{path}"/><path d="M0 0 L1 1"/></svg>'
        open("drawing.svg", "w").write(head + "]>" + body)
        try:
            print(SVGMobject("drawing.svg"))
        except Exception as error:
            print("refused", str(error)[:100])
        self.wait(0.1)
