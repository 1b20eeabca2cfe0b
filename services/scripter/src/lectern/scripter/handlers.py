"""From a brief to a script, and from an approved script to planned scenes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.carrying import waits_for_scene_before
from lectern.contracts.events import (
    AnyEvent,
    ChosenTake,
    ScenePlanned,
    SceneRendered,
    SceneTitle,
    ScriptApproved,
    VideoRequested,
    VideoScripted,
    message_id,
)
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem, ProblemError
from lectern.language.words import count_words
from lectern.markdown import NoScenes, render, write_notes
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.documents import decode_document
from lectern.scripter.dubbing.dub import write_dub
from lectern.scripter.scriptwriting.prompts import DEFAULT_SECONDS
from lectern.scripter.variants import find_salt, read_original
from lectern.scripter.writer import OnProgress, WritingRequest, WrittenScript
from lectern.worker import Job, Permanent, Stage, take_turns

STAGE = Stage("scripter", fails="video", turns=take_turns)
# Characters a model writes for a video, about: a plan, then three words a second with the JSON around them.
PLAN_CHARACTERS, CHARACTERS_PER_SECOND = 2500, 30


@STAGE.on(VideoRequested, slots=4)
async def write_script(event: VideoRequested, job: Job[ScripterDeps]) -> list[AnyEvent]:
    """Stores the script as JSON and as Markdown; plans every scene unless the user wants to review the script."""
    spent_usd = sum(usage.cost_usd for usage in (*job.log.state.usage(), *job.spent_before))
    written = await _write(event, job, spent_usd)
    job.note_paid(written.spent)
    script = written.script
    assets = {name.removeprefix("./"): key for name, key in event.brief.assets.items()}
    _check_images(script, assets)
    key = keys.script(event.video_id, keys.digest(script))
    await job.store.put_json(key, script)
    if event.variant is None:  # that of an edited script is rendered when it is asked for, if it can be
        markdown = await asyncio.to_thread(render, script)
        await job.store.put(keys.script_markdown(key), markdown.encode(), "text/markdown; charset=utf-8")
    options = msgspec.structs.replace(event.options, language=script.language)
    scripted = job.answer(
        VideoScripted,
        script_key=key,
        title=script.title,
        scenes=_summarize(script),
        options=options,
        assets=assets,
        review=options.review,
        doubts=script.shorten_doubts(),
        hints=write_notes(script),
        spent=written.spent,
        unmet=written.unmet,
    )
    if options.review:
        return [scripted]
    planned = (
        job.answer(
            ScenePlanned,
            scene=number,
            script_key=key,
            options=options,
            assets=assets,
            salt=find_salt(event.variant, number),
        )
        for number in range(1, len(script.scenes) + 1)
    )
    return [scripted, *planned]


@STAGE.on(ScriptApproved, slots=4)
async def plan_scenes(event: ScriptApproved, job: Job[ScripterDeps]) -> list[AnyEvent]:
    """Plans the scenes that the approval names; those for which it chooses a take get that back instead."""
    script = await job.store.get_json(event.script_key, s.Script)
    unknown = [number for number in event.plan if not 1 <= number <= len(script.scenes)]
    if unknown:
        raise Permanent(
            Problem(
                code="unknown-scene",
                title="No such scene",
                detail=f"Scene {unknown[0]} was approved, but the script has scenes 1 to {len(script.scenes)}.",
                remedy="Approve the script again, naming scenes that it has.",
            )
        )
    options = msgspec.structs.replace(event.options, language=script.language)
    salts = dict.fromkeys(event.plan, message_id(event)) if event.fresh else event.salts
    chosen = {take.scene: take for take in event.chosen}
    return [
        _restore_take(chosen[number], options, job)
        if number in chosen
        else job.answer(ScenePlanned, scene=number, options=options, salt=salts.get(number, ""))
        for number in event.plan
    ]


def _restore_take(chosen: ChosenTake, options: VideoOptions, job: Job[ScripterDeps]) -> SceneRendered:
    """A scene as it was rendered in an earlier revision. It costs nothing, and its composing follows as always."""
    return job.answer(
        SceneRendered,
        scene=chosen.scene,
        options=options,
        salt=chosen.salt,
        take=chosen.take,
        narration=chosen.narration,
        code=chosen.code,
        footage=chosen.footage,
        degraded=chosen.degraded,
    )


async def _write(event: VideoRequested, job: Job[ScripterDeps], spent_usd: float) -> WrittenScript:
    brief = event.brief
    if event.variant and brief.dub is None:
        return WrittenScript(script=await read_original(event.variant, job))
    salt = message_id(event) if event.revision > 1 else ""  # and not afresh: a delivery that comes again pays nothing
    request = WritingRequest(brief=brief, options=event.options, spent_usd=spent_usd, salt=salt)
    try:
        if brief.dub is not None:
            return await write_dub(brief.dub, request, job)
        if brief.document_key:
            text = decode_document(await job.store.get(brief.document_key))
            try:
                return WrittenScript(script=await job.deps.reader.parse(text, language=event.options.language))
            except NoScenes as error:
                if not job.deps.writer.explains_prose:
                    raise Permanent(_suggest_model(error.problem)) from error
                request = msgspec.structs.replace(request, material=text)
        elif not brief.topic.strip():
            raise Permanent(
                Problem(
                    code="empty-brief",
                    title="Nothing to explain",
                    detail="The request names neither a topic nor a document.",
                    remedy="Provide a topic, or a lesson in Markdown.",
                )
            )
        return await job.deps.writer.write(request, _progress_reporter(event, job))
    except Permanent:
        raise
    except ProblemError as error:
        raise Permanent(error.problem) from error


def _progress_reporter(event: VideoRequested, job: Job[ScripterDeps]) -> OnProgress:
    expected = PLAN_CHARACTERS + CHARACTERS_PER_SECOND * (event.brief.target_seconds or DEFAULT_SECONDS)

    def report(characters: int, step: str) -> None:
        done = min(characters, expected - 1)
        job.progress_soon(done, expected, "writing", step=step, characters=characters)

    return report


def _suggest_model(problem: Problem) -> Problem:
    remedy = f"{problem.remedy} With a model (GEMINI_API_KEY), Lectern explains plain prose as it is."
    return msgspec.structs.replace(problem, remedy=remedy)


def _check_images(script: s.Script, assets: Mapping[str, str]) -> None:
    for number, scene in enumerate(script.scenes, 1):
        if isinstance(scene.visual, s.Image) and scene.visual.name not in assets:
            uploaded = ", ".join(sorted(assets)) or "none"
            raise Permanent(
                Problem(
                    code="missing-picture",
                    title="An image is missing",
                    detail=f"Scene {number} ({scene.title}) shows {scene.visual.name!r}, which was not "
                    f"uploaded with the lesson (uploaded images: {uploaded}).",
                    remedy="Upload the file under that name, or remove the image from the lesson.",
                )
            )


def _summarize(script: s.Script) -> tuple[SceneTitle, ...]:
    return tuple(
        SceneTitle(
            title=scene.title,
            words=sum(count_words(beat.spoken_text()) for beat in scene.beats),
            direction=scene.plan.direction,
            waits=waits_for_scene_before(script, number),
        )
        for number, scene in enumerate(script.scenes, start=1)
    )
