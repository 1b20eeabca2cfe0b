"""Reads the host's files: it must not see a canary, a password file, a key or a service account's token."""

# ends: ok

import json

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


HOST = (
    "/etc/passwd",
    "/etc/shadow",
    "/root/.bashrc",
    "/root/.ssh/id_rsa",
    "/etc/hostname",
    "/proc/cmdline",
    "/var/run/secrets/kubernetes.io/serviceaccount/token",
    "/etc/machine-id",
)


class Hostile(Scene):
    def construct(self):
        for path in [*TARGETS["files"], *HOST]:
            try:
                print("ESCAPED", path, open(path).read())
            except OSError as error:
                print("refused", path, error)
        self.wait(0.1)
