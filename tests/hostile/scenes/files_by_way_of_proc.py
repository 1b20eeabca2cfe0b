"""Leaves its folder through /proc (root, cwd, descriptors, map_files): it must not reach a host file."""

# ends: ok

import json

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for door in (
            "/proc/1/root",
            "/proc/self/root",
            "/proc/self/cwd",
            f"/proc/{TARGETS['agent']}/root",
            "/proc/self/task/self",
        ):
            for path in TARGETS["files"]:
                for way in (door + path, door + "/../../../../../.." + path):
                    try:
                        print("ESCAPED", way, open(way).read())
                    except OSError as error:
                        print("refused", error)
        for handle in range(64):
            try:
                print("ESCAPED", open(f"/proc/self/fd/{handle}/../../../..{TARGETS['files'][0]}").read())
            except OSError:
                continue
        self.wait(0.1)
