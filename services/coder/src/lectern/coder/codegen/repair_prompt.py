"""The prompt to repair a scene's code: its findings whole, when they are seen, and what the scene must keep to."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from lectern.coder.codegen.code_beats import find_beat_of_line, find_names_in_lines
from lectern.coder.codegen.draft_prompt import (
    FrameAreas,
    describe_beats,
    describe_cuts,
    describe_direction,
    describe_frame,
    describe_symbols,
)
from lectern.coder.codegen.edits import TextEdit
from lectern.coder.codegen.reference import ManimReference
from lectern.coder.codegen.repair_history import RepairStrategy
from lectern.coder.coding import CodingTask
from lectern.contracts.narration import Narration
from lectern.contracts.requests import Finding, SceneVerdict


class RepairReply(msgspec.Struct, frozen=True, kw_only=True):
    """A model's answer to findings: their cause, and edits by old and new text."""

    diagnosis: str
    edits: list[TextEdit]


_CONTEXT_LINES = 4  # shown before and after an offending one
_MAX_FINDINGS = 6  # of each level, shown at once: fixing the first ones often fixes the rest
_MAX_SIGNATURES = 24
_MAX_MESSAGE = 2400  # characters; a longer message loses its middle, since its cause is first and its remedy last
_SPOKEN_BEFORE, _SPOKEN_AFTER = 1.2, 0.6  # seconds around a finding whose words are quoted

_INSTRUCTIONS: dict[RepairStrategy, str] = {
    "lines": "Change only the offending lines and what they directly need. Answer with edits: each `old` text must "
    "occur in the code exactly once, copied to the letter.",
    "block": "The small change did not work. Rewrite the whole block of the beat concerned. Answer with edits: each "
    "`old` text must occur in the code exactly once, copied to the letter.",
    "scene": "Small changes did not work. Rewrite the whole scene, keeping its idea. Answer with the complete "
    "Python code and nothing else.",
    "simpler": "Rewrite the whole scene more simply: fewer objects, kit classes only, plain fades and moves. Answer "
    "with the complete Python code and nothing else.",
}


def repair_request(
    task: CodingTask,
    code: str,
    verdict: SceneVerdict,
    strategy: RepairStrategy,
    reference: ManimReference,
    frame: FrameAreas,
    *,
    pictured: bool = False,
) -> str:
    """The request to remove the findings. `pictured` tells that stills of the moments they were seen at follow it."""
    marked = _marked_lines(verdict)
    excerpt = _excerpt(code, marked)
    signatures = list(reference.signatures(_names_at_issue(code, verdict)))[:_MAX_SIGNATURES]
    parts = [
        f"Scene {task.number}: {task.scene.title}",
        describe_direction(task.scene),
        describe_cuts(task),
        describe_beats(task),
        describe_symbols(task.script),
        describe_frame(task, frame),
        f"What the check found:\n{list_findings(verdict, code, task.narration)}",
        _list_warnings(verdict, task.narration),
        "The pictures after this text show the moments of the findings, in their order." if pictured else "",
        f"There:\n{excerpt}" if excerpt else "",
        f"Signatures in manim {reference.manim}:\n" + "\n".join(signatures) if signatures else "",
        f"The code:\n```python\n{code}\n```",
        _INSTRUCTIONS[strategy],
    ]
    return "\n\n".join(part for part in parts if part)


def list_findings(verdict: SceneVerdict, code: str = "", narration: Narration | None = None) -> str:
    """What ended a version, whole, one finding a line; with its code and narration also when it is seen."""
    lines: list[str] = []
    if verdict.error:
        line = verdict.error.line
        beat = find_beat_of_line(code, line) if line else None
        where = f" in line {line}" if line else ""
        where += f", reached in beat {beat}" if beat else ""
        lines.append(f"- {verdict.error.type}{where}: {_keep_ends(verdict.error.message)}")
    if verdict.killed:
        lines.append(f"- stopped ({verdict.killed}): {_keep_ends(verdict.reason)}")
    lines += [_describe_finding(finding, narration) for finding in verdict.errors()[:_MAX_FINDINGS]]
    return "\n".join(lines) or f"- {_keep_ends(verdict.reason) or 'it ended without a picture'}"


