"""Watches host folders for what others do (inotify, fanotify, leases, dnotify): it must not learn of a change."""

# ends: ok

import ctypes
import fcntl
import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))
libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        handle = libc.inotify_init1(0)
        if handle >= 0 and libc.inotify_add_watch(handle, TARGETS["home"].encode(), 0xFFF) >= 0:
            print("ESCAPED inotify")
        for folder in (TARGETS["home"], TARGETS["open"], "/tmp", "/"):
            try:
                place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            except OSError as error:
                print("refused", error)
                continue
            try:
                fcntl.fcntl(place, fcntl.F_NOTIFY, fcntl.DN_MODIFY | fcntl.DN_MULTISHOT)
                print("ESCAPED dnotify" if folder != "/" else "an empty root")
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
