"""Measures what the warm start saves and the sandbox costs: `python bench/warm_start.py [--jobs 20]`.

One run renders the same one-second scene in each setting, interleaved so that a noisy neighbour affects all alike:

* time from job to first frame, and to the finished file: the `manim` command, a cold pool, a warm pool;
* jobs per minute with all slots busy;
* the cost of the layers: a preflight in a bare fork, under Landlock and seccomp, and under everything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lectern.renderer.pool import ColdPool, Pool, RenderJob, WarmPool

SCENE = """
from manim import Circle, Create, Scene

class Drawn(Scene):
    def construct(self):
        self.play(Create(Circle()))
"""
# The command does not report when its first frame is drawn, so the scene does; all processes share this clock.
FIRST_FRAME_CLOCK = """
import time
from manim.scene.scene_file_writer import SceneFileWriter

original = SceneFileWriter.write_frame
def write_frame(self, *arguments, **named):
    with open("first-frame", "a") as file:
        file.write(f"{time.monotonic()}\\n")
    return original(self, *arguments, **named)
SceneFileWriter.write_frame = write_frame
"""
SETTINGS: dict[str, Any] = {
    "mode": "render",
    "width": 854,
    "height": 480,
    "fps": 15,
    "seconds": 1.0,
    "beats": [{"start": 0.0, "end": 1.0, "text": "A circle."}],
    "seed": 7,
    "encoder": {"preset": "ultrafast", "crf": 23, "threads": 1},
    "tex": "none",
}
Durations = tuple[float, float]  # seconds to the first frame, to the finished file


def run_command() -> Durations:
    """Runs `manim -ql` as a user would, but without its check for a newer version on the network."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        (folder / "scene.py").write_text(FIRST_FRAME_CLOCK + SCENE)
        (folder / "manim.cfg").write_text("[CLI]\nnotify_outdated_version = False\n")
        command = [
            str(Path(sys.executable).with_name("manim")),
            "-ql",
            "--silent",
            "--disable_caching",
            "scene.py",
            "Drawn",
        ]
        started = time.monotonic()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        ended = time.monotonic()
        return float((folder / "first-frame").read_text().split()[0]) - started, ended - started
    finally:
        shutil.rmtree(folder)


async def run_in_pool(pool: Pool) -> Durations:
    """Renders in a pool up to verified footage, including the decode probe."""
    first: list[float] = []
    started = time.monotonic()
    outcome = await pool.run(
        RenderJob(code=SCENE, settings=SETTINGS), lambda frames, of: first.append(time.monotonic())
    )
    assert outcome.ok, outcome
    assert outcome.footage is not None
    outcome.footage.unlink()
    return first[0] - started, time.monotonic() - started


async def preflight(pool: Pool) -> float:
    """Runs a preflight in a pool; returns its duration in seconds."""
    started = time.monotonic()
    outcome = await pool.run(RenderJob(code=SCENE, settings=SETTINGS | {"mode": "measure"}))
    assert outcome.ok, outcome
    return time.monotonic() - started


def preflight_in_bare_fork() -> float:
    """Runs the preflight in a fork of this process, which has imported manim, without any layer."""
    from lectern.scenekit import job

    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        (folder / "scene.py").write_text(SCENE)
        (folder / "job.json").write_text(json.dumps(SETTINGS | {"mode": "measure"}))
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            job.run(folder)
            os._exit(0)
        os.waitpid(pid, 0)
        return time.monotonic() - started
    finally:
        shutil.rmtree(folder)


async def jobs_per_minute(jobs: int, at_once: int, run: Callable[[], Awaitable[object]]) -> float:
    """Measures jobs per minute with `at_once` of them at a time."""
    free = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with free:
            await run()

    started = time.monotonic()
    await asyncio.gather(*(one() for _ in range(jobs)))
    return 60 * jobs / (time.monotonic() - started)


def line(name: str, seconds: list[float]) -> str:
    milliseconds = sorted(1000 * each for each in seconds)
    slow = milliseconds[int(0.9 * (len(milliseconds) - 1))]
    return f"{name:44}{statistics.median(milliseconds):8.0f} ms   ({milliseconds[0]:.0f} to {slow:.0f})"


async def main(jobs: int) -> None:
    warm, cold = WarmPool(), ColdPool()
    pools = {
        "every layer": warm,
        "Landlock and seccomp, no namespaces": WarmPool(disabled_layers=frozenset({"namespaces"})),
        "namespaces and seccomp, no Landlock": WarmPool(disabled_layers=frozenset({"landlock"})),
    }
    for pool in (cold, *pools.values()):
        await pool.start()
    await asyncio.sleep(3)  # the spares are importing manim, which must not distort the measurements
    preflight_in_bare_fork()
    print(f"{warm.slots} slots, layers: {dict(warm.layers())}\n")

    durations: dict[str, list[Durations]] = {"manim -ql": [], "cold pool": [], "warm pool": []}
    preflights: dict[str, list[float]] = {"bare fork, no sandbox": [], **{name: [] for name in pools}}
    for _ in range(jobs):
        durations["manim -ql"].append(await asyncio.to_thread(run_command))
        durations["cold pool"].append(await run_in_pool(cold))
        durations["warm pool"].append(await run_in_pool(warm))
        preflights["bare fork, no sandbox"].append(preflight_in_bare_fork())
        for name, pool in pools.items():
            preflights[name].append(await preflight(pool))

    print("job to first frame: median (best to 90th percentile)")
    for name, each in durations.items():
        print("  " + line(name, [first for first, _ in each]))
    print("job to finished file, decoded and verified in the pools")
    for name, each in durations.items():
        print("  " + line(name, [end for _, end in each]))
    print("preflight (mode measure)")
    for name, seconds in preflights.items():
        print("  " + line(name, seconds))
    print(f"jobs per minute, {warm.slots} at once")
    commands = await jobs_per_minute(jobs, warm.slots, lambda: asyncio.to_thread(run_command))
    forks = await jobs_per_minute(6 * jobs, warm.slots, lambda: run_in_pool(warm))
    print(f"  {'manim -ql':44}{commands:8.0f}\n  {'warm pool':44}{forks:8.0f}   ({forks / commands:.1f} times as many)")
    for pool in (cold, *pools.values()):
        await pool.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=20)
    asyncio.run(main(parser.parse_args().jobs))
