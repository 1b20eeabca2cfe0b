"""Takes pages from the machine's pool of huge ones, which no limit counts: it must not be heard."""

# ends: ok

import ctypes
import errno

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)
MMAP, READ_WRITE, PRIVATE_ANONYMOUS, HUGE = 9, 3, 0x22, 0x40000


class Hostile(Scene):
    def construct(self):
        for size in (0, 21 << 26, 30 << 26):  # the default, 2 MiB, 1 GiB
            flags = PRIVATE_ANONYMOUS | HUGE | size
            found = libc.syscall(MMAP, None, ctypes.c_ulong(1 << 21), READ_WRITE, ctypes.c_ulong(flags), -1, 0)
            if found != -1 or ctypes.get_errno() != errno.EPERM:
                print("ESCAPED", hex(flags), ctypes.get_errno())
        self.wait(0.1)
