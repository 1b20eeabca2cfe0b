"""Loads a WebAssembly program into Typst that never returns: it must not run for ever, or outside."""

# ends: ok error cpu
# limits: cpu_seconds=2

import typst
from manim import Scene


class Hostile(Scene):
    def construct(self):
        spin = bytes.fromhex(
            "0061736d01000000010401600000030201000707010373706e00000a09010700034 00c000b0b".replace(" ", "")
        )
        open("spin.wasm", "wb").write(spin)
        open("page.typ", "w").write('#let p = plugin("spin.wasm")\n#p.spn()')
        try:
            print(typst.compile("page.typ", format="svg")[:50])
        except Exception as error:
            print("refused", str(error)[:200])
        self.wait(0.1)
