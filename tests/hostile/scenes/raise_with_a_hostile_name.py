"""Raises what has a hostile name, text and file: they must not act on a terminal, a stream or a page."""

# ends: error

from manim import Scene


class Hostile(Scene):
    def construct(self):
        name = "\x1b[31m<script>\u202e"
        code = compile(
            "raise Error(chr(27) + ']0;owned' + chr(7) + '<img src=x onerror=alert(1)>' + chr(0x202e) * 3)",
            "/root/\x1b[2J.py",
            "exec",
        )
        exec(code, {"Error": type(name, (Exception,), {"__module__": name})})
