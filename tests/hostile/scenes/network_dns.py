"""Resolves a name: it must not reach a name server, which could carry data out."""

# ends: ok

import socket

from manim import Scene


class Hostile(Scene):
    def construct(self):
        try:
            print("ESCAPED", socket.getaddrinfo("secret.example.com", 443))
        except OSError as error:
            print("refused", error)
        self.wait(0.1)
