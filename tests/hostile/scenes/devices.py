"""Opens devices (memory, disks, consoles, KVM, FUSE): it must not get any but null, zero and random."""

# ends: ok

import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        for name in (
            "mem",
            "kmem",
            "port",
            "vda",
            "sda",
            "console",
            "kmsg",
            "kvm",
            "fuse",
            "net/tun",
            "ptmx",
            "full",
            "userfaultfd",
            "cpu_dma_latency",
        ):
            try:
                os.open(f"/dev/{name}", os.O_RDONLY)
                print("ESCAPED", name)
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
