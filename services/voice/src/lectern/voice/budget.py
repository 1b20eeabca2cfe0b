"""A video's cost limit, checked before a voice is paid for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lectern.contracts.events import ScenePlanned
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.contracts.state import VideoState
from lectern.contracts.usage import Usage
from lectern.voice.voices import Voice
from lectern.worker import Permanent


def check_budget(
    event: ScenePlanned,
    state: VideoState,
    script: Script,
    roles: Mapping[str, Voice],
    lead: Voice,
    spent_before: Iterable[Usage] = (),
) -> None:
    """Checks that this scene and all others still to be spoken stay within `max_cost_usd`.

    Other scenes may be in progress in other processes, so each must leave room for all. `spent_before` is what earlier
    deliveries of this scene paid for, which the log does not tell yet. Raises Permanent.
    """
    limit = event.options.max_cost_usd
    if limit is None or not any(voice.usd_per_million for voice in (lead, *roles.values())):
        return
    waiting = {number for number, facts in state.scenes().items() if facts.status() == "planned"} | {event.scene}
    spent = sum(item.cost_usd for item in (*state.usage(), *spent_before))
    needed = sum(estimate_scene_cost(script, number, roles, lead) for number in sorted(waiting))
    if spent + needed <= limit:
        return
    scenes = "one scene" if len(waiting) == 1 else f"{len(waiting)} scenes"
    raise Permanent(
        Problem(
            code="budget-exceeded",
            title="The video would cost more than allowed",
            detail=f"${spent:.4f} of ${limit:.4f} is spent, and speaking {scenes} with {lead.id} costs "
            f"about ${needed:.4f}.",
            remedy="Raise max_cost_usd, or choose a cheaper voice; `GET /v1/voices` has prices, and espeak is free.",
        )
    )


def estimate_scene_cost(script: Script, number: int, roles: Mapping[str, Voice], lead: Voice) -> float:
    """Estimates the cost of speaking a scene, in US dollars."""
    beats = script.scene(number).beats
    return sum(roles.get(beat.speaker, lead).estimate_cost(len(beat.spoken_text())) for beat in beats)
