"""Renders a coded scene: from the cache, else from its code, else from its template."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from lectern.contracts import keys
from lectern.contracts.events import (
    CodeAttempt,
    CodeContext,
    CodeRef,
    FootageRef,
    SceneCoded,
    SceneRefused,
    SceneRendered,
)
from lectern.contracts.problems import Problem
from lectern.contracts.quality import preset
from lectern.contracts.script import Script
from lectern.contracts.sounds import SceneSounds
from lectern.contracts.usage import Usage, add_up
from lectern.renderer.deps import RendererDeps
from lectern.renderer.job_settings import RENDERER_VERSION, build_job_settings, build_render_limits, count_frames
from lectern.renderer.pool import RenderJob, RenderOutcome
from lectern.renderer.problems import explain_failure, explain_outage, explain_wrong_length
from lectern.renderer.scene_inputs import fetch_inputs
from lectern.renderer.sounds import build_sounds_key, choose_sounds
from lectern.renderer.surround import describe_surround, find_logo, time_closing
from lectern.worker import Job, Permanent, Stage, Unavailable, take_turns

STAGE = Stage("renderer", turns=take_turns)
MAX_VERSIONS = 3  # of a scene's code: the model's, one repaired after its render failed, and a simpler one


class CodeFailed(Exception):
    """This code cannot be rendered, however often it is tried. `cpu_seconds` is what trying it used."""

    def __init__(self, problem: Problem, cpu_seconds: float = 0.0) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.cpu_seconds = cpu_seconds


@STAGE.on(SceneCoded, slots=1)
async def render_scene(event: SceneCoded, job: Job[RendererDeps]) -> SceneRendered | SceneRefused:
    """Renders the scene's code. A model's code that fails goes back to be repaired, once more simply, for its reason;
    any other, or a last one, is replaced by its fallback template, which marks the scene as degraded."""
    fallback_key = event.code.fallback_key
    try:
        footage = await render_code(event, event.code.key, job)
        return job.answer(SceneRendered, footage=footage, spent=count_usage(footage))
    except CodeFailed as failure:
        failed = (Usage(kind="render", name=STAGE.name, requests=1, cpu_seconds=failure.cpu_seconds),)
        if event.code.origin == "model" and event.version < MAX_VERSIONS:
            job.logger.warning("sending the code back", action="refused", code=failure.problem.code)
            return job.answer(SceneRefused, problem=_locate(failure.problem, event), spent=failed)
        if not fallback_key or fallback_key == event.code.key:
            raise Permanent(failure.problem) from failure
        job.logger.warning("rendering the fallback", action="degraded", code=failure.problem.code)
        reason = failure.problem
    try:
        footage = await render_code(event, fallback_key, job)
    except CodeFailed as failure:  # our own template does not work: an operator can mend that
        raise Permanent(failure.problem, repairable=True) from failure
    template = CodeRef(
        key=fallback_key,
        origin="template",
        attempts=event.code.attempts,
        history=(*event.code.history, _describe_attempt(event.code, reason)),
        begins_anew="it is shown as a card" if event.code.context.before else event.code.begins_anew,
    )
    return job.answer(
        SceneRendered,
        footage=footage,
        code=template,
        degraded=event.degraded or reason,
        spent=add_up((*failed, *count_usage(footage))),
    )


def count_usage(footage: FootageRef) -> tuple[Usage, ...]:
    """What rendering the footage used: nothing where it was there already."""
    return (Usage(kind="render", name=STAGE.name, requests=1, cpu_seconds=footage.cpu_seconds),) * (not footage.cached)


def _locate(problem: Problem, event: SceneCoded) -> Problem:
    return msgspec.structs.replace(problem, stage=STAGE.name, scene=event.scene)


def _describe_attempt(code: CodeRef, problem: Problem) -> CodeAttempt:
    """The failed render, as the last entry in the history of the scene's code."""
    return CodeAttempt(
        number=len(code.history) + 1, strategy="render", rule=problem.code, finding=problem.detail, code_key=code.key
    )


