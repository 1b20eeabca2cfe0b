"""Takes handles of other processes, their descriptors and memory advice: it must not hold, signal or read one."""

# ends: ok

import ctypes
import json

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))
libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        for pid in (1, TARGETS["agent"], TARGETS["victim"], *TARGETS["sandbox"]):
            handle = libc.syscall(434, pid, 0)
            if handle >= 0:
                print("ESCAPED pidfd_open", pid)
            for number, name in (
                (438, "pidfd_getfd"),
                (424, "pidfd_send_signal"),
                (440, "process_madvise"),
                (448, "process_mrelease"),
            ):
                if libc.syscall(number, max(handle, 3), 0, 0, 0, 0) >= 0:
                    print("ESCAPED", name, pid)
            if libc.syscall(279, pid, 0, 0, 0, 0, 0) > 0 or libc.syscall(312, pid, pid, 0, 0, 0) == 0:
                print("ESCAPED move_pages or kcmp", pid)
            for name in ("maps", "mem", "environ", "auxv", "stack", "syscall", "io", "fdinfo", "timers", "patch_state"):
                try:
                    print("ESCAPED", pid, name, open(f"/proc/{pid}/{name}", "rb").read(64))
                except OSError as error:
                    print("refused", error)
        self.wait(0.1)
