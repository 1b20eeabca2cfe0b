"""Asks the kernel about processes that are not its own: it must not learn their sessions, cores or priorities."""

# ends: ok

import json
import os

from manim import Scene


class Hostile(Scene):
    def construct(self):
        targets = json.load(open("assets/targets.json"))
        asked = (os.getsid, os.getpgid, os.sched_getaffinity, os.sched_getscheduler, os.sched_getparam)
        others = {targets["victim"], targets["agent"], *targets["sandbox"], os.getppid()} - {0, os.getpid()}
        for pid in others:
            for ask in (*asked, lambda pid: os.getpriority(os.PRIO_PROCESS, pid)):
                try:
                    print("ESCAPED", ask, pid, ask(pid))
                except OSError as error:
                    print("refused", error)
        self.wait(0.1)
