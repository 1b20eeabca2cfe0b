"""When a video will be finished, from the work that is left on it and on all others.

Scenes race ahead of each other, so a video is finished when its slowest stage is, and its last scene has passed the
stages behind that. In each stage owners share the slots evenly, and within an owner its videos: while a video has `w`
seconds of work left, each of the others is served no more than `w`.
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Literal, TypeAlias

import msgspec

from lectern.gateway.outlook.stage_times import ENOUGH, PLENTY, StageTime
from lectern.gateway.workload import STAGES, StageWork, Workload

Confidence: TypeAlias = Literal["low", "medium", "high"]
FindTime: TypeAlias = Callable[[str, Workload], StageTime]
# How far a forecast is off even where all times are known: a share of it, and of the longest piece of work that is
# left, since whose turn it is next can be told only so far. Downwards and upwards; fitted to modelled pipelines of 1 to
# 10 videos whose durations scatter by 0 to 60 %, so that four in five of all ranges hold.
MODEL_ERROR = (0.22, 0.4)
PIECE_ERROR = (0.2, 0.35)
GUESS_ERROR = 2.0  # factor by which a video without a script may be longer or shorter


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds until a video is finished: most likely, and a range that holds in four cases of five."""

    seconds: float
    low: float
    high: float
    confidence: Confidence


class WaitingVideo(msgspec.Struct, frozen=True, kw_only=True):
    """A video with work left. `party` is who takes turns with others: its owner, or itself where it has none."""

    video_id: str
    party: str
    work: Workload


class AtWork(msgspec.Struct, frozen=True):
    """A video's items that are worked on now, and how much of them is done: 1.5 is one and a half of them."""

    items: int = 0
    done: float = 0.0


class Shares:
    """Amounts of work of which each is served up to a limit."""

    def __init__(self, amounts: Iterable[float]) -> None:
        self._sorted = sorted(amounts)
        self._sums = [0.0, *accumulate(self._sorted)]

    @property
    def total(self) -> float:
        """All of it."""
        return self._sums[-1]

    def serve(self, limit: float) -> float:
        """What is served while nobody gets more than `limit`."""
        place = bisect.bisect_right(self._sorted, limit)
        return self._sums[place] + (len(self._sorted) - place) * limit


class Backlog:
    """All work that is left, in seconds, by stage. Bulk videos are served after all others."""

    def __init__(self, videos: Iterable[WaitingVideo], find_time: FindTime) -> None:
        by_party: defaultdict[tuple[str, str], defaultdict[str, list[float]]]
        by_party = defaultdict(lambda: defaultdict(list))
        for video in videos:
            for stage, work in video.work.stages.items():
                by_party[stage, video.work.lane][video.party].append(work.units * find_time(stage, video.work).mean)
        self._videos = {
            place: {party: Shares(amounts) for party, amounts in parties.items()} for place, parties in by_party.items()
        }
        self._parties = {
            place: Shares(shares.total for shares in parties.values()) for place, parties in self._videos.items()
        }

    def measure(self, stage: str, video: WaitingVideo, seconds: float) -> float:
        """Seconds of work that are done in a stage until `seconds` of a video's own are, those included."""
        place = (stage, video.work.lane)
        ahead = self._parties[stage, "fast"].total if video.work.lane == "bulk" and self._has(stage, "fast") else 0.0
        own = self._videos.get(place, {}).get(video.party)
        if own is None:  # its party has nothing here yet, and takes turns with those that have
            return ahead + seconds + (self._parties[place].serve(seconds) if place in self._parties else 0.0)
        until_own = max(seconds, own.serve(seconds))
        return ahead + max(until_own, self._parties[place].serve(until_own))

    def _has(self, stage: str, lane: str) -> bool:
        return (stage, lane) in self._parties


def forecast(
    video: WaitingVideo,
    backlog: Backlog,
    slots: Mapping[str, int],
    find_time: FindTime,
    at_work: Mapping[str, AtWork] = {},
) -> Forecast | None:
    """The forecast for a video, of which some is `at_work` by stage; None where a stage has no workers."""
    work, finished, spread = video.work, 0.0, 0.0
    samples = math.inf
    waits_for_first, piece = 0.0, 0.0
    for stage in STAGES:
        left = work.stages.get(stage)
        if left is None:
            continue
        if not slots.get(stage):
            return None
        time = find_time(stage, work)
        item = left.units / left.items * time.mean
        piece = max(piece, item)
        now = at_work.get(stage, AtWork())
        own = max(0.0, left.units * time.mean - now.done * item)
        taken = _measure_stage(stage, video, own, left, backlog, slots[stage], item, now)
        if stage in ("scripting", "composing"):
            finished += taken
        else:
            finished = max(waits_for_first + taken, finished + min(item, own))
        if not left.ready or stage == "scripting":
            waits_for_first += item
        if stage == "scripting":
            waits_for_first = finished
        samples = min(samples, time.samples)
        spread += (max(0.0, time.p90 - time.mean) * left.units / max(1, left.items) ** 0.5 / slots[stage]) ** 2
    down, up = (
        share * finished + part * piece + math.sqrt(spread)
        for share, part in zip(MODEL_ERROR, PIECE_ERROR, strict=True)
    )
    low, high = max(finished * 0.3, finished - down), finished + up
    if not work.scripted:
        low, high = low / GUESS_ERROR, high * GUESS_ERROR
    confidence: Confidence = "high" if samples >= PLENTY else "medium" if samples >= ENOUGH else "low"
    return Forecast(
        seconds=round(finished, 1),
        low=round(low, 1),
        high=round(high, 1),
        confidence=confidence if work.scripted else "low",
    )


def _measure_stage(
    stage: str,
    video: WaitingVideo,
    own: float,
    left: StageWork,
    backlog: Backlog,
    slots: int,
    item: float,
    now: AtWork,
) -> float:
    """Seconds until a video's work in a stage is done, once it is there: shared slots, no scene on two of them, none
    before the one that it waits for.

    What is at work has its slot already; only the others wait for those of other videos. Of a round of turns half has
    passed, on average, when it is a video's own.
    """
    alone = max(own / min(slots, left.items), min(item * left.chain, own))
    waiting = max(0, left.items - now.items) * item
    limit = max(0.0, waiting - item / 2)
    others = backlog.measure(stage, video, limit) - limit if waiting else 0.0
    return max(alone, (others + waiting) / slots)
