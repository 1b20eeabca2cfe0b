"""Answering preflight: a scene's code run with animations skipped, on a slot of its own. Findings, not prose."""

from __future__ import annotations

import tempfile
from pathlib import Path

from lectern.contracts.narration import Narration
from lectern.contracts.requests import CheckScene, SceneVerdict
from lectern.renderer.briefing import job_settings
from lectern.renderer.handlers import fetch_assets
from lectern.renderer.pool import PREFLIGHT, Pool, RenderJob
from lectern.worker import ObjectStore


async def preflight(request: CheckScene, pool: Pool, store: ObjectStore) -> SceneVerdict:
    """Runs the code in the sandbox with animations skipped."""
    narration = await store.get_json(request.narration_key, Narration)
    code = (await store.get(request.code_key)).decode()
    with tempfile.TemporaryDirectory(prefix="lectern-preflight-") as folder:
        assets = await fetch_assets(store, request.assets, Path(folder))
        settings = job_settings(narration, request.options, "measure")
        outcome = await pool.run(RenderJob(code=code, settings=settings, assets=assets, limits=PREFLIGHT))
    if outcome.retryable:
        return SceneVerdict(ok=False, unavailable=outcome.reason)
    result = outcome.result
    return SceneVerdict(
        ok=outcome.ok,
        findings=tuple(result.findings) if result else (),
        error=result.error if result else None,
        killed=outcome.killed,
        reason=outcome.reason,
        seconds=round(outcome.wall_seconds, 3),
    )
