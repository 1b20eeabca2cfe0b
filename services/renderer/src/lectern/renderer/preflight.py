"""Answering preflight: a scene's code run with animations skipped, on a slot of its own. Findings, not prose."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.renderer.briefing import job_settings
from lectern.renderer.handlers import fetch_assets
from lectern.renderer.pool import PREFLIGHT, Finding, Pool, RenderJob, SceneFailure
from lectern.worker import ObjectStore


class PreflightRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Code and narration by key, and how the video should look."""

    code_key: str
    narration_key: str
    options: VideoOptions
    assets: dict[str, str] = {}


class PreflightReply(msgspec.Struct, frozen=True, kw_only=True):
    """What the run found. `unavailable` is set when the renderer, not the code, is at fault: ask again."""

    ok: bool
    findings: list[Finding] = []
    error: SceneFailure | None = None
    killed: str | None = None
    reason: str = ""
    seconds: float = 0.0
    unavailable: str | None = None


async def preflight(request: PreflightRequest, pool: Pool, store: ObjectStore) -> PreflightReply:
    """Runs the code in the sandbox with animations skipped."""
    narration = await store.get_json(request.narration_key, Narration)
    code = (await store.get(request.code_key)).decode()
    with tempfile.TemporaryDirectory(prefix="lectern-preflight-") as folder:
        assets = await fetch_assets(store, request.assets, Path(folder))
        settings = job_settings(narration, request.options, "measure")
        outcome = await pool.run(RenderJob(code=code, settings=settings, assets=assets, limits=PREFLIGHT))
    if outcome.retryable:
        return PreflightReply(ok=False, unavailable=outcome.reason)
    result = outcome.result
    return PreflightReply(
        ok=outcome.ok,
        findings=result.findings if result else [],
        error=result.error if result else None,
        killed=outcome.killed,
        reason=outcome.reason,
        seconds=round(outcome.wall_seconds, 3),
    )
