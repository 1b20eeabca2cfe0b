"""Makes files setuid, owned by others, immutable and with attributes: they must not outlive the job."""

# ends: ok

import ctypes
import os

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        with open("tool", "wb") as file:
            file.write(b"#!/bin/sh\n")
        for attempt in (
            lambda: os.chmod("tool", 0o6777),
            lambda: os.chown("tool", 0, 0),
            lambda: os.setxattr("tool", "security.capability", bytes(20)),
            lambda: os.setxattr("tool", "trusted.x", b"y"),
            lambda: os.mknod("disk", 0o60666, os.makedev(8, 0)),
            lambda: os.mknod("memory", 0o20666, os.makedev(1, 1)),
        ):
            try:
                attempt()
            except OSError as error:
                print("refused", error)
        with open("tool") as file:
            flags = ctypes.c_long(0x30)  # immutable and append-only
            if libc.ioctl(file.fileno(), 0x40086602, ctypes.byref(flags)) == 0:
                print("ESCAPED immutable")
        for name in ("disk", "memory"):
            try:
                print("ESCAPED", open(name, "rb").read(16))
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
