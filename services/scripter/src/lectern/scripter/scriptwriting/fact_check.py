"""Has the facts of a script checked, doubted claims put right once, and keeps what is doubted still for people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from lectern.contracts import script as s
from lectern.contracts.problems import ProblemError
from lectern.llm import ModelFailed
from lectern.markdown import clean_line
from lectern.scripter.model_session import ModelSession
from lectern.scripter.reading.reader import LessonReader
from lectern.scripter.scriptwriting import prompts, replies
from lectern.scripter.scriptwriting.checks import ScriptTarget
from lectern.scripter.scriptwriting.rewriting import Place, RewrittenScript, apply_rewrite, locate


class FactCheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """The claims that are doubted; `failure` says why there was no check."""

    doubts: tuple[replies.Doubt, ...] = ()
    failure: str = ""


async def check_facts(
    session: ModelSession, script: s.Script, backing: tuple[str, ...], target: ScriptTarget, reader: LessonReader
) -> s.Script:
    """The script with doubted claims rewritten, once, and checked again; what stays doubted is in its `doubts`.

    `backing` is the material and notes that the script was written from. A check or rewrite that fails is told in the
    doubts and never ends the script.
    """
    first = await _ask_for_doubts(session, script, backing)
    if not first.doubts:
        return _add_doubts(script, [f"The facts were not checked: {first.failure}"] if first.failure else [])
    places = {doubt: locate(doubt, script) for doubt in first.doubts}
    named = [place for place in places.values() if place]
    rewritten = await _rewrite(session, script, first.doubts, named, backing, target, reader) if named else None
    if rewritten is None or not rewritten.changed:
        return _add_doubts(script, [_describe(doubt) for doubt in first.doubts])
    second = await _ask_for_doubts(session, rewritten.script, backing)
    remaining = [doubt for doubt, place in places.items() if place not in rewritten.changed]
    notes = [_describe(doubt) for doubt in (*remaining, *_leave_out_repeated(second.doubts, remaining))]
    if second.failure:
        notes.append(f"What was rewritten after a fact check was not checked again: {second.failure}")
    return _add_doubts(rewritten.script, notes)


async def _ask_for_doubts(session: ModelSession, script: s.Script, backing: tuple[str, ...]) -> FactCheckResult:
    parts = (prompts.quote_script(script), *backing)
    try:
        reply = await session.ask(
            "fact-check", step="checking", instructions="fact_check", parts=parts, result=replies.FactCheck
        )
    except ModelFailed as failure:
        return FactCheckResult(failure=failure.problem.detail)
    doubts = {_describe(doubt): doubt for doubt in reply.value.doubts if doubt.claim.strip() or doubt.scene}
    return FactCheckResult(doubts=tuple(doubts.values())[: replies.MAX_DOUBTS])


async def _rewrite(
    session: ModelSession,
    script: s.Script,
    doubts: Sequence[replies.Doubt],
    places: Sequence[Place],
    backing: tuple[str, ...],
    target: ScriptTarget,
    reader: LessonReader,
) -> RewrittenScript | None:
    """The script with the doubted beats put right; None if the writer does not answer, or not usably."""
    parts = (prompts.quote_script(script), *backing, prompts.quote_doubts(doubts))
    try:
        reply = await session.ask(
            "script", step="rewriting", instructions="rewrite", parts=parts, result=replies.Rewrite
        )
        rewritten = await asyncio.to_thread(apply_rewrite, script, reply.value, places, target)
        await reader.render(rewritten.script)  # people edit it as Markdown
    except (ModelFailed, ProblemError):
        return None
    return rewritten


def _leave_out_repeated(found: Sequence[replies.Doubt], known: Sequence[replies.Doubt]) -> list[replies.Doubt]:
    """Doubts about other claims than those that are known."""
    claims = [doubt.claim.casefold() for doubt in known]
    return [
        doubt
        for doubt in found
        if not any(doubt.claim.casefold() in claim or claim in doubt.claim.casefold() for claim in claims)
    ]


def _describe(doubt: replies.Doubt) -> str:
    claim, why = clean_line(doubt.claim), clean_line(doubt.why)
    return f"{claim} ({why})" if why else claim


def _add_doubts(script: s.Script, doubts: Sequence[str]) -> s.Script:
    lines = dict.fromkeys(clean_line(doubt) for doubt in (*script.doubts, *doubts))
    return msgspec.structs.replace(script, doubts=tuple(line for line in lines if line))
