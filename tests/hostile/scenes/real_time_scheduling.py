"""Asks for real-time scheduling, deadlines, input priority and locked memory: it must not rank before others."""

# ends: ok

import ctypes
import os

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        class Scheduling(ctypes.Structure):
            _fields_ = [("priority", ctypes.c_int)]

        for policy in (1, 2, 6):
            if libc.sched_setscheduler(0, policy, ctypes.byref(Scheduling(50))) == 0:
                print("ESCAPED sched_setscheduler", policy)
        deadline = (ctypes.c_uint64 * 7)(48, 6, 0, 10**7, 10**8, 10**8, 0)
        if libc.syscall(314, 0, deadline, 0) == 0:
            print("ESCAPED sched_setattr")
        if libc.syscall(251, 1, 0, 1 << 13 | 0) == 0:
            print("ESCAPED ioprio_set")
        try:
            os.nice(-5)
            print("ESCAPED nice")
        except OSError as error:
            print("refused", error)
        if libc.mlockall(3) == 0:
            print("ESCAPED mlockall")
        self.wait(0.1)
