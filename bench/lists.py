"""How long a page of the list takes, and what the list's mirror holds, with many videos: `python bench/lists.py`."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
import tracemalloc
from collections.abc import Callable

import msgspec

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief, VideoOptions
from lectern.gateway.filters import VideoFilter, fold_text
from lectern.gateway.projection import make_view
from lectern.gateway.views import Views
from lectern.worker import KeyValueEntry
from lectern.worker.testing import MemoryKeyValueStore

TOPICS = """light leaf sugar tide moon wave atom gene cell prime proof angle orbit éclair Straße gravity ocean"""
WORDS = TOPICS.split()
REPEATS = 50


def make_log(number: int) -> VideoLog:
    """A new video's log."""
    topic = " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 5, 7, 11))
    metadata = {"course": f"c{number % 50}", "week": str(number % 12)}
    options = VideoOptions()
    requested = e.VideoRequested(video_id=new_id(), brief=Brief(topic=topic), options=options, metadata=metadata)
    return VideoLog([(number + 1, requested)])


def measure(call: Callable[[], object]) -> float:
    """The median of a call's milliseconds of CPU time."""
    times = []
    for _ in range(REPEATS):
        started = time.process_time_ns()
        call()
        times.append((time.process_time_ns() - started) / 1e6)
    return statistics.median(times)


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=10_000)
    count = parser.parse_args().videos
    encoded = []
    for number in range(count):
        log = make_log(number)
        encoded.append((log.video_id, msgspec.json.encode(make_view(log))))
    views = Views(MemoryKeyValueStore())
    tracemalloc.start()
    started = time.process_time_ns()
    for place, (video_id, value) in enumerate(encoded, 1):
        await views.take(KeyValueEntry(key=video_id, value=value, revision=place))
    mirrored = (time.process_time_ns() - started) / 1e9
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    middle = encoded[count // 2][0]
    print(f"{count} videos: mirrored in {mirrored:.2f} s of CPU time (traced), {held / count:.0f} bytes each")
    cases = {
        "first page of 20": (VideoFilter(), 20, ""),
        "page of 100 from the middle": (VideoFilter(), 100, middle),
        "status that none has": (VideoFilter(statuses=frozenset({"failed"})), 20, ""),
        "one course's page": (VideoFilter(metadata={"course": "c7"}), 20, ""),
        "metadata that none has": (VideoFilter(metadata={"course": "x"}), 20, ""),
        "word that many have": (VideoFilter(words=(fold_text("ECLAIR"),)), 20, ""),
        "five words that none has together": (VideoFilter(words=("zebra", "light", "leaf", "tide", "moon")), 20, ""),
        "another owner": (VideoFilter(owner="eve"), 20, ""),
    }
    for name, (wanted, limit, after) in cases.items():
        print(f"{name:36} {measure(lambda w=wanted, n=limit, a=after: views.page(w, limit=n, after=a)):8.3f} ms")


if __name__ == "__main__":
    asyncio.run(main())
