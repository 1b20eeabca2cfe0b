"""What a transition costs: CPU seconds for each cut, and for joining the same film without it.

.venv/bin/python bench/transitions.py
"""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from lectern.composer.inputs import footage_name
from lectern.composer.timeline import build_timeline
from lectern.composer.transitions import CutPlan, draw_cuts
from lectern.contracts.quality import QUALITIES, Preset, preset
from lectern.scenekit.footage import Encoding, FootageWriter

SECONDS = 4
REPEATS = 3


def main() -> None:
    """Print a table: for each quality the frames of a dissolve, and its CPU and wall seconds."""
    print(f"{'quality':10} {'frames':>6} {'cpu s':>7} {'wall s':>7}")
    for quality in QUALITIES:
        frame = preset(quality, "16:9")
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            for number in (1, 2):
                draw_footage(folder / footage_name(number), frame, number)
            timeline = build_timeline(frame.fps, [(n, "", SECONDS * frame.fps) for n in (1, 2)])
            plan = CutPlan(scene=1, following=2, blend="dissolve", frames=round(0.4 * frame.fps))
            before, started = count_cpu(), time.perf_counter()
            for _ in range(REPEATS):
                _, faults = asyncio.run(draw_cuts([plan], timeline, folder, frame))
                assert not faults, faults
            cpu, wall = count_cpu() - before, time.perf_counter() - started
            print(f"{quality:10} {plan.frames:6} {cpu / REPEATS:7.2f} {wall / REPEATS:7.2f}")


def draw_footage(path: Path, frame: Preset, number: int) -> None:
    """Draw a film with a moving bar over a plain ground and a grid, as lessons have."""
    width, height = frame.width, frame.height
    footage = FootageWriter(path, Encoding(width=width, height=height, fps=frame.fps, crf=frame.crf))
    picture = np.full((height, width, 4), 20 * number, np.uint8)
    picture[:: height // 20] = picture[:, :: width // 40] = 90
    for place in range(SECONDS * frame.fps):
        drawn = picture.copy()
        drawn[height // 3 : height // 2, 2 * place : 2 * place + width // 8] = 255
        footage.write(drawn)
    footage.finish()


def count_cpu() -> float:
    """Count the CPU seconds of programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
