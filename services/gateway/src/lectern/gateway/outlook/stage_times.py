"""How long stages take lately: a decayed distribution of seconds for each unit of work, shared by replicas.

Each sample is an event's own time. The newest are kept, by their place on the stream: so a redelivered event counts
once, replicas may write in any order, and a bucket holds a few kilobytes.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from lectern.contracts import events as e
from lectern.gateway.mirrored_bucket import MirroredBucket
from lectern.gateway.workload import measure_units
from lectern.worker import KeyValueEntry, KeyValueStore

KEPT = 64  # samples of a kind
HALF_LIFE = 16  # samples after which one counts half
ENOUGH, PLENTY = 5, 20  # samples from which on a distribution is believed, and is sure


class TimeSample(msgspec.Struct, frozen=True, array_like=True):
    """Seconds of work for one unit, from the event at `sequence`."""

    sequence: int
    seconds: float


class StageTime(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of work for one unit: their mean, the median and the 90th percentile, of so many samples."""

    mean: float
    p50: float
    p90: float
    samples: int = 0


# Until something was measured. Draft: between `bench/outlook.py` on two cores that had much other work (ten videos at
# once, November 2026) and what an idle machine is expected to take. Other qualities: by their pixels a second.
START_TIMES: dict[str, StageTime] = {
    "scripting": StageTime(mean=2.0, p50=0.3, p90=10.0),
    "scripting.model": StageTime(mean=40.0, p50=35.0, p90=70.0),
    "voicing": StageTime(mean=0.5, p50=0.4, p90=1.2),
    "coding": StageTime(mean=4.0, p50=3.0, p90=9.0),
    "coding.model": StageTime(mean=45.0, p50=35.0, p90=90.0),
    "rendering": StageTime(mean=1.0, p50=0.8, p90=2.0),
    "rendering.draft": StageTime(mean=0.5, p50=0.4, p90=0.9),
    "rendering.standard": StageTime(mean=1.2, p50=1.0, p90=2.5),
    "rendering.high": StageTime(mean=4.0, p50=3.5, p90=8.0),
    "rendering.ultra": StageTime(mean=15.0, p50=12.0, p90=30.0),
    "composing": StageTime(mean=0.25, p50=0.2, p90=0.6),
}


def sample_event(event: e.AnyEvent) -> tuple[tuple[str, ...], float] | None:
    """The kinds that an event's time belongs to, and its seconds for one unit; None for one that says nothing.

    A result that was only found again is no measure of the work.
    """
    if event.began is None:
        return None
    worked = max(0.0, (event.at - event.began).total_seconds())
    match event:
        case e.VideoScripted():
            by_model = any(item.kind == "model" for item in event.spent)
            return (("scripting", "scripting.model") if by_model else ("scripting",)), worked
        case e.SceneNarrated() if not event.cached:
            return ("voicing",), worked / measure_units("voicing", event.narration.seconds)
        case e.SceneCoded():
            return ("coding", f"coding.{event.code.origin}"), worked
        case e.SceneRendered() if not event.footage.cached:
            kinds = ("rendering", f"rendering.{event.options.quality}")
            return kinds, worked / measure_units("rendering", event.narration.seconds)
        case e.VideoCompleted():
            return ("composing",), worked / measure_units("composing", event.seconds)
    return None


def sample_cost(event: e.AnyEvent) -> tuple[str, float] | None:
    """The kind that an event's cost for models belongs to, and its US dollars; None for one that says nothing."""
    match event:
        case e.VideoScripted():
            return "cost.scripting", sum(item.cost_usd for item in event.spent)
        case e.SceneCoded():
            return "cost.coding", sum(item.cost_usd for item in event.spent)
    return None


def summarise(samples: Iterable[TimeSample]) -> StageTime | None:
    """The distribution of samples, the newest of which count most; None without any."""
    newest = sorted(samples, key=lambda sample: -sample.sequence)
    if not newest:
        return None
    weighted = sorted((sample.seconds, 0.5 ** (age / HALF_LIFE)) for age, sample in enumerate(newest))
    total = sum(weight for _, weight in weighted)

    def find_quantile(share: float) -> float:
        passed = 0.0
        for seconds, weight in weighted:
            passed += weight
            if passed >= share * total:
                return seconds
        return weighted[-1][0]

    mean = sum(seconds * weight for seconds, weight in weighted) / total
    return StageTime(mean=mean, p50=find_quantile(0.5), p90=find_quantile(0.9), samples=len(newest))


class StageTimes(MirroredBucket):
    """The bucket of stage times, mirrored in memory. `start` begins the mirror, `close` ends it."""

    def __init__(self, bucket: KeyValueStore) -> None:
        super().__init__(bucket)
        self._times: dict[str, StageTime] = {}

    async def take(self, entry: KeyValueEntry) -> None:
        """See `MirroredBucket.take`."""
        time = summarise(_decode(entry.value))
        if time:
            self._times[entry.key] = time

    def find(self, *kinds: str) -> StageTime:
        """The first of the kinds that has been measured often enough, else what is known from the start."""
        for kind in kinds:
            time = self._times.get(kind)
            if time and time.samples >= ENOUGH:
                return time
        return next(START_TIMES[kind] for kind in (*kinds, kinds[-1].partition(".")[0]) if kind in START_TIMES)

    def find_cost(self, kind: str) -> StageTime | None:
        """What models cost lately for one script (`scripting`) or one scene's code (`coding`), in US dollars."""
        return self._times.get(f"cost.{kind}")

    async def record(self, events: Iterable[tuple[int, e.AnyEvent]]) -> None:
        """Add the times of events, given with their places on the stream."""
        found: defaultdict[str, list[TimeSample]] = defaultdict(list)
        for sequence, event in events:
            sampled = sample_event(event)
            if sampled:
                for kind in sampled[0]:
                    found[kind].append(TimeSample(sequence, round(sampled[1], 4)))
            if cost := sample_cost(event):
                found[cost[0]].append(TimeSample(sequence, round(cost[1], 6)))
        for kind, samples in found.items():
            await self._add(kind, samples)

    async def _add(self, kind: str, samples: list[TimeSample]) -> None:
        def add(value: bytes | None) -> bytes:
            known = {sample.sequence: sample for sample in (*_decode(value), *samples)}
            return msgspec.json.encode(sorted(known.values(), key=lambda sample: -sample.sequence)[:KEPT])

        await self.bucket.change(kind, add)


def _decode(value: bytes | None) -> list[TimeSample]:
    with contextlib.suppress(ValueError):
        return msgspec.json.decode(value or b"[]", type=list[TimeSample])
    return []
