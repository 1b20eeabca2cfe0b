"""Stills of a scene at given moments: rendered small in the sandbox, one frame extracted for each moment."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lectern.contracts import keys
from lectern.contracts.parties import Party
from lectern.contracts.quality import preset
from lectern.contracts.requests import DrawStills, Stills
from lectern.media import Shot, build_stills_command, run_ffmpeg
from lectern.renderer.job_settings import RENDERER_VERSION, build_job_settings, build_render_limits, count_frames
from lectern.renderer.pool import Pool, RenderJob
from lectern.renderer.sandbox.work_folders import make_work_folder
from lectern.renderer.scene_inputs import fetch_inputs
from lectern.worker import ObjectStore, StageMetrics

FPS = 5  # enough for stills: a tenth of a second more or less is not visible in one
LONGEST_EDGE = 768  # pixels: the largest image that a vision model reads without tiling
MAX_STILLS = 24
_EXTRACT_TIMEOUT_SECONDS = 60.0
_ROUNDING = 1e-6  # frames: a moment given in decimals may lie a little before the frame that it names


async def draw_stills(request: DrawStills, pool: Pool, store: ObjectStore, metrics: StageMetrics) -> Stills:
    """Renders the scene at draft quality and stores a still for each moment, unless they are already in the store."""
    moments = request.at[:MAX_STILLS]
    options = msgspec.structs.replace(request.options, quality="draft")
    still_keys = _build_still_keys(request, moments)
    cached = bool(still_keys) and await store.head(still_keys[-1]) is not None
    metrics.count_look("stills", hit=cached)
    if cached:
        return Stills(ok=True, keys=still_keys)
    with make_work_folder("stills") as folder:
        inputs = await fetch_inputs(
            store,
            code_key=request.code_key,
            context=request.context,
            narration_key=request.narration_key,
            assets=request.assets,
            folder=folder,
        )
        seconds = inputs.narration.seconds
        settings = {**build_job_settings(inputs.narration, options, "render"), "fps": FPS}
        limits = build_render_limits(seconds, preset(options.quality, options.aspect))
        outcome = await pool.run(
            RenderJob(
                code=inputs.code,
                cast=inputs.cast,
                before=inputs.before,
                settings=settings,
                assets=inputs.assets,
                limits=limits,
                purpose="stills",
                party=Party(request.owner, request.video_id),
            )
        )
        try:
            if outcome.retryable:
                return Stills(ok=False, unavailable=outcome.reason)
            if not outcome.ok or outcome.footage is None:
                return Stills(ok=False, reason=outcome.reason or "the scene was not drawn")
            stills = await _extract_stills(outcome.footage, moments, count_frames(seconds, FPS), folder)
        finally:
            if outcome.footage:
                outcome.footage.unlink(missing_ok=True)
        for key, still in zip(still_keys, stills, strict=True):
            await store.put_file(key, still, "image/jpeg")
    return Stills(ok=True, keys=still_keys)


def _build_still_keys(request: DrawStills, moments: tuple[float, ...]) -> tuple[str, ...]:
    look = (
        request.options.aspect,
        request.options.theme,
        request.options.brand,
        request.assets,
        moments,
        FPS,
        RENDERER_VERSION,
    )
    digest = keys.digest(request.code_key, request.context, request.narration_key, look)
    return tuple(keys.cache("stills", keys.digest(digest, number), "jpg") for number in range(len(moments)))


async def _extract_stills(footage: Path, moments: tuple[float, ...], frames: int, folder: Path) -> list[Path]:
    """Extracts the frame of each moment into `folder`, each frame once. `frames` is the length of the footage."""
    shown = [find_frame(at, frames) for at in moments]
    shots = [
        # ffmpeg takes the first frame that does not begin before this time
        Shot(name=str(footage), seconds=f"{max(0.0, (frame - 0.5) / FPS):.3f}", still=f"{frame}.jpg")
        for frame in sorted(set(shown))
    ]
    command = build_stills_command(shots, longest_edge=LONGEST_EDGE)
    await run_ffmpeg(command, folder=folder, timeout=_EXTRACT_TIMEOUT_SECONDS)
    return [folder / f"{frame}.jpg" for frame in shown]


def find_frame(at: float, frames: int) -> int:
    """Finds the frame, counted from 0, that is shown at `at` seconds; the last of `frames` where there is none."""
    return min(max(0, int(at * FPS + _ROUNDING)), frames - 1)
