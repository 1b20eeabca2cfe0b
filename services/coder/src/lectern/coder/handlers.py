"""From a narrated scene to a coded one."""

from __future__ import annotations

import hashlib

import msgspec

from lectern.coder.preflight import PreflightClient
from lectern.coder.stills import StillsClient
from lectern.coder.task import Coder, Task
from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.events import CodeRef, SceneCoded, SceneNarrated
from lectern.contracts.narration import Narration
from lectern.contracts.problems import Problem
from lectern.contracts.requests import CheckScene, DrawStills, SceneVerdict
from lectern.worker import Job, Permanent, Stage, Transient

STAGE = Stage("coder")

UNCHECKED_FROM = 3  # deliveries after which a scene goes on without preflight: the renderer has its fallback too


class CoderDeps(msgspec.Struct, frozen=True, kw_only=True):
    """What the coder works with."""

    coder: Coder
    preflight: PreflightClient
    stills: StillsClient


@STAGE.on(SceneNarrated, slots=4)
async def code_scene(event: SceneNarrated, job: Job[CoderDeps]) -> SceneCoded:
    """Gives the scene its source, checked by preflight, and a template to fall back on."""
    script = await job.store.get_json(event.script_key, s.Script)
    narration = await job.store.get_json(event.narration.key, Narration)
    scene = _scene(script, event.scene)
    task = Task(
        number=event.scene,
        script_title=script.title,
        scene=scene,
        narration=narration,
        options=event.options,
        symbols=script.symbols,
        budget_usd=await _budget(event, job),
        last_try=job.attempt >= job.attempts,
    )

    async def check(source: str) -> SceneVerdict:
        await job.progress(0, 1, "checking the picture")
        request = CheckScene(
            code_key=await _stored(job, source),
            narration_key=event.narration.key,
            options=event.options,
            assets=event.assets,
        )
        try:
            return await job.deps.preflight.check(request)
        except Transient as error:
            if job.attempt < UNCHECKED_FROM:
                raise
            job.logger.warning("going on without preflight", action="unchecked", reason=str(error))
            return SceneVerdict(ok=True)

    async def look(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        await job.progress(0, 1, "looking at the picture")
        request = DrawStills(
            code_key=await _stored(job, source),
            narration_key=event.narration.key,
            options=event.options,
            at=at,
            assets=event.assets,
        )
        return await job.deps.stills.of(request)

    coded = await job.deps.coder.code(task, check, look if event.options.critique else None)
    if coded.degraded:
        job.logger.warning("only a template", action="degraded", code=coded.degraded.code, detail=coded.degraded.detail)
    code = CodeRef(
        key=await _stored(job, coded.source),
        origin=coded.origin,
        fallback_key=await _stored(job, coded.fallback),
        attempts=coded.attempts,
        history=coded.history,
    )
    return job.answer(SceneCoded, code=code, degraded=_placed(coded.degraded, event.scene), spent=coded.spent)


async def _budget(event: SceneNarrated, job: Job[CoderDeps]) -> float | None:
    """This scene's equal share of what the video may still cost; None when it may cost any amount."""
    limit = event.options.max_cost_usd
    if limit is None:
        return None
    state = job.log.state
    left = limit - sum(item.cost_usd for item in state.spent())
    waiting = sum(facts.coded is None for facts in state.scenes().values())
    return max(0.0, left) / max(1, waiting)


def _scene(script: s.Script, number: int) -> s.Scene:
    try:
        return script.scene(number)
    except IndexError as error:
        raise Permanent(
            Problem(code="unknown-scene", title="No such scene", detail=f"{error}.", remedy="Approve the script again.")
        ) from error


def _placed(problem: Problem | None, scene: int) -> Problem | None:
    return msgspec.structs.replace(problem, stage=STAGE.name, scene=scene) if problem else None


async def _stored(job: Job[CoderDeps], source: str) -> str:
    """The key of a source, which is stored unless it is there."""
    data = source.encode("utf-8", "backslashreplace")
    key = keys.cache("code", hashlib.sha256(data).hexdigest(), "py")
    if await job.store.head(key) is None:
        await job.store.put(key, data, "text/x-python; charset=utf-8")
    return key
