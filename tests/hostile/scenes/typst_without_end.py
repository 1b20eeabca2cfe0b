"""Has Typst compute for ever: it must not outlast its limit, as no signal reaches it there."""

# ends: cpu error memory
# limits: cpu_seconds=2

import typst
from manim import Scene


class Hostile(Scene):
    def construct(self):
        open("page.typ", "w").write("#let f(n) = { let i = 0; while true { i += 1 }; i }\n#f(1)")
        typst.compile("page.typ", format="svg")
        open("page.typ", "w").write('#let s = "x"\n#for i in range(60) { s = s + s }\n#s')
        typst.compile("page.typ", format="svg")
        while True:
            pass
