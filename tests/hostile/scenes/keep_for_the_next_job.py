"""Leaves messages where a later job could find them (keyrings, queues, semaphores, shared folders): they must not be kept."""

# ends: ok

import ctypes
import json

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))
libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        for number, name, *arguments in (
            (248, "add_key", b"user", b"lectern", b"secret", 6, -3),
            (250, "keyctl join", 1, b"lectern"),
            (68, "msgget", 77, 0o1666),
            (64, "semget", 77, 1, 0o1666),
            (29, "shmget", 77, 4096, 0o1666),
            (240, "mq_open", b"lectern", 0o102, 0o666, 0),
        ):
            if libc.syscall(number, *arguments) >= 0:
                print("ESCAPED", name)
        for folder in ("/dev/shm", "/tmp", "/var/tmp", "/run", "/dev/mqueue", TARGETS["open"], TARGETS["home"]):
            try:
                with open(f"{folder}/lectern-left", "w") as file:
                    file.write("x")
                print("ESCAPED" if folder not in ("/tmp", "/dev/shm") else "in a folder of its own", folder)
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
