"""What a model is asked: a scene to draw, or a finding to remove."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.coder.model.edits import Edit
from lectern.coder.model.examples import Example
from lectern.coder.model.ledger import Strategy
from lectern.coder.model.reference import Reference, mentioned
from lectern.coder.task import Task
from lectern.contracts.quality import preset
from lectern.contracts.requests import SceneVerdict


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """A model's answer to a finding: why it happened, and edits by old and new text."""

    diagnosis: str
    edits: list[Edit]


_NEIGHBOURS = 4  # lines shown before and after an offending one
_FINDINGS = 6  # shown at once: mending the first ones often mends the rest

STRATEGIES: dict[Strategy, str] = {
    "lines": "Change only the offending lines and what they directly need. Answer with edits: each `old` text must "
    "stand in the code exactly once, copied to the letter.",
    "block": "The small change did not work. Rewrite the whole block of the beat concerned. Answer with edits: each "
    "`old` text must stand in the code exactly once, copied to the letter.",
    "scene": "Small changes did not work. Write the whole scene anew, keeping its idea. Answer with the complete "
    "Python code and nothing else.",
    "simpler": "Write the whole scene anew and simpler: fewer objects, kit classes only, plain fades and moves. Answer "
    "with the complete Python code and nothing else.",
}


def draft(task: Task, examples: Sequence[Example]) -> str:
    """The request for a first version: what is said when, how the frame is, and scenes that work."""
    frame = preset(task.options.quality, task.options.aspect)
    parts = [
        f"Video: {task.script_title}\nScene {task.number}: {task.scene.title}",
        f"Frame: {task.options.aspect}, {frame.fps} frames a second, theme {task.options.theme}",
        _beats(task),
    ]
    if task.symbols:
        ledger = "\n".join(f"- {each.name}: theme.{each.colour}, {each.meaning}" for each in task.symbols)
        parts.append(f"Names and colours that every scene of this video keeps to:\n{ledger}")
    for example in examples:
        parts.append(
            f"A finished scene of another video, for its craft\nNarration:\n{example.narration}\n"
            f"Code:\n```python\n{example.code}\n```"
        )
    parts.append("Answer with the complete Python code of this scene and nothing else.")
    return "\n\n".join(parts)


def repair(task: Task, code: str, verdict: SceneVerdict, strategy: Strategy, reference: Reference) -> str:
    """The request to remove what preflight found, with the real signatures of what is involved."""
    trouble = findings(verdict)
    excerpt = _excerpt(code, verdict)
    signatures = list(reference.signatures(mentioned(excerpt + trouble)))[:24]
    parts = [f"Scene {task.number}: {task.scene.title}", _beats(task), f"What the check found:\n{trouble}"]
    if excerpt:
        parts.append(f"There:\n{excerpt}")
    if signatures:
        parts.append(f"Signatures in manim {reference.manim}:\n" + "\n".join(signatures))
    parts += [f"The code:\n```python\n{code}\n```", STRATEGIES[strategy]]
    return "\n\n".join(parts)


def findings(verdict: SceneVerdict) -> str:
    """What preflight found, a line each, worst first."""
    lines: list[str] = []
    if verdict.error:
        where = f" in line {verdict.error.line}" if verdict.error.line else ""
        lines.append(f"- {verdict.error.type}{where}: {verdict.error.message.strip()[:800]}")
    if verdict.killed:
        lines.append(f"- stopped ({verdict.killed}): {verdict.reason[:400]}")
    ordered = sorted(verdict.findings, key=lambda finding: finding.level != "error")
    for finding in ordered[:_FINDINGS]:
        place = [f"beat {finding.beat}" if finding.beat else "", f"line {finding.line}" if finding.line else ""]
        lines.append(f"- {finding.rule} ({', '.join(p for p in place if p) or 'scene'}): {finding.message[:300]}")
    return "\n".join(lines) or f"- {verdict.reason or 'it ended without a picture'}"


def _beats(task: Task) -> str:
    lines = []
    for number, (span, beat) in enumerate(zip(task.narration.beats, task.scene.beats, strict=False), 1):
        show = f"\n   on screen: {beat.show}" if beat.show else ""
        lines.append(f"{number}. ({span.end - span.start:.1f} s) {beat.text}{show}")
    return "Beats, with the seconds each lasts:\n" + "\n".join(lines)


def _excerpt(code: str, verdict: SceneVerdict) -> str:
    wanted = [verdict.error.line] if verdict.error and verdict.error.line else []
    wanted += [finding.line for finding in verdict.errors() if finding.line][:3]
    lines = code.splitlines()
    shown = sorted(
        {n for line in wanted for n in range(line - _NEIGHBOURS, line + _NEIGHBOURS + 1) if 1 <= n <= len(lines)}
    )
    return "\n".join(f"{n:4d} {'>' if n in wanted else ' '} {lines[n - 1]}" for n in shown)
