"""Searches its inherited memory: it must not find the agent's secret or anything of an earlier job."""

# ends: ok

import ctypes
import gc
import os
import re

from manim import Scene

libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_size_t


class Hostile(Scene):
    def construct(self):
        end = libc.sbrk(0)
        found = b""
        page = end - 4096
        while page > end - (1 << 30) and libc.mincore(ctypes.c_void_p(page), 4096, ctypes.create_string_buffer(1)) == 0:
            found += b"".join(re.findall(rb"canary-[0-9a-f]{24}", ctypes.string_at(page, 4096)))
            page -= 4096
        print(
            found, dict(os.environ), [text for text in gc.get_objects() if isinstance(text, str) and "canary-" in text]
        )
        assert end - page > 1 << 20, "the heap was not searched"
        self.wait(0.1)
