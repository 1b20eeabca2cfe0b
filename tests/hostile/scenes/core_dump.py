"""Ends with a core dump, and allows itself one first: it must not start the program that a machine pipes dumps to."""

# ends: crash

import ctypes
import os
import resource

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)
SETRLIMIT, PRLIMIT = 160, 302


class Hostile(Scene):
    def construct(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        if hard > 1:  # with 0 the program is started all the same; with 1, no dump at all
            print("ESCAPED a dump of any size", soft, hard)
        for limit in (0, 1, resource.RLIM_INFINITY):
            wanted = (ctypes.c_ulong * 2)(limit, limit)
            if libc.syscall(PRLIMIT, 0, resource.RLIMIT_CORE, wanted, None) == 0:
                print("ESCAPED prlimit", limit)
            if libc.syscall(SETRLIMIT, resource.RLIMIT_CORE, wanted) == 0:
                print("ESCAPED setrlimit", limit)
        os.abort()
