"""Starts and ends threads as fast as it can: what they compute must not be uncounted."""

# ends: cpu threads
# limits: cpu_seconds=2

import threading

from manim import Scene


class Hostile(Scene):
    def construct(self):
        def compute():
            sum(range(200_000))

        while True:
            crowd = [threading.Thread(target=compute) for _ in range(3)]
            for thread in crowd:
                thread.start()
            for thread in crowd:
                thread.join()
