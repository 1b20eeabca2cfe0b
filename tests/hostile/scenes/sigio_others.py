"""Makes the kernel signal others through file ownership, ioctl and timers: it must not reach a process."""

# ends: ok

import fcntl
import json
import os
import struct

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        reader, writer = os.pipe()
        for number in (8, 10, 15, 1024, 1026):
            try:
                fcntl.fcntl(reader, number, TARGETS["victim"])
                print("ESCAPED fcntl", number)
            except OSError as error:
                print("refused", error)
        try:
            fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
            print("ESCAPED O_ASYNC")
        except OSError as error:
            print("refused", error)
        for request in (0x8901, 0x8902, 0x5452, 0x5412):
            try:
                fcntl.ioctl(reader, request, struct.pack("i", TARGETS["victim"]))
                print("ESCAPED ioctl", hex(request))
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
