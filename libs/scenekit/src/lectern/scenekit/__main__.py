"""`python -m lectern.scenekit FOLDER`: one render job in a process of its own. Progress lines go to stdout."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path


def main() -> int:
    """Run the job; return exit status 0 for success, 1 for a scene that failed, 2 for wrong usage."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m lectern.scenekit FOLDER\n")
        return 2
    gc.disable()  # nothing imported goes away, and looking for what does takes a quarter of the imports' time
    from .job import run

    gc.freeze()
    gc.enable()
    # scene code may print, which must not mix with the progress lines
    progress = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def report(frames: int, of: int) -> None:
        progress.write(json.dumps({"frames": frames, "of": of}) + "\n")

    result = run(Path(sys.argv[1]), report)
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # interpreter teardown costs 0.1 to 0.3 s and has nothing left to do
    os._exit(status)
