"""Pushes characters into a terminal: it must not have one or type for the operator."""

# ends: ok

import fcntl
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for fd in range(0, 5):
            try:
                fcntl.ioctl(fd, 0x5412, b"x")
                print("ESCAPED TIOCSTI", fd)
            except OSError as error:
                print("refused", error)
        try:
            os.open("/dev/tty", os.O_RDWR)
            print("ESCAPED terminal")
        except OSError as error:
            print("refused", error)
        self.wait(0.1)
