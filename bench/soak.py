"""Whether Lectern grows: `python bench/soak.py [--minutes 60] [--json FILE]`.

Every service runs in a process of its own, and draft videos are made one after another, each of words that no video had
before. Every ten seconds memory (PSS), open files, threads and processes of each service are read, with all that it
started, and the size of each part of the home's disk. After a warm-up of a sixth of the time, growth an hour is the
slope of a line through what was read (least squares), with its standard error: within twice that, it is not known to
grow.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import msgspec

from lectern.cli.runner.child import Child
from lectern.cli.runner.stack import Stack, run_stack
from lectern.worker import configure_logs

INTERVAL = 10.0  # seconds between two looks
WARM_UP = 1 / 6  # of the time, in which caches and pools fill
MEASURES = {"memory": "MB", "files": "", "threads": "", "processes": "", "disk": "MB"}
LESSON = """
# Number {number}

## What it is

The number {number} follows {before}, and {after} comes after it.

- It is {parity}
- Its square is {square}

## What it is not

It is neither {before} nor {after}, however one looks at it.
"""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a part used at a time, in seconds since the start. Memory and disk in megabytes."""

    part: str
    measure: str
    at: float
    value: float


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """The growth of a measure of a part in an hour, with the standard error of it, and its first and last values."""

    part: str
    measure: str
    first: float
    last: float
    per_hour: float
    error: float


def write_lesson(number: int) -> str:
    """A lesson of two scenes that no other number has."""
    return LESSON.format(
        number=number, before=number - 1, after=number + 1, parity=("even", "odd")[number % 2], square=number**2
    )


async def make_videos(url: str, until: float, done: list[str]) -> None:
    """Makes one video after another, and notes how each ended."""
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
        number = int(time.time()) % 100_000 * 10
        while time.monotonic() < until:
            number += 1
            body = {"document": {"markdown": write_lesson(number)}, "options": {"quality": "draft"}}
            with contextlib.suppress(httpx.TransportError):
                video = (await http.post("/v1/videos", json=body)).json()["id"]
                query = {"wait": 30}
                while True:
                    status = (await http.get(f"/v1/videos/{video}", params=query)).json()["status"]
                    if status not in ("queued", "in_progress"):
                        break
                await http.get(f"/v1/videos/{video}/content")
                done.append(status)


def read_all(stack: Stack, at: float) -> Iterator[Reading]:
    """What every part of a stack uses now."""
    parents = _read_parents()
    for name, member in stack.members.items():
        pid = member.pid if isinstance(member, Child) else None
        if pid is None:
            continue
        used: dict[str, float] = defaultdict(float)
        for each in _list_tree(pid, parents):
            with contextlib.suppress(OSError):
                for measure, value in _read_process(each).items():
                    used[measure] += value
        yield from (Reading(part=name, measure=measure, at=at, value=value) for measure, value in used.items())
    for folder in sorted(each for each in stack.home.path.iterdir() if each.is_dir()):
        size = sum(_read_size(file) for file in folder.rglob("*"))
        yield Reading(part=folder.name, measure="disk", at=at, value=size / 1e6)


def _read_parents() -> dict[int, int]:
    parents: dict[int, int] = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
    return parents


def _list_tree(pid: int, parents: dict[int, int]) -> list[int]:
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def _read_process(pid: int) -> dict[str, float]:
    place = Path(f"/proc/{pid}")
    [pss] = [line for line in (place / "smaps_rollup").read_text().splitlines() if line.startswith("Pss:")]
    return {
        "memory": int(pss.split()[1]) / 1000,
        "files": float(len(os.listdir(place / "fd"))),
        "threads": float(len(os.listdir(place / "task"))),
        "processes": 1.0,
    }


def _read_size(file: Path) -> int:
    try:
        return file.lstat().st_blocks * 512
    except OSError:
        return 0


def estimate_growth(readings: Sequence[Reading], since: float) -> list[Growth]:
    """The growth of everything that was read, by a line through what was read after `since` seconds."""
    series: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for each in readings:
        if each.at >= since:
            series[each.part, each.measure].append((each.at / 3600, each.value))
    found = []
    for (part, measure), points in series.items():
        if len(points) > 2:
            slope, error = fit_line(points)
            first, last = points[0][1], points[-1][1]
            found.append(Growth(part=part, measure=measure, first=first, last=last, per_hour=slope, error=error))
    return found


def fit_line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The slope of the least-squares line through points, and its standard error."""
    count = len(points)
    mean_x, mean_y = (sum(point[axis] for point in points) / count for axis in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    left = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return slope, (left / (count - 2) / spread) ** 0.5


async def soak(home: Path, minutes: float) -> tuple[list[str], list[Reading]]:
    """Makes videos for so many minutes; returns how they ended, and what was read meanwhile."""
    done: list[str] = []
    readings: list[Reading] = []
    async with run_stack(home, separate=True, renderers=1) as stack:
        started = time.monotonic()
        until = started + minutes * 60
        making = asyncio.create_task(make_videos(stack.url, until, done))
        while time.monotonic() < until and not making.done():
            readings += await asyncio.to_thread(lambda: list(read_all(stack, time.monotonic() - started)))
            await asyncio.sleep(INTERVAL)
        await making
    return done, readings


def print_growth(done: Sequence[str], growth: Sequence[Growth], minutes: float) -> None:
    """Prints a table of what was used, and by how much it grew."""
    ended = ", ".join(f"{done.count(status)} {status}" for status in sorted(set(done)))
    print(f"{len(done)} videos in {minutes:.0f} minutes ({ended}); load {os.getloadavg()[0]:.0f}")
    print(f"{'part':<12} {'measure':<10} {'first':>9} {'last':>9} {'an hour':>10} {'±':>8}")
    for each in growth:
        known = "" if abs(each.per_hour) <= 2 * each.error else " *"
        print(
            f"{each.part:<12} {each.measure:<10} {each.first:>9.1f} {each.last:>9.1f}"
            f" {each.per_hour:>+10.1f} {each.error:>8.1f}{known} {MEASURES[each.measure]}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    configure_logs("json", "ERROR")
    with tempfile.TemporaryDirectory(prefix="lectern-soak-") as folder:
        done, readings = asyncio.run(soak(Path(folder) / "home", options.minutes))
    growth = estimate_growth(readings, options.minutes * 60 * WARM_UP)
    print_growth(done, growth, options.minutes)
    if options.json:
        options.json.write_bytes(msgspec.json.encode(readings))
    sys.exit(any(status != "completed" for status in done) or not done)


if __name__ == "__main__":
    main()
