"""When each film moved on, by the event log's own clock, and how long it stood still after each fault."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from nats.aio.client import Client

from chaos.journal import Journal
from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.topology import VIDEOS

ANY_MOMENT = "any moment"


class Step(msgspec.Struct, frozen=True):
    """An event of a film: when it was stored, in seconds of the run, its id, which attempt brought it, and why it waits."""

    at: float
    event: str
    attempt: int = 1
    waits_for: str = ""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a film from the moment in which it was first asked for. The moments are seconds of the run."""

    film: int
    video: str
    asked: float
    steps: tuple[Step, ...]

    def time_still(self, moment: float) -> float | None:
        """How long after a moment the film moved on; None if it was not under way then."""
        later = [step.at for step in self.steps if step.at > moment and not step.waits_for]
        return later[0] - moment if later and self.asked <= moment else None


class Waits(msgspec.Struct, frozen=True):
    """How long films stood still after moments of one kind, in seconds."""

    count: int
    median: float
    longest: float

    def __str__(self) -> str:
        return f"{self.median:.1f} s, at most {self.longest:.1f} s ({self.count} times)"


async def read_timeline(nats: Client, journal: Journal, film: int, asked: float, video: str, log: VideoLog) -> Timeline:
    """A film's timeline, of a log that is still there. `asked` is in seconds of the run. What came twice counts once."""
    steps: dict[str, Step] = {}
    for sequence, event in log:
        stored = (await nats.jetstream(timeout=5).get_msg(VIDEOS, sequence)).time
        assert stored is not None
        code = event.problem.code if isinstance(event, e.Delay) else ""
        at = round(stored.timestamp() - journal.began, 2)
        steps.setdefault(e.message_id(event), Step(at, e.message_id(event), event.attempt, code))
    return Timeline(film=film, video=video, asked=round(asked, 2), steps=tuple(steps.values()))


def measure_waits(timelines: Sequence[Timeline], journal: Journal) -> dict[str, Waits]:
    """How long films that were under way stood still after the ends of each kind of fault, and after any second."""
    moments: dict[str, list[float]] = defaultdict(list)
    for strike in journal.strikes:
        moments[strike.fault].append(strike.ended - journal.start)
    last = max((step.at for line in timelines for step in line.steps), default=0.0)
    moments[ANY_MOMENT] = [float(second) for second in range(int(last))]
    found = {}
    for name, after in moments.items():
        still = [wait for line in timelines for each in after if (wait := line.time_still(each)) is not None]
        if still:
            found[name] = Waits(len(still), statistics.median(still), max(still))
    return found
