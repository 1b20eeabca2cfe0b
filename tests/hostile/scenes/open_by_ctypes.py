"""Opens a secret in native code: it must not get what Python is refused."""

# ends: ok

import ctypes
import json

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        for path in TARGETS["files"]:
            for attempt in (
                lambda: libc.open(path.encode(), 0),
                lambda: libc.syscall(2, path.encode(), 0),
                lambda: libc.open(path.encode(), 0o10000000),
            ):
                handle = attempt()
                buffer = ctypes.create_string_buffer(100)
                if handle >= 0 and libc.read(handle, buffer, 100) > 0:
                    print("ESCAPED", path, buffer.value)
        self.wait(0.1)
