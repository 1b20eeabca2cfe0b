"""Asks for an endless formula and ends without waiting: LaTeX must not outlive the scene that asked."""

# ends: crash

import os
import threading
import time

from manim import MathTex, Scene


class Hostile(Scene):
    def construct(self):
        threading.Thread(target=MathTex, args=(r"\loop\iftrue\repeat",), daemon=True).start()
        time.sleep(1)
        os._exit(3)
