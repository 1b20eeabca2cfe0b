"""From a brief to a script, and from an approved script to scenes that can be spoken."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.events import (
    AnyEvent,
    ScenePlanned,
    SceneTitle,
    ScriptApproved,
    VideoRequested,
    VideoScripted,
    message_id,
)
from lectern.contracts.problems import Problem, ProblemError
from lectern.language.words import count_words
from lectern.markdown import parse, render
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.documents import decoded
from lectern.scripter.dubbing.handling import dub
from lectern.scripter.writer import Written
from lectern.scripter.writing import write_and_tell
from lectern.worker import Job, Permanent, Stage

STAGE = Stage("scripter", fails="video")
NO_LESSON = "no-scenes"  # the fault of a text without headings: prose, which a model can explain


@STAGE.on(VideoRequested, slots=4)
async def write_script(event: VideoRequested, job: Job[ScripterDeps]) -> list[AnyEvent]:
    """Stores the script as JSON and as Markdown; plans every scene unless the user wants to see the script first."""
    try:
        written = await _written(event, job)
    except Permanent:
        raise
    except ProblemError as error:
        raise Permanent(error.problem) from error
    script = written.script
    assets = {name.removeprefix("./"): key for name, key in event.brief.assets.items()}
    _check_pictures(script, assets)
    key = keys.script(event.video_id, keys.digest(script))
    await job.store.put_json(key, script)
    await job.store.put(keys.script_markdown(key), render(script).encode(), "text/markdown; charset=utf-8")
    options = msgspec.structs.replace(event.options, language=script.language)
    scripted = job.answer(
        VideoScripted,
        script_key=key,
        title=script.title,
        scenes=tuple(_title(scene) for scene in script.scenes),
        options=options,
        assets=assets,
        review=options.review,
        spent=written.spent,
    )
    if options.review:
        return [scripted]
    planned = (
        job.answer(ScenePlanned, scene=number, script_key=key, options=options, assets=assets)
        for number in range(1, len(script.scenes) + 1)
    )
    return [scripted, *planned]


@STAGE.on(ScriptApproved, slots=4)
async def plan_scenes(event: ScriptApproved, job: Job[ScripterDeps]) -> list[AnyEvent]:
    """Plans the scenes that the approval names."""
    script = await job.store.get_json(event.script_key, s.Script)
    unknown = [number for number in event.plan if not 1 <= number <= len(script.scenes)]
    if unknown:
        raise Permanent(
            Problem(
                code="unknown-scene",
                title="No such scene",
                detail=f"Scene {unknown[0]} was to be made, but the script has scenes 1 to {len(script.scenes)}.",
                remedy="Approve the script again, naming scenes it has.",
            )
        )
    options = msgspec.structs.replace(event.options, language=script.language)
    salt = message_id(event) if event.fresh else ""
    return [job.answer(ScenePlanned, scene=number, options=options, salt=salt) for number in event.plan]


async def _written(event: VideoRequested, job: Job[ScripterDeps]) -> Written:
    brief, material = event.brief, ""
    if brief.dub is not None:
        return await dub(brief.dub, event, job)
    if brief.document_key:
        material = decoded(await job.store.get(brief.document_key))
        try:
            return Written(script=await asyncio.to_thread(parse, material, language=event.options.language))
        except ProblemError as error:
            if error.problem.code != NO_LESSON:
                raise
            if not job.deps.writer.reads_material:
                raise Permanent(_with_a_model(error.problem)) from error
    elif not brief.topic.strip():
        raise Permanent(
            Problem(
                code="empty-brief",
                title="Nothing to explain",
                detail="The request names neither a topic nor a document.",
                remedy="Give a topic, or a lesson in Markdown.",
            )
        )
    return await write_and_tell(event, job, material)


def _with_a_model(problem: Problem) -> Problem:
    remedy = f"{problem.remedy} With a model (GEMINI_API_KEY) plain prose is explained as it is."
    return msgspec.structs.replace(problem, remedy=remedy)


def _check_pictures(script: s.Script, assets: Mapping[str, str]) -> None:
    for number, scene in enumerate(script.scenes, 1):
        if isinstance(scene.visual, s.Image) and scene.visual.name not in assets:
            sent = ", ".join(sorted(assets)) or "none"
            raise Permanent(
                Problem(
                    code="missing-picture",
                    title="A picture is missing",
                    detail=f"Scene {number} ({scene.title}) shows {scene.visual.name!r}, which did not "
                    f"come with the lesson (pictures that came: {sent}).",
                    remedy="Send the file along under that name, or take the picture out of the lesson.",
                )
            )


def _title(scene: s.Scene) -> SceneTitle:
    return SceneTitle(title=scene.title, words=sum(count_words(beat.spoken_text()) for beat in scene.beats))
