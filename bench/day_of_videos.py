"""A day of requests for videos: quiet nights, working hours, and bursts, the same each time for a seed."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import msgspec

from lectern.contracts.options import Lane

STAGES = ("scripter", "voice", "coder", "renderer", "composer")
# Videos an hour of a middling installation, by hour of the day: 213 in all.
HOURS = (0, 0, 0, 0, 0, 1, 3, 8, 15, 20, 22, 20, 14, 18, 22, 20, 16, 11, 8, 6, 4, 3, 1, 1)
# Batches in the bulk lane: hour at which they are sent, and videos in them.
BATCHES = ((3.0, 30), (9.5, 40), (13.2, 60), (16.75, 25))
OWNERS = 12


class Law(msgspec.Struct, frozen=True):
    """How long a job takes: log-normal, by mean and coefficient of variation. Seconds."""

    mean: float
    variation: float

    def draw(self, rng: random.Random) -> float:
        """One duration."""
        sigma = math.sqrt(math.log(1 + self.variation**2))
        return rng.lognormvariate(math.log(self.mean) - sigma**2 / 2, sigma)


# Scripts and code: two to seven requests to a model, answered in some ten to thirty seconds each. Voices: a remote
# engine. Renders: scenes of 10 to 40 s at high quality; see `bench/video_costs.py` for CPU seconds a video second.
DURATIONS = {
    "scripter": Law(45.0, 0.5),
    "voice": Law(4.0, 0.5),
    "coder": Law(60.0, 0.7),
    "renderer": Law(20.0, 0.9),
    "composer": Law(8.0, 0.4),
}


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A video: when it is asked for, in seconds of the day, and how long each of its jobs will take."""

    number: int
    at: float
    owner: str
    lane: Lane
    script: float
    scenes: tuple[dict[str, float], ...]
    composing: float


def make_day(seed: int, *, hours: Sequence[float] = HOURS, load: float = 1.0) -> list[Request]:
    """The requests of a day in their order; `load` times as many as usual."""
    rng = random.Random(seed)
    times: list[tuple[float, str, Lane]] = []
    for hour, rate in enumerate(hours):
        at = hour * 3600.0
        while rate and (at := at + rng.expovariate(rate * load / 3600.0)) < (hour + 1) * 3600.0:
            times.append((at, f"owner-{rng.randrange(OWNERS)}", "fast"))
    for hour_of_day, videos in BATCHES:
        owner = f"owner-{rng.randrange(OWNERS)}"
        times += [(hour_of_day * 3600.0 + 0.2 * n, owner, "bulk") for n in range(round(videos * load))]
    return [draw_request(rng, number, *each) for number, each in enumerate(sorted(times))]


def draw_request(rng: random.Random, number: int, at: float, owner: str, lane: Lane) -> Request:
    """A video of five to ten scenes."""
    return Request(
        number=number,
        at=at,
        owner=owner,
        lane=lane,
        script=DURATIONS["scripter"].draw(rng),
        scenes=tuple(
            {stage: DURATIONS[stage].draw(rng) for stage in ("voice", "coder", "renderer")}
            for _ in range(rng.randint(5, 10))
        ),
        composing=DURATIONS["composer"].draw(rng),
    )