def find_moments(verdict: SceneVerdict) -> tuple[float, ...]:
    """The seconds at which the findings that end a version are seen, for stills of them."""
    return tuple(
        dict.fromkeys(finding.time for finding in verdict.errors()[:_MAX_FINDINGS] if finding.time is not None)
    )


def find_named_in_prose(text: str) -> list[str]:
    """The names of code in a sentence: in backquotes, or followed by a parenthesis. Its other words are only words."""
    spans = " ".join(re.findall(r"`([^`]*)`", text))
    called = re.findall(r"([A-Za-z_]\w*)\(", text)
    return list(dict.fromkeys([*re.findall(r"[A-Za-z_]\w+", spans), *called]))


def _list_warnings(verdict: SceneVerdict, narration: Narration) -> str:
    warnings = [finding for finding in verdict.findings if finding.level == "warning"][:_MAX_FINDINGS]
    if not warnings:
        return ""
    head = "Noticed too, and minor: mend it where the change allows, and break nothing for it:"
    return "\n".join([head, *(_describe_finding(finding, narration) for finding in warnings)])


def _describe_finding(finding: Finding, narration: Narration | None) -> str:
    place = [
        f"beat {finding.beat}" if finding.beat else "",
        f"line {finding.line}" if finding.line else "",
        f"at {finding.time:.1f} s of the scene" if finding.time is not None else "",
        _quote_spoken(finding.time, narration) if finding.time is not None and narration else "",
    ]
    return f"- {finding.rule} ({', '.join(p for p in place if p) or 'scene'}): {_keep_ends(finding.message)}"


def _quote_spoken(time: float, narration: Narration) -> str:
    spoken = [
        word.text
        for word in narration.words
        if time - _SPOKEN_BEFORE <= word.start and word.start <= time + _SPOKEN_AFTER
    ]
    return f"while “{' '.join(spoken)}” is spoken" if spoken else ""


def _names_at_issue(code: str, verdict: SceneVerdict) -> Sequence[str]:
    """Names from the offending lines, the exception, and code that is quoted in findings."""
    names = find_names_in_lines(code, _marked_lines(verdict))
    if verdict.error:
        raised = f"{verdict.error.message}\n{verdict.error.traceback}"
        quoted = re.findall(r"[`'\"]([A-Za-z_]\w*)[`'\"]|\b([A-Z][a-z]\w*)\b", raised)  # in quotes, or like a class
        names += [name for pair in quoted for name in pair if name]
        names += find_named_in_prose(raised)
    for finding in verdict.findings:
        names += find_named_in_prose(finding.message)
    names += find_names_in_lines(code, _context(_marked_lines(verdict), len(code.splitlines())))
    return tuple(dict.fromkeys([*names, *find_named_in_prose(verdict.reason)]))


def _marked_lines(verdict: SceneVerdict) -> tuple[int, ...]:
    marked = [verdict.error.line] if verdict.error and verdict.error.line else []
    marked += [finding.line for finding in verdict.errors() if finding.line][:3]
    if not verdict.error and not verdict.errors():  # the reason of a failed render quotes its line
        marked += [int(number) for number in re.findall(r"\bin line (\d{1,5})\b", verdict.reason)[:1]]
    return tuple(dict.fromkeys(marked))


def _context(marked: Sequence[int], count: int) -> list[int]:
    around = {n for line in marked for n in range(line - _CONTEXT_LINES, line + _CONTEXT_LINES + 1)}
    return sorted(n for n in around if 1 <= n <= count)


def _excerpt(code: str, marked: Sequence[int]) -> str:
    lines = code.splitlines()
    return "\n".join(f"{n:4d} {'>' if n in marked else ' '} {lines[n - 1]}" for n in _context(marked, len(lines)))


def _keep_ends(text: str) -> str:
    text = text.strip()
    if len(text) <= _MAX_MESSAGE:
        return text
    return f"{text[: _MAX_MESSAGE // 2].rstrip()} […] {text[-_MAX_MESSAGE // 2 :].lstrip()}"
