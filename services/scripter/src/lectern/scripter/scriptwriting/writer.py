"""The writer that asks a model: it plans, drafts, has faults corrected, repairs what is left, and has facts checked
and put right."""

from __future__ import annotations

import asyncio

import msgspec

from lectern.contracts import script as s
from lectern.contracts.problems import Problem, ProblemError
from lectern.language.detection import script_share
from lectern.lessons import Lesson
from lectern.llm import Citation, ModelClient, ModelFailed
from lectern.markdown import clean_line, parse
from lectern.scripter.lesson_search import subject_of
from lectern.scripter.lesson_wishes import list_unmet_wishes, speaks
from lectern.scripter.model_session import ModelSession
from lectern.scripter.reading.reader import LessonReader
from lectern.scripter.scriptwriting import prompts, replies
from lectern.scripter.scriptwriting.checks import UNSPEAKABLE, ScriptFault, ScriptTarget, find_faults, weigh
from lectern.scripter.scriptwriting.drafting import draft_script
from lectern.scripter.scriptwriting.fact_check import check_facts
from lectern.scripter.scriptwriting.repair import repair_script
from lectern.scripter.writer import OnProgress, WritingRequest, WrittenScript
from lectern.worker import Permanent

MAX_CORRECTIONS = 2  # the second only when the first one helped
MAX_NOTES_CHARACTERS = 20_000  # of a search's notes, in later questions
MIN_SCRIPT_SHARE = 0.5  # of a script's letters that must be in the script of its language


class ModelWriter:
    """Writes about anything. A topic that is a finished lesson's own title gets that lesson, which costs nothing,
    unless something else was wished for than it is.
    """

    explains_prose = True

    def __init__(self, model_client: ModelClient, lessons: tuple[Lesson, ...], reader: LessonReader) -> None:
        self._model_client = model_client
        self._lessons = lessons
        self._reader = reader

    async def write(self, request: WritingRequest, on_progress: OnProgress | None = None) -> WrittenScript:
        """The script about the topic or the material. Raises Permanent or ModelUnavailable with what was spent."""
        for lesson in self._lessons:
            if not request.material and subject_of(lesson.title) == subject_of(request.brief.topic):
                script = parse(lesson.text)
                if speaks(lesson, request.options.language) and not list_unmet_wishes(
                    lesson, len(script.scenes), request.brief
                ):
                    return WrittenScript(script=script)
        session = ModelSession(self._model_client, request, on_progress)
        try:
            script = await _write(session, request, self._reader)
        except ModelFailed as failure:
            raise session.error(failure) from failure
        except ProblemError as failure:
            raise Permanent(failure.problem, spent=session.spent) from failure
        return WrittenScript(script=script, spent=session.spent)


async def _write(session: ModelSession, request: WritingRequest, reader: LessonReader) -> s.Script:
    brief, options = request.brief, request.options
    target = ScriptTarget(
        seconds=brief.target_seconds,
        scenes=brief.scenes,
        language=options.language,
        dialogue=brief.style == "dialogue",
        rate=options.speaking_rate,
    )
    wish = prompts.describe_brief(brief, options)
    backing = (prompts.quote_material(request.material),) if request.material else ()
    sources: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    if brief.search:
        notes = await session.ask(
            "script-from-news", step="searching", instructions="research", parts=(wish, *backing), result=str
        )
        backing = (*backing, prompts.quote_notes(notes.value[:MAX_NOTES_CHARACTERS]))
        sources = _cite(notes.citations)
        doubts = () if sources else ("The search named no sources, so no claim can be traced to one.",)
    plan = await _plan(session, (wish, *backing), target.scenes)
    seconds = target.seconds or prompts.DEFAULT_SECONDS
    script, faults = await _draft(
        session, plan, (wish, *backing, prompts.describe_plan(plan, seconds, target.rate)), target
    )
    script = await _finish(script, faults, target, reader)
    script = msgspec.structs.replace(script, sources=sources, doubts=(*doubts, *script.doubts))
    return await check_facts(session, script, backing, target, reader)


