"""The coder that asks a model: draft, fix, check, repair; a template when nothing helps."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import msgspec

from lectern.coder.codegen.coding_run import CodingRun, ask
from lectern.coder.codegen.critic import Critic
from lectern.coder.codegen.critique import find_earlier_remarks, list_remarks
from lectern.coder.codegen.draft_prompt import draft_request, load_frames
from lectern.coder.codegen.edits import EditRefused, apply_edits
from lectern.coder.codegen.examples import ExampleIndex
from lectern.coder.codegen.fixes import fix_code
from lectern.coder.codegen.forms import find_form
from lectern.coder.codegen.handing_on import check_handing_on
from lectern.coder.codegen.kit_vocabulary import describe_scene, list_things_for, read_entries, select_entries
from lectern.coder.codegen.reference import ManimReference, load_text
from lectern.coder.codegen.repair_history import RepairStrategy, fingerprint
from lectern.coder.codegen.repair_prompt import RepairReply, repair_request
from lectern.coder.coding import CaptureStills, CodingResult, CodingTask, Preflight, RefusedCode
from lectern.coder.problems import unrepaired_problem
from lectern.coder.template_coder import TemplateCoder, refusal_attempt, without_direction, without_visual
from lectern.contracts import script as s
from lectern.contracts.acceptance import is_acceptable, is_acceptable_from_author
from lectern.contracts.problems import Problem
from lectern.contracts.requests import Finding, SceneVerdict
from lectern.contracts.usage import add_up
from lectern.llm import ImagePart, ModelClient, ModelFailed, PromptPart, UnusableAnswer
from lectern.worker import Transient, Unavailable

MAX_REPAIRS = 4


class ModelCoder:
    """Draws scenes that no template covers. An author's own Manim that does not pass is repaired in the same way."""

    def __init__(self, model_client: ModelClient, reference: ManimReference, examples: ExampleIndex) -> None:
        self._model_client = model_client
        self._reference = reference
        self._examples = examples
        self._templates = TemplateCoder()
        self._frames = load_frames()
        self._vocabulary = read_entries(load_text("vocabulary.txt"))
        self._rules = load_text("house_rules.md")
        # An edit needs the signatures of the names that it touches, which the request holds; the kit's vocabulary
        # would be most of the cost of a repair.
        self._edit_rules = f"{load_text('repair_rules.md')}\n{self._rules}"
        self._critic = Critic(model_client)

    async def code(
        self, task: CodingTask, preflight: Preflight, capture_stills: CaptureStills | None = None
    ) -> CodingResult:
        """A template for a visual that has one; else, or where the user gives a direction, the model's code.

        Raises Unavailable while no model can be reached, with what was spent; Transient when models give no usable
        answer, unless this is the task's last attempt.
        """
        visual = task.scene.visual
        if visual is not None and not isinstance(visual, s.Manim) and not task.scene.plan.direction:
            return await self._templates.code(task, preflight)
        run = CodingRun(task, preflight, capture_stills=capture_stills)
        return await self._spending(run, self._code(run))

    async def recode(self, task: CodingTask, refused: RefusedCode, preflight: Preflight) -> CodingResult:
        """The refused code repaired, or written more simply if it was repaired before; else a card."""
        run = CodingRun(task, preflight, history=(*refused.history, refusal_attempt(refused)))
        run.repaired = True
        return await self._spending(run, self._recode(run, refused))

    async def _spending(self, run: CodingRun, coding: Coroutine[None, None, CodingResult]) -> CodingResult:
        """The result. What was spent is told too when it cannot be had yet."""
        try:
            return await coding
        except Transient as error:
            error.spent = add_up(run.spent)
            raise

    async def _code(self, run: CodingRun) -> CodingResult:
        source, problem = await self._settle(run, self._write_passing_code(run))
        if source is not None and run.origin == "model":
            source = await self._improve_after_critique(run, source)
        return await self._conclude(run, source, problem)

    async def _recode(self, run: CodingRun, refused: RefusedCode) -> CodingResult:
        source, _ = await self._settle(run, self._rewrite_refused(run, refused))
        return await self._conclude(run, source, refused.problem)

    async def _settle(
        self, run: CodingRun, writing: Coroutine[None, None, str | None]
    ) -> tuple[str | None, Problem | None]:
        """The code that was written, or why models failed. Raises Transient while they may still do it later."""
        try:
            return await writing, None
        except ModelFailed as failure:
            run.add_usage(failure.usage)
            if error := _later_attempt(failure, last=run.task.last_attempt):
                raise error from failure
            return None, failure.problem

    async def _conclude(self, run: CodingRun, source: str | None, problem: Problem | None) -> CodingResult:
        """The code with a template or a card to fall back on. Without code, the best version that can be drawn all the
        same; else that template or card, for the reason that `problem` gives."""
        source = source or run.take_drawable()
        task = without_direction(run.task)
        if task.scene.visual is None or isinstance(task.scene.visual, s.Manim):
            task = msgspec.structs.replace(task, scene=without_visual(task.scene))
        card = await self._templates.code(task, run.preflight)
        history, spent = tuple(run.attempts), add_up(run.spent)
        if source is None:
            return msgspec.structs.replace(
                card,
                attempts=len(history) + card.attempts,
                degraded=problem or unrepaired_problem(history),
                history=history,
                spent=spent,
            )
        return CodingResult(
            source=source,
            origin=run.origin,
            fallback=card.source,
            attempts=len(history),
            history=history,
            spent=spent,
        )

    async def _write_passing_code(self, run: CodingRun) -> str | None:
        """Code that passes preflight, or None when every repair was tried. Raises ModelFailed."""
        visual = run.task.scene.visual
        if isinstance(visual, s.Manim) and run.authored:
            return await self._repair_until_passed(run, visual.source, "draft")
        code = await self._fix(await self._draft(run))
        return await self._repair_until_passed(run, code, "draft")

    async def _rewrite_refused(self, run: CodingRun, refused: RefusedCode) -> str | None:
        """Other code that passes preflight, from code whose render failed; None when nothing helped."""
        passed = await run.preflight(refused.source)
        verdict = SceneVerdict(
            ok=False,
            reason=f"{refused.problem.detail} {refused.problem.remedy}".strip(),
            findings=(*find_earlier_remarks(refused.history), *_warnings(passed)),
        )
        run.repairs.add_code(refused.source)
        first: RepairStrategy = "simpler" if refused.version > 1 else "lines"
        repaired = await self._repair(run, refused.source, verdict, first)
        return await self._repair_until_passed(run, *repaired) if repaired else None

    async def _repair_until_passed(self, run: CodingRun, code: str, strategy: str) -> str | None:
        accepts = is_acceptable_from_author if run.authored and not run.repaired else is_acceptable
        for repairs_left in range(MAX_REPAIRS, -1, -1):
            verdict = await run.preflight(code)
            if run.asks_for_handing_on():
                verdict = check_handing_on(run.task, code, verdict)
            if accepts(verdict):
                run.add_success(strategy, verdict)
                return code
            run.add_failure(strategy, verdict, code)
            run.note_drawable(code, verdict)
            run.repairs.add_code(code)
            stills = await self._critic.picture_findings(run, code, verdict) if repairs_left else ()
            repaired = await self._repair(run, code, verdict, stills=stills) if repairs_left else None
            if repaired is None:
                return None
            code, strategy = repaired
            run.repaired = True
        return None

    async def _improve_after_critique(self, run: CodingRun, code: str) -> str:
        """The code, or a version in which a vision model finds less serious. Whatever fails, the code stands."""
        if not self._critic.can_look_at(run):
            return code
        looked = await self._critic.look_at(run, code)
        if looked is None:
            return code
        critique, stills = looked
        if not critique.errors():
            run.add_look(list_remarks(critique))
            return code
        run.add_failure("look", critique, code)
        run.repairs.add_code(code)
        findings = msgspec.structs.replace(critique, findings=(*critique.findings, *run.warnings))
        try:
            repaired = await self._repair(run, code, findings, stills=stills)
            if repaired is None:
                return code
            new_code, strategy = repaired
            verdict = check_handing_on(run.task, new_code, await run.preflight(new_code))
        except ModelFailed as failure:
            run.add_usage(failure.usage)
            return code
        except Transient:
            return code
        if not is_acceptable(verdict):
            run.add_failure(strategy, verdict, new_code)
            return code
        run.add_success(strategy, verdict)
        return new_code if await self._is_better(run, new_code, critique) else code

    async def _is_better(self, run: CodingRun, code: str, before: SceneVerdict) -> bool:
        """True if a repair has fewer serious remarks than the version before it, or cannot be looked at."""
        looked = await self._critic.look_at(run, code)
        if looked is None:
            return True
        critique, _ = looked
        if critique.errors():
            run.add_failure("look", critique, code)
        else:
            run.add_look(list_remarks(critique))
        return len(critique.errors()) < len(before.errors())

    async def _draft(self, run: CodingRun) -> str:
        task = run.task
        examples = self._examples.nearest(f"{task.script.title} {describe_scene(task.scene)}", find_form(task.scene))
        request = draft_request(task, self._frames[task.options.aspect], examples)
        return await ask(self._model_client, run, "code", f"{self._rules}\n{self._describe_kit(task)}", (request,), str)

    async def _repair(
        self,
        run: CodingRun,
        code: str,
        verdict: SceneVerdict,
        first: RepairStrategy = "lines",
        stills: tuple[bytes, ...] = (),
    ) -> tuple[str, RepairStrategy] | None:
        """A new version, by the narrowest strategy from `first` on not tried on these findings; None when all were."""
        findings = fingerprint(verdict)
        if first == "lines" and "class " not in code:
            first = "scene"
        while (strategy := run.repairs.next_strategy(findings, first)) is not None:
            run.repairs.add_strategy(findings, strategy)
            try:
                new_code = await self._fix(await self._request_repair(run, code, verdict, strategy, stills))
            except EditRefused:
                continue
            except UnusableAnswer as failure:
                run.add_usage(failure.usage)
                continue
            if not run.repairs.has_code(new_code):
                run.repairs.add_code(new_code)
                return new_code, strategy
        return None

    async def _request_repair(
        self, run: CodingRun, code: str, verdict: SceneVerdict, strategy: RepairStrategy, stills: tuple[bytes, ...]
    ) -> str:
        """The code as one strategy changes it. Raises EditRefused and ModelFailed."""
        frame = self._frames[run.task.options.aspect]
        shown = stills if self._model_client.sees_images("repair") else ()
        request = repair_request(run.task, code, verdict, strategy, self._reference, frame, pictured=bool(shown))
        parts: tuple[PromptPart, ...] = (request, *(ImagePart(data=still, media_type="image/jpeg") for still in shown))
        if strategy in ("lines", "block"):
            reply = await ask(self._model_client, run, "repair", self._edit_rules, parts, RepairReply)
            return apply_edits(code, reply.edits)
        rules = f"{self._edit_rules}\n{self._describe_kit(run.task)}"
        return await ask(self._model_client, run, "repair", rules, parts, str)

    def _describe_kit(self, task: CodingTask) -> str:
        """What the scene kit offers for this scene."""
        entries = select_entries(self._vocabulary, task.scene, find_form(task.scene))
        texts = [*(entry.text for entry in entries), list_things_for(task.scene)]
        return "The scene kit\n\n" + "\n\n".join(texts)

    async def _fix(self, code: str) -> str:
        return (await asyncio.to_thread(fix_code, code, self._reference)).code


def _warnings(verdict: SceneVerdict) -> tuple[Finding, ...]:
    return tuple(finding for finding in verdict.findings if finding.level == "warning")


def _later_attempt(failure: ModelFailed, *, last: bool) -> Transient | None:
    """The error to raise if a later delivery may do better; None when the scene is to do without a model."""
    if not failure.retryable:
        return None
    if isinstance(failure, UnusableAnswer):  # models answer, and badly: another try is an attempt
        return None if last else Transient(problem=failure.problem)
    return Unavailable(problem=failure.problem, retry_after=failure.retry_after)
