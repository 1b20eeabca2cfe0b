"""Answering preflight: a scene's code run with animations skipped, on a slot of its own. Findings, not prose."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import msgspec
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from lectern.contracts import subjects
from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.renderer.briefing import job_settings
from lectern.renderer.handlers import fetch_assets
from lectern.renderer.pool import PREFLIGHT, Finding, Pool, RenderJob, SceneFailure
from lectern.worker import ObjectStore

QUEUE = "renderers"


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


async def answer_preflights(
    nats: Client, pool: Pool, store: ObjectStore, stop: asyncio.Event, *, at_once: int = 1
) -> None:
    """Answers requests, `at_once` of them at a time, until `stop`."""
    log = structlog.get_logger("lectern.preflight")
    free = asyncio.Semaphore(at_once)
    running: set[asyncio.Task[None]] = set()

    async def answer(message: Msg) -> None:
        async with free:
            try:
                request = msgspec.json.decode(message.data, type=PreflightRequest)
                reply = await preflight(request, pool, store)
            except Exception as error:
                log.warning("preflight failed", action="preflight-failed", error=type(error).__name__)
                reply = PreflightReply(ok=False, unavailable=f"{type(error).__name__}: {error}"[:300])
            await message.respond(msgspec.json.encode(reply))

    async def on_request(message: Msg) -> None:
        task = asyncio.create_task(answer(message))
        running.add(task)
        task.add_done_callback(running.discard)

    subscription = await nats.subscribe(subjects.PREFLIGHT, queue=QUEUE, cb=on_request)
    await stop.wait()
    await subscription.unsubscribe()
    await asyncio.gather(*running, return_exceptions=True)
