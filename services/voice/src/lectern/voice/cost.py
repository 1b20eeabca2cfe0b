"""The limit on what a video may cost, looked at before a voice is paid for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lectern.contracts.events import ScenePlanned
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.voice.voices import Voice
from lectern.worker import Job, Permanent


async def within_cost(
    event: ScenePlanned, job: Job[Any], script: Script, roles: Mapping[str, Voice], lead: Voice
) -> None:
    """Returns if the video stays under `max_cost_usd` with this scene and all others that are still to be spoken.

    Others may be under way in other processes, so that each must leave room for all. Raises Permanent.
    """
    limit = event.options.max_cost_usd
    if limit is None or not any(voice.usd_per_million for voice in (lead, *roles.values())):
        return
    state = job.log.state
    waiting = {number for number, facts in state.scenes().items() if facts.status() == "planned"} | {event.scene}
    spent = sum(item.cost_usd for item in state.spent())
    needed = sum(scene_cost(script, number, roles, lead) for number in sorted(waiting))
    if spent + needed <= limit:
        return
    raise Permanent(
        Problem(
            code="budget-exceeded",
            title="The video would cost more than allowed",
            detail=f"${spent:.4f} of ${limit:.4f} is spent, and speaking {_scenes(len(waiting))} with {lead.id} costs "
            f"about ${needed:.4f}.",
            remedy="Raise max_cost_usd, or choose a cheaper voice; `GET /v1/voices` has prices, and espeak is free.",
        )
    )


def scene_cost(script: Script, number: int, roles: Mapping[str, Voice], lead: Voice) -> float:
    """What speaking a scene costs, in US dollars."""
    beats = script.scene(number).beats
    return sum(roles.get(beat.speaker, lead).estimate(len(beat.said())) for beat in beats)


def _scenes(number: int) -> str:
    return "one scene" if number == 1 else f"{number} scenes"
