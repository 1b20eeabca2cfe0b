"""Double-forks into the background: it must not outlive its job."""

# ends: ok

import ctypes
import os
import time

from manim import Scene


class Hostile(Scene):
    def construct(self):
        try:
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    time.sleep(600)
            print("ESCAPED daemon")
        except OSError as error:
            print("refused", error)
        libc = ctypes.CDLL(None)
        if libc.setsid() >= 0:
            print("ESCAPED setsid")
        libc.daemon(1, 1)
        self.wait(0.1)
