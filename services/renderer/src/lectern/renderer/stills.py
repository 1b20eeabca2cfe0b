"""How a scene looks at given moments: drawn small in the sandbox, a picture taken out for each moment."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from lectern.contracts import keys
from lectern.contracts.narration import Narration
from lectern.contracts.quality import preset
from lectern.contracts.requests import DrawStills, Stills
from lectern.media.ffmpeg import run_ffmpeg
from lectern.media.stills import Shot, stills_args
from lectern.renderer.briefing import RENDERER_VERSION, job_settings, render_limits
from lectern.renderer.handlers import fetch_assets
from lectern.renderer.pool import Pool, RenderJob
from lectern.worker import ObjectStore

FPS = 5  # enough for a settled picture; a fifteenth of a second more or less is not seen in a still
LONGEST_EDGE = 768  # pixels: what a vision model looks at in one piece
MOST = 24  # pictures of one scene
_TIMEOUT = 60.0


async def stills(request: DrawStills, pool: Pool, store: ObjectStore) -> Stills:
    """Draws the scene at draft quality and stores what it looks like; what was drawn before is found again."""
    small = msgspec.structs.replace(request.options, quality="draft")
    looks = (small.aspect, small.theme, request.assets, request.at[:MOST], FPS, RENDERER_VERSION)
    made_from = keys.digest(request.code_key, request.narration_key, looks)
    names = [keys.cache("stills", keys.digest(made_from, number), "jpg") for number in range(len(request.at[:MOST]))]
    if names and await store.head(names[-1]):
        return Stills(ok=True, keys=tuple(names))
    narration = await store.get_json(request.narration_key, Narration)
    code = (await store.get(request.code_key)).decode()
    with tempfile.TemporaryDirectory(prefix="lectern-stills-") as name:
        folder = Path(name)
        assets = await fetch_assets(store, request.assets, folder)
        settings = {**job_settings(narration, small, "render"), "fps": FPS}
        limits = render_limits(narration.seconds, preset(small.quality, small.aspect))
        outcome = await pool.run(RenderJob(code=code, settings=settings, assets=assets, limits=limits))
        try:
            if outcome.retryable:
                return Stills(ok=False, unavailable=outcome.reason)
            if not outcome.ok or outcome.footage is None:
                return Stills(ok=False, reason=outcome.reason or "the scene was not drawn")
            last = narration.seconds - 1 / FPS
            shots = [
                Shot(name=str(outcome.footage), seconds=f"{max(0.0, min(at, last)):.3f}", still=f"{number}.jpg")
                for number, at in enumerate(request.at[:MOST])
            ]
            await run_ffmpeg(stills_args(shots, longest_edge=LONGEST_EDGE), timeout=_TIMEOUT, cwd=folder)
        finally:
            if outcome.footage:
                outcome.footage.unlink(missing_ok=True)
        for number, key in enumerate(names):
            await store.put_file(key, folder / f"{number}.jpg", "image/jpeg")
    return Stills(ok=True, keys=tuple(names))
