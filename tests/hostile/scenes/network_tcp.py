"""Connects over TCP, IPv4 and IPv6: it must not reach a listener on this machine or elsewhere."""

# ends: ok

import json
import socket

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for family, address in (
            (socket.AF_INET, ("127.0.0.1", TARGETS["tcp"])),
            (socket.AF_INET6, ("::1", TARGETS["tcp6"])),
            (socket.AF_INET, ("1.1.1.1", 53)),
        ):
            try:
                with socket.socket(family) as plug:
                    plug.settimeout(1)
                    plug.connect(address)
                    print("ESCAPED to", address)
            except OSError as error:
                print("refused", address, error)
        self.wait(0.1)
