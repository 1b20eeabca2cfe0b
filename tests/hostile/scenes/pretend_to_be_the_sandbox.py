"""Takes the supervisor's name and arguments: it must not be spared, or lead anybody to another process."""

# ends: cpu
# limits: cpu_seconds=1

import ctypes

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        libc.prctl(15, b"python", 0, 0, 0)
        for line in (b"lectern.renderer.sandbox.supervisor", b"lectern.renderer.agent"):
            libc.prctl(15, line[:15], 0, 0, 0)
            try:
                open("/proc/self/comm", "wb").write(line[:15])
            except OSError as error:
                print("refused", error)
        while True:
            pass
