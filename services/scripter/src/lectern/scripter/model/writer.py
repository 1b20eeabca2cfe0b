"""The writer that asks a model: plans, writes, has its faults corrected, mends what is left, has the facts checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from lectern.contracts import script as s
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.usage import Usage, add_up
from lectern.language.detection import script_share
from lectern.lessons import Lesson
from lectern.llm import Budget, Citation, ModelClient, ModelFailed, ModelReply
from lectern.markdown import parse, render
from lectern.markdown.inline import clean
from lectern.scripter.model import answers, prompts
from lectern.scripter.model.checks import UNSPEAKABLE, Finding, Wanted, findings
from lectern.scripter.model.drafting import draft
from lectern.scripter.model.mending import mended
from lectern.scripter.topics import subject
from lectern.scripter.writer import ModelAway, Tell, Terms, Written
from lectern.worker import Permanent

T = TypeVar("T")

CORRECTIONS = 2  # the second only when the first made it better
NOTES_KEPT = 20_000  # characters of a search's notes that go into later questions


class ModelWriter:
    """Writes about anything. A topic that is a finished lesson's own title gets that lesson, which costs nothing."""

    reads_material = True

    def __init__(self, model_client: ModelClient, lessons: tuple[Lesson, ...]) -> None:
        self._model_client = model_client
        self._lessons = lessons

    async def write(
        self, brief: Brief, options: VideoOptions, tell: Tell | None = None, *, terms: Terms | None = None
    ) -> Written:
        """The script for the topic, or for `terms.material`. Raises Permanent with what was spent, and ModelAway."""
        terms = terms or Terms()
        for lesson in self._lessons:
            if not terms.material and subject(lesson.title) == subject(brief.topic):
                return Written(script=parse(lesson.text))
        work = _Work(brief=brief, options=options, terms=terms, tell=tell)
        try:
            script = await self._script(work)
        except ModelFailed as failure:
            work.book(failure.usage)
            if failure.retryable:
                raise ModelAway(failure.problem, spent=add_up(work.spent)) from failure
            raise Permanent(failure.problem, spent=add_up(work.spent)) from failure
        return Written(script=script, spent=add_up(work.spent))

    async def _script(self, work: _Work) -> s.Script:
        backing: tuple[str, ...] = (prompts.material(work.terms.material),) if work.terms.material else ()
        wish = (prompts.wish(work.brief, work.options), *backing)
        cited: tuple[str, ...] = ()
        doubts: tuple[str, ...] = ()
        if work.brief.search:
            found = await self._ask(work, "searching", "script-from-news", "research", wish, str)
            backing = (*backing, prompts.noted(found.value[:NOTES_KEPT]))
            cited = _cited(found.citations)
            doubts = () if cited else ("The search named no sources; nothing here can be followed up.",)
        wish = (wish[0], *backing)
        plan = await self._plan(work, wish)
        seconds = work.brief.target_seconds or prompts.USUAL_SECONDS
        request = (*wish, prompts.planned(plan, seconds, work.options.speaking_rate))
        written, left = await self._narration(work, plan, request)
        script = _fit(written, left, work)
        checked = await self._doubts(work, script, backing)
        return msgspec.structs.replace(script, sources=cited, doubts=(*doubts, *script.doubts, *checked))

    async def _plan(self, work: _Work, wish: tuple[str, ...]) -> answers.Plan:
        plan = (await self._ask(work, "planning", "script", "plan", wish, answers.Plan)).value
        asked = work.brief.scenes
        if asked in (0, len(plan.scenes)):
            return plan
        fault = Finding(rule="scene-count", said=f"The plan has {len(plan.scenes)} scenes; exactly {asked} are wanted.")
        again = (*wish, prompts.correction(plan, [fault]))
        return (await self._ask(work, "planning", "script", "plan", again, answers.Plan)).value

    async def _narration(
        self, work: _Work, plan: answers.Plan, request: tuple[str, ...]
    ) -> tuple[s.Script, tuple[Finding, ...]]:
        """The best version the model gave, and what is still wrong with it."""
        best: tuple[s.Script, tuple[Finding, ...]] | None = None
        correction: tuple[str, ...] = ()
        for _ in range(1 + CORRECTIONS):
            step = "correcting" if best else "writing"
            try:
                answer = await self._ask(work, step, "script", "write", (*request, *correction), answers.Narration)
            except ModelFailed as failure:
                if best is None or failure.retryable:
                    raise
                work.book(failure.usage)
                break
            script, on_screen = draft(plan, answer.value, work.options.language)
            wrong = (*findings(script, work.wanted), *on_screen)
            better = best is None or _weight(wrong) < _weight(best[1])
            if better:
                best = script, wrong
            if not wrong or not better:
                break
            correction = (prompts.correction(answer.value, wrong),)
        assert best is not None
        return best

    async def _doubts(self, work: _Work, script: s.Script, backing: tuple[str, ...]) -> tuple[str, ...]:
        """What a second look doubts. Never a reason to fail."""
        asked = (prompts.narrated(script), *backing)
        try:
            check = await self._ask(work, "checking", "fact-check", "fact_check", asked, answers.FactCheck)
        except ModelFailed as failure:
            work.book(failure.usage)
            return (clean("The facts were not checked: " + failure.problem.detail),)
        told = (clean(f"{each.claim} ({each.why})" if each.why else each.claim) for each in check.value.doubts)
        return tuple(dict.fromkeys(each for each in told if each))[: answers.DOUBTS]

    async def _ask(
        self, work: _Work, step: str, task: str, rules: str, parts: tuple[str, ...], result: type[T]
    ) -> ModelReply[T]:
        answer = await self._model_client.ask(
            task,
            instructions=prompts.rules(rules),
            parts=parts,
            result=result,
            budget=work.budget,
            on_text=work.hears(step),
            fresh=work.terms.fresh,
        )
        work.book(answer.usage)
        return answer


