"""What starting warm and being locked in cost: `python bench/warm_start.py [--jobs 20]`.

One run, the same one-second scene everywhere, settings interleaved so that a noisy neighbour hurts all alike:

* time from job to first frame, and to the finished file: the `manim` command, a cold pool, a warm pool;
* jobs a minute with as many at once as there are slots;
* the price of the layers: a preflight in a bare fork, under Landlock and seccomp, and under everything.
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
# The command does not say when its first frame is drawn, so the scene does; the clock is one for all processes.
TELLTALE = """
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
Took = tuple[float, float]  # seconds to the first frame, to the finished file


def by_command() -> Took:
    """`manim -ql`, as a user types it, without its look for a newer version on the network."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        (folder / "scene.py").write_text(TELLTALE + SCENE)
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


async def by_pool(pool: Pool) -> Took:
    """To verified footage: the decode probe is part of it."""
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
    started = time.monotonic()
    outcome = await pool.run(RenderJob(code=SCENE, settings=SETTINGS | {"mode": "measure"}))
    assert outcome.ok, outcome
    return time.monotonic() - started


def bare_preflight() -> float:
    """The same in a fork of this process, which has manim imported, without any layer."""
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


async def a_minute(jobs: int, at_once: int, run: Callable[[], Awaitable[object]]) -> float:
    """Jobs a minute with `at_once` of them at any time."""
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
        "Landlock and seccomp, no namespaces": WarmPool(switched_off=frozenset({"namespaces"})),
        "namespaces and seccomp, no Landlock": WarmPool(switched_off=frozenset({"landlock"})),
    }
    for pool in (cold, *pools.values()):
        await pool.start()
    await asyncio.sleep(3)  # the spares are importing manim; they must not be in the way
    bare_preflight()
    print(f"{warm.slots} slots, layers: {dict(warm.layers())}\n")

    took: dict[str, list[Took]] = {"manim -ql": [], "cold pool": [], "warm pool": []}
    flights: dict[str, list[float]] = {"bare fork, no sandbox": [], **{name: [] for name in pools}}
    for _ in range(jobs):
        took["manim -ql"].append(await asyncio.to_thread(by_command))
        took["cold pool"].append(await by_pool(cold))
        took["warm pool"].append(await by_pool(warm))
        flights["bare fork, no sandbox"].append(bare_preflight())
        for name, pool in pools.items():
            flights[name].append(await preflight(pool))

    print("job to first frame: median (best to 90th percentile)")
    for name, each in took.items():
        print("  " + line(name, [first for first, _ in each]))
    print("job to finished file, decoded and verified in the pools")
    for name, each in took.items():
        print("  " + line(name, [end for _, end in each]))
    print("preflight (mode measure)")
    for name, seconds in flights.items():
        print("  " + line(name, seconds))
    print(f"jobs a minute, {warm.slots} at once")
    commands = await a_minute(jobs, warm.slots, lambda: asyncio.to_thread(by_command))
    forks = await a_minute(6 * jobs, warm.slots, lambda: by_pool(warm))
    print(f"  {'manim -ql':44}{commands:8.0f}\n  {'warm pool':44}{forks:8.0f}   ({forks / commands:.1f} times as many)")
    for pool in (cold, *pools.values()):
        await pool.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=20)
    asyncio.run(main(parser.parse_args().jobs))
