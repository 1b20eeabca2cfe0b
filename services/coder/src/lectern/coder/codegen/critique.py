"""The critique of a scene: a vision model's remarks on its stills, in the form of preflight's findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from lectern.coder.codegen.draft_prompt import describe_symbols
from lectern.coder.codegen.looks import Look
from lectern.coder.coding import CodingTask
from lectern.contracts.events import CodeAttempt
from lectern.contracts.requests import Finding, SceneVerdict
from lectern.llm import ImagePart, PromptPart, fence

RULE = "critique"
MAX_FINDINGS = 4  # of each severity; more is a list of wishes
_MAX_MESSAGE = 1000  # characters of a remark: far more than the two sentences that are asked for

# The schema holds models to the two words. One that shouts them, or knows a third, is not asked again for that.
Severity = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["serious", "minor"]})]


class CritiqueRemark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a viewer would stumble over."""

    beat: int
    severity: Severity
    what: str
    suggestion: str = ""


class CritiqueReply(msgspec.Struct, frozen=True, kw_only=True):
    """A vision model's remarks."""

    findings: list[CritiqueRemark]


def critique_request(task: CodingTask, looks: Sequence[Look], stills: Sequence[bytes]) -> tuple[PromptPart, ...]:
    """The prompt: what is spoken and to be seen in each beat, the ledger, and each picture under its place in time."""
    lines = [f"{task.script.title}: {task.scene.title}", *describe_symbols(task.script).splitlines(), "", "Beats:"]
    for number, beat in enumerate(task.scene.beats, 1):
        lines.append(f"{number}. {beat.text}")
        lines += [f"   to be seen: {beat.show}"] if beat.show else []
    lines += ["", "Pictures:"]
    lines += [f"{number}. {_describe_look(look, task)}" for number, look in enumerate(looks, 1)]
    parts: list[PromptPart] = ["The scene, its beats, and the moments of its pictures:\n" + fence("\n".join(lines))]
    for number, still in enumerate(stills, 1):
        parts += [f"Picture {number}:", ImagePart(data=still, media_type="image/jpeg")]
    return tuple(parts)


def critique_verdict(critique: CritiqueReply, task: CodingTask, looks: Sequence[Look] = ()) -> SceneVerdict:
    """The serious remarks as errors, the minor ones as warnings. Remarks about beats that do not exist are ignored."""
    serious = _find_remarks(critique, task, looks, "serious")
    minor = _find_remarks(critique, task, looks, "minor")
    told = {(finding.beat, finding.message) for finding in serious}
    minor = [finding for finding in minor if (finding.beat, finding.message) not in told]
    return SceneVerdict(ok=True, findings=(*serious[:MAX_FINDINGS], *minor[:MAX_FINDINGS]))


def list_remarks(critique: SceneVerdict) -> str:
    """The remarks of a critique, one a line, for a scene's history."""
    return "\n".join(f"- {finding.rule} (beat {finding.beat}): {finding.message}" for finding in critique.findings)


def find_earlier_remarks(history: Sequence[CodeAttempt]) -> tuple[Finding, ...]:
    """The minor remarks of critiques in a scene's history, to be told with its next repair."""
    return tuple(
        Finding(rule=RULE, level="warning", message=line.removeprefix("- "))
        for attempt in history
        if attempt.strategy == "look" and not attempt.rule
        for line in attempt.finding.splitlines()
    )


def _find_remarks(critique: CritiqueReply, task: CodingTask, looks: Sequence[Look], severity: str) -> list[Finding]:
    ends = {look.beat: look.time for look in looks}  # the last picture of each beat
    return [
        Finding(
            rule=RULE,
            level="error" if severity == "serious" else "warning",
            message=_message(remark),
            beat=remark.beat,
            time=ends.get(remark.beat),
        )
        for remark in critique.findings
        if remark.severity.strip().lower() == severity
        and 1 <= remark.beat <= len(task.scene.beats)
        and remark.what.strip()
    ]


def _describe_look(look: Look, task: CodingTask) -> str:
    into = look.time - task.narration.beats[look.beat - 1].start
    return f"beat {look.beat}, {into:.1f} s into it: {look.place}"


def _message(remark: CritiqueRemark) -> str:
    return " ".join(f"{remark.what} {remark.suggestion}".split())[:_MAX_MESSAGE]