class _Work:
    """What is under way for one script."""

    def __init__(self, *, brief: Brief, options: VideoOptions, terms: Terms, tell: Tell | None) -> None:
        self.brief = brief
        self.options = options
        self.terms = terms
        self.budget = Budget(options.max_cost_usd, spent_usd=terms.spent_usd)
        self.spent: list[Usage] = []
        self.wanted = Wanted(
            seconds=brief.target_seconds,
            scenes=brief.scenes,
            language=options.language,
            dialogue=brief.style == "dialogue",
            rate=options.speaking_rate,
        )
        self._tell = tell
        self._before = 0  # characters of finished answers
        self._now = 0

    def book(self, usage: Usage) -> None:
        """Notes what a question cost."""
        self._before, self._now = self._before + self._now, 0
        if usage.requests:
            self.spent.append(usage)

    def hears(self, step: str) -> Callable[[int], None]:
        """Passes on how many characters have arrived, over all questions."""

        def on_text(characters: int) -> None:
            self._now = characters
            if self._tell:
                self._tell(self._before + characters, step)

        return on_text


def _fit(script: s.Script, left: tuple[Finding, ...], work: _Work) -> s.Script:
    """The script as it can be made: mended where a rule can, with what remains as doubts. Raises Permanent if unfit."""
    if left:
        result = mended(script, work.wanted)
        remaining = findings(result.script, work.wanted)
        unspeakable = next((each for each in remaining if each.rule in UNSPEAKABLE), None)
        if not result.whole or unspeakable or _foreign(result.script):
            first = unspeakable or left[0]
            raise Permanent(_unfit(first), spent=add_up(work.spent))
        doubts = tuple(clean(each) for each in (*result.notes, *(finding.said for finding in remaining)))
        script = msgspec.structs.replace(result.script, doubts=doubts)
    try:
        parse(render(script))  # what people will edit
    except ProblemError as error:
        fault = Finding(rule="on-screen", said=error.problem.detail)
        raise Permanent(_unfit(fault), spent=add_up(work.spent)) from error
    return script


def _foreign(script: s.Script) -> bool:
    """Whether it is written in letters that the language's voice cannot read."""
    text = " ".join(beat.text for scene in script.scenes for beat in scene.beats)
    return script_share(text, script.language) < 0.5


def _weight(wrong: tuple[Finding, ...]) -> int:
    """How far from usable: what cannot be spoken or is in the wrong language counts most."""
    return sum(10 if each.rule in (*UNSPEAKABLE, "language") else 1 for each in wrong)


def _unfit(finding: Finding) -> Problem:
    return Problem(
        code="script-unfit",
        title="The script cannot be spoken",
        detail=f"The model's script was still faulty after it was corrected: {clean(finding.said)}",
        remedy="Retry the video, which has it written anew, or word the topic differently, or send a lesson.",
        retryable=True,
    )


def _cited(sources: tuple[Citation, ...]) -> tuple[str, ...]:
    lines = (clean(f"{each.title} — {each.url}" if each.title != each.url else each.url) for each in sources)
    return tuple(dict.fromkeys(line for line in lines if line))
