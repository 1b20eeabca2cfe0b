"""Queues signals to itself that it never takes: the kernel must not keep more of them than a few, which all share."""

# ends: ok

import os
import signal

from manim import Scene


class Hostile(Scene):
    def construct(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN + 3})
        taken, sent = 0, 0
        try:
            for sent in range(5000):
                os.kill(os.getpid(), signal.SIGRTMIN + 3)
        except OSError as error:
            print("refused", error)
        while signal.sigtimedwait({signal.SIGRTMIN + 3}, 0) is not None:
            taken += 1
        print(sent, taken)
        if taken > 100:
            print("ESCAPED", taken)
        self.wait(0.1)
