"""Sends datagrams: none must arrive, so that it must not carry a secret out."""

# ends: ok

import json
import socket

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
                plug.sendto(b"secret", ("127.0.0.1", TARGETS["udp"]))
                print("ESCAPED a datagram was sent")
        except OSError as error:
            print("refused", error)
        self.wait(0.1)
