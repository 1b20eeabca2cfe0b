"""Unpacks an archive of a gigabyte of zeros into memory and onto disk: it must not reach the machine's limits before its own."""

# ends: memory error output

import zlib

from manim import Scene


class Hostile(Scene):
    def construct(self):
        packed = zlib.compress(bytes(64 << 20), 9)
        with open("unpacked", "wb") as file:
            for _ in range(40):
                file.write(zlib.decompress(packed))
        held = [zlib.decompress(packed) for _ in range(40)]
        print("ESCAPED", len(held))
