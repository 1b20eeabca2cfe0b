"""Makes timers until there are no more, and has them fire: it must not reach another process or use up what all share."""

# ends: ok error crash
# limits: idle_seconds=5

import ctypes
import signal

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        made = 0
        identifier = ctypes.c_void_p()
        while made < 200_000 and libc.syscall(222, 1, 0, ctypes.byref(identifier)) == 0:
            made += 1
        print("timers", made)
        if made >= 200_000:
            print("ESCAPED timers")
        for which in (signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            try:
                signal.setitimer(which, 1e-6, 1e-6)
                signal.setitimer(which, 0)
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
