"""The work that is left on a video, by stage: what its view keeps, so that every replica can add it up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from lectern.contracts.options import Lane
from lectern.contracts.state import SceneEvents, VideoState

STAGES = ("scripting", "voicing", "coding", "rendering", "composing")
WORDS_PER_SECOND = 2.4  # 144 words a minute, at which instruction is usually read
GUESSED_SCENES, GUESSED_SECONDS = 5, 75.0  # of a video without a script: the median of the bundled lessons
OVERHEAD = {"scripting": 1.0, "voicing": 2.0, "coding": 1.0, "rendering": 4.0, "composing": 20.0}
# In each stage some of the time does not depend on the length: as much as so many seconds of film take there.
PER_SECOND = {"voicing", "rendering", "composing"}


class StageWork(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is left to do in a stage: `items` (scenes, or the video), `units` of work in them.

    `ready` of the items can be worked on now, the oldest since `since`. Up to `chain` of them wait for one another.
    """

    items: int
    units: float
    ready: int = 0
    since: datetime | None = None
    chain: int = 1


class Workload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The work left on a video. `rendered` lists what times depend on: quality, and where its code comes from."""

    lane: Lane
    quality: str
    stages: dict[str, StageWork]
    origin: str = ""
    scripted: bool = False


def measure_units(stage: str, seconds: float) -> float:
    """One item's units of work, given its length in seconds of film."""
    return OVERHEAD[stage] + (seconds if stage in PER_SECOND else 0.0)


def measure_workload(state: VideoState) -> Workload | None:
    """What is left to do on a video; None where nothing goes on: it has ended, or waits for its user."""
    if state.requested is None or state.outcome() is not None or state.awaits_approval():
        return None
    script = state.script()
    options = (script or state.requested).options
    if script is None:
        scenes, seconds = _guess_length(state)
        each = seconds / scenes
        stages = {
            "scripting": StageWork(items=1, units=1.0, ready=1, since=state.requested.at),
            **{stage: _add_up(stage, [each] * scenes, ()) for stage in STAGES[1:4]},
        }
        length = seconds
    else:
        speed = WORDS_PER_SECOND * options.speaking_rate
        lengths = {
            number: _measure_scene(facts, script.scenes[number - 1].words / speed)
            for number, facts in state.scenes().items()
        }
        stages = {}
        for stage in STAGES[1:4]:
            left = [number for number, facts in state.scenes().items() if _needs(stage, facts)]
            ready = [since for number in left if (since := _ready_since(stage, state, number))]
            if left:
                chain = _find_chain(state, left) if stage == "coding" else 1
                stages[stage] = _add_up(stage, [lengths[number] for number in left], ready, chain)
        length = sum(lengths.values())
    final = state.final_events()
    since = max((event.at for event in final), default=None) if final else None
    units = measure_units("composing", length)
    stages["composing"] = StageWork(items=1, units=units, ready=1 if since else 0, since=since)
    return Workload(
        lane=state.requested.lane,
        quality=options.quality,
        stages=stages,
        origin=_find_origin(state),
        scripted=script is not None,
    )


def plan_workload(
    lengths: Sequence[float],
    *,
    lane: Lane,
    quality: str,
    scripted: bool,
    left: Mapping[str, Sequence[float]] = {},
) -> Workload:
    """The work of a video that is not begun, given the lengths of its scenes in seconds.

    `left` names the stages in which only some of the scenes are worked on, with the lengths of those.
    """
    stages = {
        "scripting": StageWork(items=1, units=measure_units("scripting", 0.0)),
        **{stage: _add_up(stage, some, ()) for stage in STAGES[1:4] if (some := left.get(stage, lengths))},
        "composing": StageWork(items=1, units=measure_units("composing", sum(lengths))),
    }
    return Workload(lane=lane, quality=quality, stages=stages, scripted=scripted)


def list_ready(state: VideoState) -> dict[str, list[int]]:
    """The items of each stage that can be worked on now: scenes, and 0 for the whole video."""
    scenes = {
        stage: [n for n, facts in state.scenes().items() if _needs(stage, facts) and _ready_since(stage, state, n)]
        for stage in STAGES[1:4]
    }
    return {"scripting": [] if state.script() else [0], **scenes, "composing": [0] if state.final_events() else []}


def _guess_length(state: VideoState) -> tuple[int, float]:
    brief = state.requested.brief if state.requested else None
    seconds = float(brief.target_seconds or 0) if brief else 0.0
    scenes = brief.scenes if brief else 0
    if not seconds:
        seconds = GUESSED_SECONDS * (scenes or GUESSED_SCENES) / GUESSED_SCENES
    return scenes or max(1, round(seconds * GUESSED_SCENES / GUESSED_SECONDS)), seconds


def _measure_scene(facts: SceneEvents, guessed: float) -> float:
    narration = facts.narration()
    return narration.seconds if narration else guessed


def _needs(stage: str, facts: SceneEvents) -> bool:
    if facts.rendered or facts.failure():
        return False
    coded = facts.coded is not None and facts.refusal() is None
    match stage:
        case "voicing":
            return facts.narration() is None
        case "coding":
            return not coded
        case _:
            return True


def _ready_since(stage: str, state: VideoState, number: int) -> datetime | None:
    """When a scene came to a stage, if that is where it is."""
    facts = state.scene(number)
    coded = facts.coded is not None and facts.refusal() is None
    match stage:
        case "voicing":
            return facts.planned.at if facts.planned else None
        case "coding":
            task = facts.refusal() or facts.cued or facts.narrated
            return task.at if task and not _waits_for_code(state, number) else None
        case _:
            return facts.coded.at if coded and facts.coded else None


def _waits_for_code(state: VideoState, number: int) -> bool:
    """True while a scene is not coded since the one before is not, with whose things it goes on."""
    script = state.script()
    waits = script is not None and script.scenes[number - 1].waits and state.scene(number).cued is None
    return waits and not state.scene(number - 1).is_settled()


def _find_chain(state: VideoState, left: Iterable[int]) -> int:
    """How many of the scenes that are left to code are coded one after another, at most."""
    longest, chain = 1, {0: 0}
    for number in left:
        chain[number] = chain.get(number - 1, 0) + 1 if _waits_for_code(state, number) else 1
        longest = max(longest, chain[number])
    return longest


def _add_up(stage: str, seconds: Iterable[float], ready: Iterable[datetime], chain: int = 1) -> StageWork:
    units = [measure_units(stage, each) for each in seconds]
    since = sorted(ready)
    return StageWork(
        items=len(units), units=sum(units), ready=len(since), since=since[0] if since else None, chain=chain
    )


def _find_origin(state: VideoState) -> str:
    coded = (facts.rendered or facts.coded for facts in state.scenes().values())
    return next((event.code.origin for event in coded if event), "")
