"""Measuring the scenes of bundled lessons in the sandbox, as preflight does."""

from __future__ import annotations

from itertools import product

from lectern.contracts import script as s
from lectern.contracts.carrying import find_needs
from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import ASPECTS
from lectern.renderer.job_settings import build_job_settings
from lectern.renderer.pool import PREFLIGHT_LIMITS, RenderJob, RenderOutcome, WarmPool
from lectern.voice.engines.silent import SilentEngine
from lectern.voice.layout import lay_out

LOOKS = tuple(
    VideoOptions(quality="draft", aspect=aspect, theme=theme)  # type: ignore[arg-type]
    for theme, aspect in product(("dark", "light"), ASPECTS)
)
"""Every shape in a dark and a light theme."""


async def narration_of(scene: s.Scene) -> Narration:
    """Return the scene's narration, timed by reading speed."""
    speech = await SilentEngine().speak(tuple(beat.spoken_text() for beat in scene.beats), "silent", "", 1.0)
    laid = lay_out(scene.beats, speech.passages)
    return Narration(
        seconds=laid.seconds, samples=laid.samples, words=laid.words, beats=laid.beats, voice="silent", engine="silent",
        timing="estimated",
    )  # fmt: skip


async def run(pool: WarmPool, script: s.Script, number: int, options: VideoOptions, mode: str) -> RenderOutcome:
    """Run a scene, with the cast and the scenes before that it goes on from."""
    scene = script.scene(number)
    assert isinstance(scene.visual, s.Manim), "the scenes of bundled lessons bring their own code"
    settings = build_job_settings(await narration_of(scene), options, mode)  # type: ignore[arg-type]
    needs = find_needs(script, number, scene.visual.source)
    return await pool.run(
        RenderJob(
            code=scene.visual.source,
            cast=needs.cast,
            before=needs.before,
            settings=settings,
            limits=PREFLIGHT_LIMITS,
        )
    )


async def find_faults(pool: WarmPool, script: s.Script, number: int, options: VideoOptions) -> list[str]:
    """Measure a scene; return its findings with their level, beat and rule."""
    outcome = await run(pool, script, number, options, "measure")
    place = f"scene {number}, {options.aspect} {options.theme}"
    if not outcome.ok or outcome.result is None:
        return [f"error, {place}: {outcome.reason} {outcome.result.error if outcome.result else ''}"]
    return [f"{each.level}, {place}, beat {each.beat}: {each.rule}: {each.message}" for each in outcome.result.findings]
