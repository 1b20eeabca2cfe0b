"""The writer that asks a model: plans, writes, corrects once, and has the facts checked."""

from __future__ import annotations

from importlib import resources
from typing import TypeVar

import msgspec

from lectern.contracts import script as s
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.usage import Spent, added_up
from lectern.lessons import Lesson
from lectern.llm import Answer, Asker, Budget, ModelFailed, Source, Usage, billed
from lectern.scripter.markdown import parse
from lectern.scripter.model import answers
from lectern.scripter.model.checks import findings
from lectern.scripter.topics import subject
from lectern.scripter.writer import Tell, Written
from lectern.worker import Permanent, Transient

T = TypeVar("T")

USUAL_SECONDS = 120  # short explainers are watched to their end more often than long ones
CORRECTIONS = 2


class ModelWriter:
    """Writes about anything. A topic that is a finished lesson's own title gets that lesson, which costs nothing."""

    def __init__(self, asker: Asker, lessons: tuple[Lesson, ...]) -> None:
        self._asker = asker
        self._lessons = lessons

    async def write(self, brief: Brief, options: VideoOptions, tell: Tell | None = None) -> Written:
        """The script for `brief.topic`. Raises Permanent with what was spent, Transient when models are away."""
        for lesson in self._lessons:
            if subject(lesson.title) == subject(brief.topic):
                return Written(script=parse(lesson.text))
        work = _Work(budget=Budget(options.max_cost_usd), tell=tell)
        try:
            return await self._written(brief, options, work)
        except ModelFailed as failure:
            work.book(failure.usage)
            if failure.passing:
                raise Transient(failure.problem.sentence()) from failure
            raise Permanent(failure.problem, spent=added_up(work.spent)) from failure

    async def _written(self, brief: Brief, options: VideoOptions, work: _Work) -> Written:
        wish = _wish(brief, options)
        sources: tuple[Source, ...] = ()
        if brief.search:
            notes = await self._ask(
                work, "script-from-news", "Collect what is known about the topic, with figures and dates.", wish, str
            )
            wish, sources = f"{wish}\n\nNotes from a search:\n{notes.value}", notes.sources
        plan = (await self._ask(work, "script", _text("plan.md"), wish, answers.Plan)).value
        request = f"{wish}\n\nThe plan:\n{msgspec.json.encode(plan).decode()}"
        script = await self._narrated(work, plan, request, options, brief)
        doubts = await self._doubts(work, script)
        cited = tuple(f"{source.title} — {source.url}" for source in sources)
        script = msgspec.structs.replace(script, doubts=doubts, sources=cited)
        return Written(script=script, spent=added_up(work.spent))

    async def _narrated(
        self, work: _Work, plan: answers.Plan, request: str, options: VideoOptions, brief: Brief
    ) -> s.Script:
        target = brief.target_seconds
        wrong: tuple[str, ...] = ()
        for _ in range(1 + CORRECTIONS):
            correction = (
                "\n\nYour last version had these faults; correct them:\n- " + "\n- ".join(wrong) if wrong else ""
            )
            narration = (
                await self._ask(work, "script", _text("write.md"), request + correction, answers.Narration)
            ).value
            script = _script(plan, narration, options.language)
            wrong = findings(script, target, brief.scenes)
            if not wrong:
                return script
        if any("markup" in each or "nothing" in each for each in wrong):
            problem = Problem(
                code="script-unfit",
                title="The script cannot be spoken",
                detail=f"The model's script was still faulty after {CORRECTIONS} corrections: {wrong[0]}",
                remedy="Word the topic differently, or ask for a review and edit the script.",
            )
            raise Permanent(problem, spent=added_up(work.spent))
        return msgspec.structs.replace(script, doubts=wrong)  # a wrong length is no reason to make nothing

    async def _doubts(self, work: _Work, script: s.Script) -> tuple[str, ...]:
        """What a second look doubts, on top of what the script already says of itself. Never a reason to fail."""
        said = "\n".join(f"{scene.title}: {beat.text}" for scene in script.scenes for beat in scene.beats)
        try:
            check = (await self._ask(work, "fact-check", _text("fact_check.md"), said, answers.FactCheck)).value
        except ModelFailed as failure:
            work.book(failure.usage)
            return (*script.doubts, "The facts were not checked: " + failure.problem.detail)
        return (*script.doubts, *(f"{doubt.claim} ({doubt.why})" for doubt in check.doubts))

    async def _ask(self, work: _Work, task: str, rules: str, request: str, result: type[T]) -> Answer[T]:
        answer = await self._asker.ask(
            task, instructions=rules, parts=(request,), result=result, budget=work.budget, on_text=work.tell
        )
        work.book(answer.usage)
        return answer


class _Work:
    """What is under way for one script."""

    def __init__(self, *, budget: Budget, tell: Tell | None) -> None:
        self.budget = budget
        self.tell = tell
        self.spent: list[Spent] = []

    def book(self, usage: Usage) -> None:
        """Notes what a question cost."""
        if usage.requests:
            self.spent.append(billed(usage))


def _wish(brief: Brief, options: VideoOptions) -> str:
    """What is asked for. The topic is fenced: it is material, whoever wrote it."""
    seconds = brief.target_seconds or USUAL_SECONDS
    lines = [
        f"Language: {options.language}",
        f"Audience: {brief.audience}",
        f"Length: {seconds} seconds, about {round(seconds * 2.4)} words",
    ]
    if brief.scenes:
        lines.append(f"Scenes: exactly {brief.scenes}")
    if brief.tone:
        lines.append(f"Tone: {brief.tone}")
    if brief.style == "dialogue":
        lines.append("Style: a dialogue of two voices who ask and answer each other, without naming the speakers")
    return "\n".join(lines) + f"\n\nTopic:\n==========\n{brief.topic.replace('=====', '')}\n=========="


def _script(plan: answers.Plan, narration: answers.Narration, language: str) -> s.Script:
    shows = {scene.title: scene.shows for scene in plan.scenes}
    return s.Script(
        title=plan.title,
        language=language,
        scenes=tuple(
            s.Scene(
                title=scene.title,
                beats=tuple(
                    s.Beat(
                        text=" ".join(beat.text.split()),
                        spoken="" if beat.spoken.strip() == beat.text.strip() else " ".join(beat.spoken.split()),
                        show=beat.show or shows.get(scene.title, ""),
                    )
                    for beat in scene.beats
                ),
            )
            for scene in narration.scenes
        ),
        symbols=tuple(s.Symbol(name=each.name, colour=each.colour, meaning=each.meaning) for each in plan.symbols),
    )


def _text(name: str) -> str:
    return resources.files("lectern.scripter.model").joinpath(name).read_text(encoding="utf-8")
