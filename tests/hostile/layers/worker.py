"""Runs hostile scenes in one pool, with the layers that it is told to keep: `python -m hostile.layers.worker KEPT`.

Answers with an empty list once it is ready. Then it reads a scene's name a line, and answers with a JSON list of the
harm it did. Only ever started in a container.
"""

from __future__ import annotations

import os
import sys

import msgspec
from hostile.layers import weakening
from hostile.layers.harm import find_harm
from hostile.monitored_pool import SCENES, MonitoredPool


def main() -> None:
    kept = frozenset(filter(None, sys.argv[1].split(",")))
    os.environ["LECTERN_TEST_SECRET"] = "unset"
    weakening.weaken(kept)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    monitored = MonitoredPool(weakening.SETTINGS_OF_POOL - kept, spare=False)
    honest = monitored.render_honest_scene()
    answers.write(b"[]\n")  # ready
    for line in sys.stdin:
        harm = find_harm(monitored, SCENES / f"{line.strip()}.py", honest)
        answers.write(msgspec.json.encode(harm) + b"\n")


if __name__ == "__main__":
    main()
