"""Changes limits, priority, affinity and OOM score of others, and raises its own: it must not succeed."""

# ends: ok

import json
import os
import resource

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for pid in (TARGETS["victim"], TARGETS["agent"], *TARGETS["sandbox"]):
            for attempt in (
                lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, 0)),
                lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
                lambda: os.sched_setaffinity(pid, {0}),
                lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
                lambda: open(f"/proc/{pid}/oom_score_adj", "w").write("1000"),
            ):
                try:
                    attempt()
                    print("ESCAPED", pid)
                except OSError as error:
                    print("refused", pid, error)
        for which in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
            try:
                resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                print("ESCAPED limit", which)
            except (OSError, ValueError) as error:
                print("refused", error)
        self.wait(0.1)
