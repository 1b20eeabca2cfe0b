"""Preflight: a run of a scene's code with animations skipped, which yields findings instead of footage."""

from __future__ import annotations

from lectern.contracts.parties import Party
from lectern.contracts.requests import CheckScene, SceneVerdict
from lectern.renderer.job_settings import build_job_settings
from lectern.renderer.pool import PREFLIGHT_LIMITS, Pool, RenderJob
from lectern.renderer.sandbox.work_folders import make_work_folder
from lectern.renderer.scene_inputs import fetch_inputs
from lectern.worker import ObjectStore


async def check_scene(request: CheckScene, pool: Pool, store: ObjectStore) -> SceneVerdict:
    """Runs the code in the sandbox with animations skipped and returns its verdict."""
    with make_work_folder("preflight") as folder:
        inputs = await fetch_inputs(
            store,
            code_key=request.code_key,
            context=request.context,
            narration_key=request.narration_key,
            assets=request.assets,
            folder=folder,
        )
        settings = build_job_settings(inputs.narration, request.options, "measure")
        outcome = await pool.run(
            RenderJob(
                code=inputs.code,
                cast=inputs.cast,
                before=inputs.before,
                settings=settings,
                assets=inputs.assets,
                limits=PREFLIGHT_LIMITS,
                purpose="preflight",
                party=Party(request.owner, request.video_id),
            )
        )
    if outcome.retryable:
        return SceneVerdict(ok=False, unavailable=outcome.reason, begun=outcome.begun)
    result = outcome.result
    return SceneVerdict(
        ok=outcome.ok,
        findings=tuple(result.findings) if result else (),
        error=result.error if result else None,
        killed=outcome.killed,
        reason=outcome.reason,
        seconds=round(outcome.wall_seconds, 3),
        cpu_seconds=round(outcome.cpu_seconds, 3),
        render_seconds=result.render_seconds if result else 0.0,
    )