async def _plan(session: ModelSession, parts: tuple[str, ...], scenes: int) -> replies.ScriptPlan:
    """A plan. One without the requested number of scenes (0: any) is corrected once."""
    plan = await _ask_for_plan(session, parts)
    if scenes in (0, len(plan.scenes)):
        return plan
    message = f"The plan has {len(plan.scenes)} scenes; it must have exactly {scenes}."
    correction = prompts.request_correction(plan, [ScriptFault(rule="scene-count", message=message)])
    return await _ask_for_plan(session, (*parts, correction))


async def _ask_for_plan(session: ModelSession, parts: tuple[str, ...]) -> replies.ScriptPlan:
    reply = await session.ask("script", step="planning", instructions="plan", parts=parts, result=replies.ScriptPlan)
    return reply.value


async def _draft(
    session: ModelSession, plan: replies.ScriptPlan, parts: tuple[str, ...], target: ScriptTarget
) -> tuple[s.Script, tuple[ScriptFault, ...]]:
    """The best version the model wrote, and its faults."""
    best: tuple[s.Script, tuple[ScriptFault, ...]] | None = None
    correction: tuple[str, ...] = ()
    for _ in range(1 + MAX_CORRECTIONS):
        step = "correcting" if best else "writing"
        try:
            reply = await session.ask(
                "script", step=step, instructions="write", parts=(*parts, *correction), result=replies.NarrationDraft
            )
        except ModelFailed as failure:
            if best is None or failure.retryable:
                raise
            break
        script, faults = await asyncio.to_thread(_read_draft, plan, reply.value, target)
        improved = best is None or weigh(faults) < weigh(best[1])
        if improved:
            best = script, faults
        if not faults or not improved:
            break
        correction = (prompts.request_correction(reply.value, faults),)
    assert best is not None
    return best


def _read_draft(
    plan: replies.ScriptPlan, draft: replies.NarrationDraft, target: ScriptTarget
) -> tuple[s.Script, tuple[ScriptFault, ...]]:
    script, on_screen = draft_script(plan, draft, target.language)
    return script, (*find_faults(script, target), *on_screen)


async def _finish(
    script: s.Script, faults: tuple[ScriptFault, ...], target: ScriptTarget, reader: LessonReader
) -> s.Script:
    """The script as it can be made: repaired where a rule can, the other faults as doubts. Raises ProblemError."""
    if faults:
        repaired = repair_script(script, target)
        remaining = find_faults(repaired.script, target)
        unspeakable = next((fault for fault in remaining if fault.rule in UNSPEAKABLE), None)
        if not repaired.usable or unspeakable or _has_foreign_letters(repaired.script):
            raise ProblemError(_unfit_script((unspeakable or faults[0]).message))
        doubts = tuple(clean_line(doubt) for doubt in (*repaired.notes, *(fault.message for fault in remaining)))
        script = msgspec.structs.replace(repaired.script, doubts=doubts)
    try:
        await reader.render(script)  # people edit it as Markdown
    except ProblemError as error:
        raise ProblemError(_unfit_script(error.problem.detail)) from error
    return script


def _has_foreign_letters(script: s.Script) -> bool:
    """True if a voice of the script's language cannot read its letters."""
    text = " ".join(beat.text for scene in script.scenes for beat in scene.beats)
    return script_share(text, script.language) < MIN_SCRIPT_SHARE


def _unfit_script(fault: str) -> Problem:
    return Problem(
        code="script-unfit",
        title="The script cannot be spoken",
        detail=f"The model's script was still faulty after it was corrected: {clean_line(fault)}",
        remedy="Retry the video for a new script, word the topic differently, or send a lesson.",
        retryable=True,
    )


def _cite(citations: tuple[Citation, ...]) -> tuple[str, ...]:
    lines = (clean_line(f"{each.title} — {each.url}" if each.title != each.url else each.url) for each in citations)
    return tuple(dict.fromkeys(line for line in lines if line))
