"""Reads another process's memory with process_vm_readv and a duplicated descriptor: it must not get a byte."""

# ends: ok

import ctypes
import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


libc = ctypes.CDLL(None)


class Hostile(Scene):
    def construct(self):
        for pid in (TARGETS["victim"], TARGETS["agent"], *TARGETS["sandbox"], os.getppid()):
            buffer = ctypes.create_string_buffer(4096)
            local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 4096)
            remote = (ctypes.c_void_p * 2)(0x400000, 4096)
            if libc.process_vm_readv(pid, local, 1, remote, 1, 0) > 0:
                print("ESCAPED process_vm_readv", pid)
            pidfd = libc.syscall(434, pid, 0)
            if pidfd >= 0 and libc.syscall(438, pidfd, 0, 0) >= 0:
                print("ESCAPED pidfd_getfd", pid)
        self.wait(0.1)
