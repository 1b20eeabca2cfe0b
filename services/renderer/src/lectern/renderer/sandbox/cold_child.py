"""The cold child: `python -m lectern.renderer.sandbox.cold_child PROGRESS_FD LIMITS_JSON`, in the job folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from lectern.renderer.sandbox.job import Limits
from lectern.renderer.sandbox.rlimits import apply


def main() -> None:
    progress_fd, limits = int(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Limits)
    apply(limits)
    from lectern.scenekit import job  # under the limits already: its import is part of the job

    def on_progress(frames: int, of: int) -> None:
        os.write(progress_fd, b'{"frames": %d, "of": %d}\n' % (frames, of))

    job.run(Path.cwd(), on_progress)
    sys.stdout.flush()
    os._exit(0)  # interpreter teardown takes 0.1 to 0.3 s and would run the scene's atexit handlers


if __name__ == "__main__":
    main()
