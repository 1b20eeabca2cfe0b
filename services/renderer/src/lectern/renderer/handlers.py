"""Rendering a coded scene: from the cache, else from its code, else from its template."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import Counter

from lectern.contracts import keys
from lectern.contracts.events import CodeRef, FootageRef, SceneCoded, SceneRendered
from lectern.contracts.narration import Narration
from lectern.contracts.problems import Problem
from lectern.contracts.quality import preset
from lectern.renderer.briefing import RENDERER_VERSION, expected_frames, job_settings, render_limits
from lectern.renderer.pool import Pool, RenderJob, RenderOutcome
from lectern.renderer.verdict import code_problem
from lectern.worker import Job, ObjectStore, Permanent, Stage, Transient

STAGE = Stage("renderer")


@dataclass(frozen=True, kw_only=True)
class RendererDeps:
    """What the handlers need beside the job."""

    pool: Pool
    cpu_seconds: Counter
    video_seconds: Counter
    cached: Counter
    wall_factor: float = 1.0


@STAGE.on(SceneCoded, slots=1)
async def render(event: SceneCoded, job: Job[RendererDeps]) -> SceneRendered:
    """Footage for the scene's code; should the code not render, for its template, and the scene is marked degraded."""
    try:
        footage = await footage_of(event, event.code.key, job)
        return job.answer(SceneRendered, footage=footage)
    except CodeFailed as failure:
        if not event.code.fallback_key or event.code.fallback_key == event.code.key:
            raise Permanent(failure.problem) from failure
        job.logger.warning("falling back to the template", action="degraded", code=failure.problem.code)
        reason = failure.problem
    try:
        footage = await footage_of(event, event.code.fallback_key, job)
    except CodeFailed as failure:
        raise Permanent(failure.problem) from failure
    template = CodeRef(key=event.code.fallback_key, origin="template", attempts=event.code.attempts)
    return job.answer(SceneRendered, footage=footage, code=template, degraded=event.degraded or reason)


class CodeFailed(Exception):
    """This code will not render, however often it is tried."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def footage_key(event: SceneCoded, code_key: str) -> str:
    """Where the footage lies: a hash of the code, the timings, how it should look, and this renderer's version.

    `code_key` and the narration's key are themselves hashes of content, so nothing has to be read to know it.
    """
    options = event.options
    looks = (options.quality, options.aspect, options.theme)
    made_from = keys.digest(code_key, event.narration.key, looks, event.assets, event.salt, RENDERER_VERSION)
    return keys.cache("footage", made_from, "mp4")


async def footage_of(event: SceneCoded, code_key: str, job: Job[RendererDeps]) -> FootageRef:
    """The footage of one source, made unless known. Raises CodeFailed, or Transient when this renderer is at fault."""
    key = footage_key(event, code_key)
    frame = preset(event.options.quality, event.options.aspect)
    frames = expected_frames(event.narration.seconds, frame.fps)
    if await job.store.head(key):
        job.deps.cached.inc()
        return FootageRef(key=key, frames=frames, fps=frame.fps, cached=True)
    narration = await job.store.get_json(event.narration.key, Narration)
    code = (await job.store.get(code_key)).decode()
    async with job.scratch() as folder:
        assets = await fetch_assets(job.store, event.assets, folder)
        work = RenderJob(
            code=code,
            settings=job_settings(narration, event.options, "render"),
            assets=assets,
            limits=render_limits(narration.seconds, frame, job.deps.wall_factor),
        )
        outcome = await run_with_progress(job, work)
    try:
        footage = accept(outcome, frames, job.attempt)
        await job.store.put_file(key, footage, "video/mp4")
    finally:
        if outcome.footage:
            outcome.footage.unlink(missing_ok=True)
    job.deps.cpu_seconds.labels(event.options.quality).inc(outcome.cpu_seconds)
    job.deps.video_seconds.labels(event.options.quality).inc(narration.seconds)
    return FootageRef(key=key, frames=frames, fps=frame.fps, cpu_seconds=round(outcome.cpu_seconds, 3))


def accept(outcome: RenderOutcome, frames: int, attempt: int) -> Path:
    """The outcome's footage, if it is what the law asks for. Raises CodeFailed, or Transient: this renderer's fault."""
    if outcome.retryable:
        raise Transient(f"the renderer cannot work: {outcome.reason}")
    if not outcome.ok or outcome.footage is None:
        raise CodeFailed(code_problem(outcome, attempt))
    drawn = outcome.decoded.frames if outcome.decoded else outcome.result.frames if outcome.result else 0
    if drawn != frames:
        problem = Problem(
            code="wrong-length",
            title="Footage of the wrong length",
            detail=f"The scene drew {drawn} frames where its narration needs {frames}.",
            remedy="Build the scene on NarratedScene, one `with self.beat():` for each paragraph.",
        )
        raise CodeFailed(problem)
    return outcome.footage


async def run_with_progress(job: Job[RendererDeps], work: RenderJob) -> RenderOutcome:
    """Runs the job and tells how many frames are drawn."""
    telling: set[asyncio.Task[None]] = set()

    def on_progress(frames: int, of: int) -> None:
        task = asyncio.get_running_loop().create_task(job.progress(frames, of, "rendering"))
        telling.add(task)
        task.add_done_callback(telling.discard)

    try:
        return await job.deps.pool.run(work, on_progress)
    finally:
        with suppress(Exception):
            await asyncio.gather(*telling)


async def fetch_assets(store: ObjectStore, assets: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """Downloads the pictures a scene may show; returns where each name's file is."""
    found: dict[str, Path] = {}
    for number, (name, key) in enumerate(sorted(assets.items())):
        found[name] = folder / f"asset-{number}"
        await store.get_file(key, found[name])
    return found
