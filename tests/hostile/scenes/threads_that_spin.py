"""Keeps as many threads busy as it may start: it must not starve its neighbours for long."""

# limits: cpu_seconds=60
# ends: threads

import ctypes
import threading

from manim import Scene


def spin():
    ctypes.CDLL(None).qsort(ctypes.create_string_buffer(1 << 22), 1 << 22, 1, ctypes.CDLL(None).strcmp)


class Hostile(Scene):
    def construct(self):
        def endless():
            while True:
                spin()

        for _ in range(7):
            try:
                threading.Thread(target=endless, daemon=True).start()
            except RuntimeError:
                break
        endless()
