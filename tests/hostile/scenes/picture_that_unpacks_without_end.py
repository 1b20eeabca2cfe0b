"""Shows a picture of a few kilobytes that is gigapixels large: it must not reach the machine's limits before its own."""

# ends: ok error memory cpu crash
# limits: cpu_seconds=4

import zlib

from manim import ImageMobject, Scene


class Hostile(Scene):
    def construct(self):
        def chunk(kind, data):
            return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

        row = zlib.compress(bytes(1 << 24), 9)
        head = (60_000).to_bytes(4) + (60_000).to_bytes(4) + bytes((1, 0, 0, 0, 0))
        with open("assets/bomb.png", "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b""))
        try:
            self.add(ImageMobject("assets/bomb.png"))
        except Exception as error:
            print("refused", str(error)[:100])
        self.wait(0.1)
