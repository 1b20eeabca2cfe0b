"""Has the kernel wait for every processor, asleep as if for a disk: it must not pass for a busy machine's victim."""

# ends: ok

import ctypes
import errno

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)
MEMBARRIER = 324
GLOBAL, GLOBAL_EXPEDITED, REGISTER_GLOBAL_EXPEDITED, OF_ONE_PROCESSOR = 1, 2, 4, 128


class Hostile(Scene):
    def construct(self):
        for command in (GLOBAL, GLOBAL_EXPEDITED, REGISTER_GLOBAL_EXPEDITED, OF_ONE_PROCESSOR, 1 << 40 | GLOBAL):
            if libc.syscall(MEMBARRIER, ctypes.c_ulong(command), 0, 0) == 0 or ctypes.get_errno() != errno.EPERM:
                print("ESCAPED", command)
        self.wait(0.1)
