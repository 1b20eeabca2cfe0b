"""Connects to unix sockets, by path and abstract: it must not talk to another process on the machine."""

# ends: ok

import json
import socket

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for address in (TARGETS["unix"], "\0" + TARGETS["abstract"], "/var/run/docker.sock", "/run/systemd/private"):
            try:
                with socket.socket(socket.AF_UNIX) as plug:
                    plug.connect(address)
                    print("ESCAPED to", address)
            except OSError as error:
                print("refused", address, error)
        self.wait(0.1)
