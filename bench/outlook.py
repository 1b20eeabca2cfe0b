"""How far off the forecasts are: ten short videos at once on a running Lectern, asked every half second.

    .venv/bin/python bench/outlook.py http://127.0.0.1:8080 [word]

The lessons are new to a Lectern that has not seen the word yet; a second run goes by
the times that the first has measured.

Prints the median error of the forecast at 10, 50 and 90 % of each video's way, as a share of the whole, how often the
range held, and the seconds that each stage took for one unit of work (see `lectern.gateway.workload`).
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections import defaultdict
from typing import Any

import httpx

from lectern.gateway.workload import measure_units

SUBJECTS = ("tides", "leaves", "rivers", "clouds", "magnets", "bridges", "comets", "glaciers", "volcanoes", "reefs")
SHARES = (0.1, 0.5, 0.9)
STAGES = ("voicing", "coding", "rendering")


def write_lesson(subject: str, scenes: int, word: str) -> str:
    """A lesson whose scenes are no other's."""
    parts = [f"# All about {subject} in {word}"]
    for scene in range(1, scenes + 1):
        parts += [
            f"## Part {scene} of {subject}",
            f"This is what everybody in {word} should know about {subject}, and it is part {scene} of {scenes}.",
            f"There is more to say of {subject} than of most things, and it takes a while to say it.",
            f"```flow\nStart {scene}\n{subject.capitalize()}\nEnd {scene}\n```",
        ]
    return "\n\n".join(parts)


async def watch(http: httpx.AsyncClient, subject: str, scenes: int, word: str) -> dict[str, Any]:
    """Makes a video and asks for its forecast until it is finished."""
    body = {"document": {"markdown": write_lesson(subject, scenes, word)}, "options": {"quality": "draft"}}
    video = (await http.post("/v1/videos", json=body)).raise_for_status().json()
    began, told = time.monotonic(), []
    while video["status"] in ("queued", "in_progress"):
        await asyncio.sleep(0.5)
        answer = await http.get(video["urls"]["self"])
        if answer.status_code != httpx.codes.OK:
            continue
        video = answer.json()
        if video["eta"]:
            told.append((time.monotonic() - began, video["eta"]))
    return {"video": video, "took": time.monotonic() - began, "told": told}


async def main(url: str, word: str = "spring") -> None:
    """Runs the videos and prints what came of their forecasts."""
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        found = await asyncio.gather(*(watch(http, subject, 2 + n % 3, word) for n, subject in enumerate(SUBJECTS)))
    print("videos:", len(found), "finished:", sum(each["video"]["status"] == "completed" for each in found))
    print("seconds each took:", " ".join(f"{each['took']:.0f}" for each in found))
    for share in SHARES:
        errors, held = [], 0
        for each in found:
            at = share * each["took"]
            told = min(each["told"], key=lambda told: abs(told[0] - at), default=None)
            if told:
                left = each["took"] - told[0]
                errors.append(abs(told[1]["seconds"] - left) / each["took"])
                held += told[1]["low"] <= left <= told[1]["high"]
        print(f"at {share:.0%}: median error {statistics.median(errors):.0%}, worst {max(errors):.0%},", end=" ")
        print(f"range held {held} of {len(errors)}")
    units: defaultdict[str, list[float]] = defaultdict(list)
    for each in found:
        video = each["video"]
        for scene in video["scenes"]:
            for stage in STAGES:
                timing = scene["timings"][stage]
                if timing and timing["worked_seconds"] is not None and not timing["cached"]:
                    units[stage].append(timing["worked_seconds"] / measure_units(stage, scene["seconds"]))
        if composing := video["timings"]["composing"]:
            units["composing"].append(composing["worked_seconds"] / measure_units("composing", video["seconds"]))
        units["scripting"].append(video["timings"]["scripting"]["worked_seconds"])
    for stage, seconds in units.items():
        deciles = statistics.quantiles(seconds, n=10)
        print(f"{stage}: mean {statistics.mean(seconds):.2f}, median {deciles[4]:.2f}, 90 % {deciles[8]:.2f} s a unit")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
