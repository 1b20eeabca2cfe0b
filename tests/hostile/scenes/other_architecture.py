"""Makes 32-bit system calls, which have other numbers: the filter must not be blind to them."""

# ends: crash

import ctypes
import mmap

from manim import Scene


class Hostile(Scene):
    def construct(self):
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\xb8\x02\x00\x00\x00\xcd\x80\xc3")  # mov eax, 2 (fork); int 0x80; ret
        address = ctypes.addressof(ctypes.c_char.from_buffer(code))
        if ctypes.CFUNCTYPE(ctypes.c_int)(address)() >= 0:
            print("ESCAPED fork through int 0x80")
