"""Stills of a scene at given moments: rendered small in the sandbox, one frame extracted for each moment."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from lectern.contracts import keys
from lectern.contracts.quality import preset
from lectern.contracts.requests import DrawStills, Stills
from lectern.media import Shot, run_ffmpeg, stills_args
from lectern.renderer.job_settings import RENDERER_VERSION, build_job_settings, build_render_limits
from lectern.renderer.pool import Pool, RenderJob
from lectern.renderer.scene_inputs import fetch_inputs
from lectern.worker import ObjectStore

FPS = 5  # enough for stills: a tenth of a second more or less is not visible in one
LONGEST_EDGE = 768  # pixels: the largest image that a vision model reads without tiling
MAX_STILLS = 24
_EXTRACT_TIMEOUT_SECONDS = 60.0


async def draw_stills(request: DrawStills, pool: Pool, store: ObjectStore) -> Stills:
    """Renders the scene at draft quality and stores a still for each moment, unless they are already in the store."""
    moments = request.at[:MAX_STILLS]
    options = msgspec.structs.replace(request.options, quality="draft")
    still_keys = _build_still_keys(request, moments)
    if still_keys and await store.head(still_keys[-1]):
        return Stills(ok=True, keys=still_keys)
    with tempfile.TemporaryDirectory(prefix="lectern-stills-") as name:
        folder = Path(name)
        inputs = await fetch_inputs(
            store,
            code_key=request.code_key,
            narration_key=request.narration_key,
            assets=request.assets,
            folder=folder,
        )
        seconds = inputs.narration.seconds
        settings = {**build_job_settings(inputs.narration, options, "render"), "fps": FPS}
        limits = build_render_limits(seconds, preset(options.quality, options.aspect))
        outcome = await pool.run(RenderJob(code=inputs.code, settings=settings, assets=inputs.assets, limits=limits))
        try:
            if outcome.retryable:
                return Stills(ok=False, unavailable=outcome.reason)
            if not outcome.ok or outcome.footage is None:
                return Stills(ok=False, reason=outcome.reason or "the scene was not drawn")
            await _extract_stills(outcome.footage, moments, seconds, folder)
        finally:
            if outcome.footage:
                outcome.footage.unlink(missing_ok=True)
        for number, key in enumerate(still_keys):
            await store.put_file(key, folder / f"{number}.jpg", "image/jpeg")
    return Stills(ok=True, keys=still_keys)


def _build_still_keys(request: DrawStills, moments: tuple[float, ...]) -> tuple[str, ...]:
    look = (request.options.aspect, request.options.theme, request.assets, moments, FPS, RENDERER_VERSION)
    digest = keys.digest(request.code_key, request.narration_key, look)
    return tuple(keys.cache("stills", keys.digest(digest, number), "jpg") for number in range(len(moments)))


async def _extract_stills(footage: Path, moments: tuple[float, ...], seconds: float, folder: Path) -> None:
    """Extracts a still for each moment into `folder`, named by number. `seconds` is the length of the narration."""
    last = seconds - 1 / FPS
    shots = [
        Shot(name=str(footage), seconds=f"{max(0.0, min(at, last)):.3f}", still=f"{number}.jpg")
        for number, at in enumerate(moments)
    ]
    await run_ffmpeg(stills_args(shots, longest_edge=LONGEST_EDGE), timeout=_EXTRACT_TIMEOUT_SECONDS, cwd=folder)
