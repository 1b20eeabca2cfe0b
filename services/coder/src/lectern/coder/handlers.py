"""Handles narrated scenes, and scenes whose code was refused: writes, checks and stores their code."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

import msgspec

from lectern.coder.beginnings import explain_new_beginning, find_carried
from lectern.coder.coding import CaptureStills, CodingResult, CodingTask, Preflight, RefusedCode
from lectern.coder.cuing import find_cue
from lectern.coder.deps import CoderDeps
from lectern.coder.kept_code import find_kept_code, use_kept_code
from lectern.coder.offers import find_offer, use_offer
from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.carrying import find_needs, waits_for_scene_before
from lectern.contracts.events import CodeContext, CodeRef, SceneCoded, SceneCued, SceneNarrated, SceneRefused
from lectern.contracts.narration import Narration
from lectern.contracts.problems import Problem
from lectern.contracts.requests import CheckScene, DrawStills, SceneVerdict
from lectern.contracts.state import VideoState
from lectern.worker import Job, Missing, Permanent, Stage, take_turns

STAGE = Stage("coder", turns=take_turns)

AnyTask: TypeAlias = SceneNarrated | SceneCued | SceneRefused


@STAGE.on(SceneNarrated, slots=4)
async def code_narrated_scene(event: SceneNarrated, job: Job[CoderDeps]) -> SceneCoded | SceneCued | None:
    """Codes a scene; one that goes on with things of a scene that has no code yet is left to its cue."""
    task = await _read_task(event, job)
    if waits_for_scene_before(task.script, task.number):
        return find_cue(job.log, task.script, task.number)
    return await _code_scene(event, job, task)


@STAGE.on(SceneCued, slots=4)
async def code_cued_scene(event: SceneCued, job: Job[CoderDeps]) -> SceneCoded:
    """Codes a scene after the one before, with the things that it carries, if it carries any."""
    return await _code_scene(event, job, await _read_task(event, job))


async def _code_scene(event: SceneNarrated | SceneCued, job: Job[CoderDeps], task: CodingTask) -> SceneCoded:
    """Writes the scene's source, checked by preflight, and a template to fall back on."""
    if reused := await _reuse_offer(event, job, task) or await _reuse_kept(event, job, task):
        return await _answer(reused, task, event, job, version=1)
    capture_stills = None if event.options.critique is False else _stills_taker(event, job, task)
    result = await job.deps.coder.code(task, _preflight_checker(event, job, task), capture_stills)
    return await _answer(result, task, event, job, version=1)


@STAGE.on(SceneRefused, slots=4)
async def recode_scene(event: SceneRefused, job: Job[CoderDeps]) -> SceneCoded:
    """Writes other source for a scene whose code could not be rendered."""
    task = await _read_task(event, job)
    refused = RefusedCode(
        source=(await job.store.get(event.code.key)).decode(),
        version=event.version,
        problem=event.problem,
        history=event.code.history,
    )
    await job.progress(0, 1, "repairing code that could not be rendered")
    result = await job.deps.coder.recode(task, refused, _preflight_checker(event, job, task))
    return await _answer(result, task, event, job, version=event.version + 1)


async def _reuse_kept(event: SceneNarrated | SceneCued, job: Job[CoderDeps], task: CodingTask) -> CodingResult | None:
    """The code of an earlier take that goes on with the scene before, where that still carries what it takes."""
    kept = await find_kept_code(job.log.state, job.store, task)
    return await use_kept_code(task, kept, _preflight_checker(event, job, task)) if kept else None


async def _reuse_offer(event: SceneNarrated | SceneCued, job: Job[CoderDeps], task: CodingTask) -> CodingResult | None:
    """The code of the video that this one is another form of, where it can be drawn in this form."""
    offer = find_offer(job.log.state, task)
    if offer is None:
        return None
    try:
        source = (await job.store.get(offer.code_key)).decode()
    except Missing:
        return None
    return await use_offer(task, source, _preflight_checker(event, job, task))


async def _read_task(event: AnyTask, job: Job[CoderDeps]) -> CodingTask:
    script = await job.store.get_json(event.script_key, s.Script)
    narration = await job.store.get_json(event.narration.key, Narration)
    codes = {number: code for number, facts in job.log.state.scenes().items() if (code := facts.code())}
    return CodingTask(
        number=event.scene,
        script=script,
        scene=_find_scene(script, event.scene),
        narration=narration,
        options=event.options,
        carried=await find_carried(job.store, script, event.scene, codes),
        codes=codes,
        narration_key=event.narration.key,
        budget_usd=_scene_budget(event, job),
        salt=event.salt,
        last_attempt=job.attempt >= job.attempts,
    )


