"""When each film moved on, by the event log's own clock, and how long films stood still after each fault."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from nats.aio.client import Client

from chaos.journal import Journal, StrikeRecord
from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.topology import VIDEOS

ANY_MOMENT = "any moment"
_OF_RENDERERS = ("kill-render-fork", "kill-zygote")
_SERVICES: dict[type[e.Event], str] = {
    e.VideoRequested: "gateway",
    e.VideoScripted: "scripter",
    e.ScenePlanned: "scripter",
    e.SceneNarrated: "voice",
    e.SceneCoded: "coder",
    e.SceneRendered: "renderer",
    e.VideoCompleted: "composer",
}  # whose answer an event is


class Step(msgspec.Struct, frozen=True):
    """An event of a film: when it was stored, in seconds of the run, its id, and which service and attempt brought it.

    `waits_for` is what it waits for, if that is all that the event says.
    """

    at: float
    event: str
    service: str = ""
    attempt: int = 1
    waits_for: str = ""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a film from the moment in which it was first asked for. The moments are seconds of the run."""

    film: int
    video: str
    asked: float
    steps: tuple[Step, ...]

    def find_next(self, moment: float) -> Step | None:
        """The step by which the film moved on after a moment; None if it was not under way then."""
        later = (step for step in self.steps if step.at > moment and not step.waits_for)
        return next(later, None) if self.asked <= moment else None


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How long films stood still after moments of one kind, in seconds: the first one to move on, and each."""

    moments: int
    first: float  # the median
    first_at_most: float
    each: float  # the median
    each_at_most: float

    def __str__(self) -> str:
        first = f"the first after {self.first:.1f} s (at most {self.first_at_most:.1f})"
        return f"{first}, each after {self.each:.1f} s (at most {self.each_at_most:.1f}), {self.moments} times"


async def read_timeline(nats: Client, journal: Journal, film: int, asked: float, video: str, log: VideoLog) -> Timeline:
    """A film's timeline, of a log that is still there. `asked` is in seconds of the run. What came twice counts once."""
    steps: dict[str, Step] = {}
    for sequence, event in log:
        stored = (await nats.jetstream(timeout=5).get_msg(VIDEOS, sequence)).time
        assert stored is not None
        step = Step(
            at=round(stored.timestamp() - journal.began, 2),
            event=e.message_id(event),
            service=_SERVICES.get(type(event), ""),
            attempt=event.attempt,
            waits_for=event.problem.code if isinstance(event, e.Delay) else "",
        )
        steps.setdefault(step.event, step)
    return Timeline(film=film, video=video, asked=round(asked, 2), steps=tuple(steps.values()))


def measure_waits(timelines: Sequence[Timeline], journal: Journal) -> dict[str, Waits]:
    """How long films that were under way stood still after the ends of each kind of fault, and after any second.

    After a fault of a service those count that its answer was to move on. The time that work takes is a part of it.
    """
    found: dict[str, list[list[float]]] = defaultdict(list)
    for strike in journal.tell_strikes():
        found[strike.fault].append(_measure_after(timelines, strike.ended, _find_service(strike)))
    last = max((step.at for line in timelines for step in line.steps), default=0.0)
    found[ANY_MOMENT] = [_measure_after(timelines, float(second), "") for second in range(int(last))]
    return {name: waits for name, after in found.items() if (waits := _sum_up([each for each in after if each]))}


def _measure_after(timelines: Sequence[Timeline], moment: float, service: str) -> list[float]:
    steps = filter(None, (line.find_next(moment) for line in timelines))
    return [step.at - moment for step in steps if service in ("", step.service)]


def _find_service(strike: StrikeRecord) -> str:
    if strike.fault in _OF_RENDERERS:
        return "renderer"
    service = strike.fault.partition("-")[2]
    return service if service in _SERVICES.values() else ""


def _sum_up(after: Sequence[Sequence[float]]) -> Waits | None:
    if not after:
        return None
    firsts, every = [min(each) for each in after], [wait for each in after for wait in each]
    return Waits(
        moments=len(after),
        first=round(statistics.median(firsts), 1),
        first_at_most=round(max(firsts), 1),
        each=round(statistics.median(every), 1),
        each_at_most=round(max(every), 1),
    )