def build_footage_key(event: SceneCoded, code_key: str, around: Mapping[str, Any], missing_letters: str = "") -> str:
    """Builds the footage's key: a hash of the code and what it is run with, the timings, all that changes its look, and
    `RENDERER_VERSION`.

    The keys of code and narration are themselves hashes of content, so nothing needs to be read to compute it.
    Footage with letters missing has another key, so that it is drawn again where a font has them.
    """
    options = event.options
    look = (options.quality, options.aspect, options.theme, options.brand, around)
    context = find_context(event, code_key)
    digest = keys.digest(code_key, context, event.narration.key, look, event.assets, event.salt, RENDERER_VERSION)
    if missing_letters:
        digest = keys.digest(digest, missing_letters)
    return keys.cache("footage", digest, "mp4")


def find_context(event: SceneCoded, code_key: str) -> CodeContext:
    """Finds what a source is run with: the template to fall back on stands alone."""
    return event.code.context if code_key == event.code.key else CodeContext()


async def render_code(event: SceneCoded, code_key: str, job: Job[RendererDeps]) -> FootageRef:
    """Renders one source unless its footage is cached. Raises CodeFailed; Unavailable if this renderer is at fault."""
    script = await job.store.get_json(event.script_key, Script)
    around = describe_surround(script, event.scene, event.options)
    key = build_footage_key(event, code_key, around)
    frame = preset(event.options.quality, event.options.aspect)
    frames = count_frames(event.narration.seconds, frame.fps)
    cached = await job.store.reuse(key) is not None
    job.metrics.count_look("footage", hit=cached)
    sounds_key = build_sounds_key(key)
    if cached:
        heard = await job.store.reuse(sounds_key) is not None
        return FootageRef(key=key, frames=frames, fps=frame.fps, cached=True, sounds_key=sounds_key if heard else "")
    async with job.scratch() as folder:
        inputs = await fetch_inputs(
            job.store,
            code_key=code_key,
            context=find_context(event, code_key),
            narration_key=event.narration.key,
            assets={**event.assets, **find_logo(event.options)},
            folder=folder,
        )
        seconds = inputs.narration.seconds
        render_job = RenderJob(
            code=inputs.code,
            cast=inputs.cast,
            before=inputs.before,
            settings=build_job_settings(
                inputs.narration, event.options, "render", time_closing(around, inputs.narration)
            ),
            assets=inputs.assets,
            limits=build_render_limits(seconds, frame),
            party=take_turns(event),
        )
        outcome = await job.deps.pool.run(render_job, lambda drawn, of: job.progress_soon(drawn, of, "rendering"))
    try:
        footage = check_outcome(outcome, frames, job.attempt)
        cues = choose_sounds(outcome.result, seconds)
        missing_letters = outcome.result.missing_letters if outcome.result else ""
        if missing_letters:
            key = build_footage_key(event, code_key, around, missing_letters)
            sounds_key = build_sounds_key(key)
        if cues:  # before the footage, by which the whole scene is found again
            await job.store.put_json(sounds_key, SceneSounds(cues=cues))
        await job.store.put_file(key, footage, "video/mp4")
    finally:
        if outcome.footage:
            outcome.footage.unlink(missing_ok=True)
    job.deps.metrics.count_footage(
        event.options.quality,
        seconds=seconds,
        cpu_seconds=outcome.cpu_seconds,
        parts=outcome.result.cpu_parts if outcome.result else None,
    )
    return FootageRef(
        key=key,
        frames=frames,
        fps=frame.fps,
        cpu_seconds=round(outcome.cpu_seconds, 3),
        sounds_key=sounds_key if cues else "",
        missing_letters=missing_letters,
    )


def check_outcome(outcome: RenderOutcome, frames: int, attempt: int) -> Path:
    """Returns the outcome's footage if it has exactly `frames` frames.

    Raises CodeFailed if the code is at fault, Unavailable if this renderer is.
    """
    if outcome.retryable:
        raise Unavailable(outcome.reason, problem=explain_outage(outcome), begun=outcome.begun)
    if not outcome.ok or outcome.footage is None:
        raise CodeFailed(explain_failure(outcome, attempt), outcome.cpu_seconds)
    drawn = outcome.decoded.frames if outcome.decoded else outcome.result.frames if outcome.result else 0
    if drawn != frames:
        raise CodeFailed(explain_wrong_length(drawn, frames), outcome.cpu_seconds)
    return outcome.footage