def _preflight_checker(event: AnyTask, job: Job[CoderDeps], task: CodingTask) -> Preflight:
    async def check(source: str) -> SceneVerdict:
        await job.progress(0, 1, "checking the code")
        request = CheckScene(
            code_key=await _store_source(job, source),
            narration_key=event.narration.key,
            options=event.options,
            assets=event.assets,
            video_id=event.video_id,
            owner=event.owner,
            context=await _store_context(job, task, source),
        )
        return await job.deps.preflight.check(request)

    return check


def _stills_taker(event: SceneNarrated | SceneCued, job: Job[CoderDeps], task: CodingTask) -> CaptureStills:
    async def take(source: str, at: tuple[float, ...]) -> tuple[bytes, ...]:
        await job.progress(0, 1, "drawing stills of the scene")
        request = DrawStills(
            code_key=await _store_source(job, source),
            narration_key=event.narration.key,
            options=event.options,
            at=at,
            assets=event.assets,
            video_id=event.video_id,
            owner=event.owner,
            context=await _store_context(job, task, source),
        )
        return await job.deps.stills.draw(request)

    return take


async def _answer(
    result: CodingResult, task: CodingTask, event: AnyTask, job: Job[CoderDeps], *, version: int
) -> SceneCoded:
    """Stores what was written and names it."""
    job.note_paid(result.spent)
    if result.degraded:
        job.logger.warning(
            "scene degraded to a template", action="degraded", code=result.degraded.code, detail=result.degraded.detail
        )
    code = CodeRef(
        key=await _store_source(job, result.source),
        origin=result.origin,
        fallback_key=await _store_source(job, result.fallback),
        attempts=result.attempts,
        history=result.history,
        context=await _store_context(job, task, result.source),
        begins_anew=explain_new_beginning(task, result),
    )
    degraded = _add_place(result.degraded, event.scene) if result.degraded else None
    return job.answer(SceneCoded, code=code, version=version, degraded=degraded, spent=result.spent)


def _scene_budget(event: AnyTask, job: Job[CoderDeps]) -> float | None:
    """This scene's equal share of what models may still cost; None when that is any amount.

    A voice that is paid for speaks every scene, or there is no video: what it will cost is left to it.
    """
    limit = event.options.max_cost_usd
    if limit is None:
        return None
    state = job.log.state
    left = limit - sum(item.cost_usd for item in (*state.usage(), *job.spent_before)) - foretell_voices(state)
    uncoded_scenes = sum(facts.coded is None or facts.refusal() is not None for facts in state.scenes().values())
    return max(0.0, left) / max(1, uncoded_scenes)


def foretell_voices(state: VideoState) -> float:
    """US dollars that the scenes without narration will cost: by their words, and the dearest that was spoken."""
    script = state.script()
    titles = script.scenes if script else ()
    prices, words = [0.0], 0
    for number, facts in state.scenes().items():
        spoken = facts.narrated
        if spoken is not None:
            cost = sum(item.cost_usd for item in spoken.spent if item.kind == "voice")
            prices.append(cost / max(1, titles[number - 1].words))
        elif facts.status() in ("waiting", "planned"):
            words += titles[number - 1].words
    return max(prices) * words


def _find_scene(script: s.Script, number: int) -> s.Scene:
    try:
        return script.scene(number)
    except IndexError as error:
        raise Permanent(
            Problem(code="unknown-scene", title="No such scene", detail=f"{error}.", remedy="Approve the script again.")
        ) from error


def _add_place(problem: Problem, scene: int) -> Problem:
    return msgspec.structs.replace(problem, stage=problem.stage or STAGE.name, scene=scene)


async def _store_context(job: Job[CoderDeps], task: CodingTask, source: str) -> CodeContext:
    """Stores what a source for the scene is run with, and names it."""
    needs = find_needs(task.script, task.number, source, task.codes)
    return CodeContext(
        cast_key=await _store_source(job, needs.cast) if needs.cast else "",
        before=(*needs.stored, *[await _store_source(job, each) for each in needs.before]),
    )


async def _store_source(job: Job[CoderDeps], source: str) -> str:
    """Stores a source unless it is in the store, and returns its key."""
    data = source.encode("utf-8", "backslashreplace")
    key = keys.cache("code", hashlib.sha256(data).hexdigest(), "py")
    if await job.store.reuse(key) is None:
        await job.store.put(key, data, "text/x-python; charset=utf-8")
    return key
