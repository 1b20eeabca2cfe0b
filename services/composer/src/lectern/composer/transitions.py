"""How one scene follows another: the frames just before a cut, blended with the first picture after it.

They replace as many frames at the end of the scene before, where nobody speaks any more. So no length changes, the
narration stays where it is, and nothing but these frames is encoded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from lectern.composer.commands import build_transition_command
from lectern.composer.inputs import footage_name
from lectern.composer.timeline import SceneSpan, VideoTimeline
from lectern.composer.verification import find_difference
from lectern.contracts import events as e
from lectern.contracts.quality import Preset
from lectern.contracts.script import Script
from lectern.media import FOOTAGE, bound_footage_bytes, probe_media, run_ffmpeg
from lectern.worker import map_concurrently

Blend: TypeAlias = Literal["dissolve", "push"]

SECONDS: dict[Blend, float] = {"dissolve": 0.4, "push": 0.5}
SHORTEST_SCENE = 3  # times a transition's length; a shorter scene ends with a cut
MAX_ENCODERS = 2  # at once
TIMEOUT_SECONDS = 60.0


class CutPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A transition at the end of a scene: its last `frames` frames are blended with the next scene's first picture."""

    scene: int
    following: int
    blend: Blend
    frames: int

    @property
    def name(self) -> str:
        """The file name of the blended frames."""
        return f"cut-{self.scene:03d}.mp4"


def plan_cuts(script: Script, scenes: Sequence[e.SceneRendered], timeline: VideoTimeline) -> list[CutPlan]:
    """Plans the transitions between scenes, all that are not plain cuts."""
    plans = []
    for before, after, span in zip(scenes, scenes[1:], timeline.spans, strict=False):
        blend = choose_blend(script, before, after)
        if blend is not None and (frames := _fit(blend, span, timeline.fps)):
            plans.append(CutPlan(scene=before.scene, following=after.scene, blend=blend, frames=frames))
    return plans


def choose_blend(script: Script, before: e.SceneRendered, after: e.SceneRendered) -> Blend | None:
    """Chooses what the script asks for; else nothing where things are carried across the cut, and a dissolve elsewhere.

    They are carried where the later scene was drawn after just the code that the earlier one was rendered from.
    """
    wanted = script.scene(after.scene).plan.transition
    if wanted == "":
        return None if after.code.context.before[-1:] == (before.code.key,) else "dissolve"
    return None if wanted == "cut" else wanted


async def draw_cuts(
    plans: Sequence[CutPlan], timeline: VideoTimeline, folder: Path, preset: Preset
) -> tuple[list[CutPlan], list[str]]:
    """Draws the blended frames into `folder`. Returns the transitions that can be joined, and what is wrong with the
    others.

    Raises ProcessFailed and ProbeFailed.
    """
    lengths = {span.number: span.frames for span in timeline.spans}

    async def draw(plan: CutPlan) -> str:
        command = build_transition_command(
            before=footage_name(plan.scene),
            after=footage_name(plan.following),
            skipped=lengths[plan.scene] - plan.frames,
            frames=plan.frames,
            push=plan.blend == "push",
            fps=timeline.fps,
            preset=preset,
            out=plan.name,
            max_output_bytes=bound_footage_bytes(plan.frames, preset.width * preset.height),
        )
        await run_ffmpeg(command, folder=folder, timeout=TIMEOUT_SECONDS)
        [drawn] = (await probe_media(folder / plan.name, FOOTAGE)).tracks("video")
        [footage] = (await probe_media(folder / footage_name(plan.scene), FOOTAGE)).tracks("video")
        if drawn.frames != plan.frames:
            return f"the transition after scene {plan.scene} has {drawn.frames} frames, not {plan.frames}"
        difference = find_difference(footage, drawn)
        return f"the transition after scene {plan.scene} {difference}" if difference else ""

    faults = await map_concurrently(draw, plans, limit=MAX_ENCODERS)
    fit = [plan for plan, fault in zip(plans, faults, strict=True) if not fault]
    return fit, [fault for fault in faults if fault]


def _fit(blend: Blend, span: SceneSpan, fps: int) -> int:
    frames = round(SECONDS[blend] * fps)
    return frames if span.frames >= SHORTEST_SCENE * frames else 0
