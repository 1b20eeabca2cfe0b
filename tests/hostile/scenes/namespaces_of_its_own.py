"""Makes and joins namespaces (user, mount, process, network): it must not gain a right in one."""

# ends: ok

import ctypes
import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))
libc = ctypes.CDLL(None, use_errno=True)


class Hostile(Scene):
    def construct(self):
        kinds = {
            "user": 0x10000000,
            "mount": 0x20000,
            "process": 0x20000000,
            "net": 0x40000000,
            "ipc": 0x8000000,
            "time": 0x80,
        }
        for name, flag in kinds.items():
            if libc.unshare(flag) == 0:
                print("ESCAPED unshare", name)
        for name in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup"):
            for pid in (1, TARGETS["agent"], *TARGETS["sandbox"]):
                try:
                    handle = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
                except OSError as error:
                    print("refused", error)
                    continue
                if libc.setns(handle, 0) == 0:
                    print("ESCAPED setns", pid, name)
        for path in ("/proc/self/uid_map", "/proc/self/gid_map", "/proc/self/setgroups"):
            try:
                open(path, "w").write("0 0 1")
                print("ESCAPED", path)
            except OSError as error:
                print("refused", error)
        self.wait(0.1)
