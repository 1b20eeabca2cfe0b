"""The prompt to repair a scene's code: its findings, where they are, and the real signatures of what is used there."""

from __future__ import annotations

import msgspec

from lectern.coder.codegen.draft_prompt import describe_beats
from lectern.coder.codegen.edits import TextEdit
from lectern.coder.codegen.reference import ManimReference, find_identifiers
from lectern.coder.codegen.repair_history import RepairStrategy
from lectern.coder.coding import CodingTask
from lectern.contracts.requests import SceneVerdict


class RepairReply(msgspec.Struct, frozen=True, kw_only=True):
    """A model's answer to findings: their cause, and edits by old and new text."""

    diagnosis: str
    edits: list[TextEdit]


_CONTEXT_LINES = 4  # shown before and after an offending one
_MAX_FINDINGS = 6  # shown at once: fixing the first ones often fixes the rest
_MAX_SIGNATURES = 24

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
    task: CodingTask, code: str, verdict: SceneVerdict, strategy: RepairStrategy, reference: ManimReference
) -> str:
    """The request to remove the findings, with the real signatures of the names involved."""
    findings = list_findings(verdict)
    excerpt = _excerpt(code, verdict)
    signatures = list(reference.signatures(find_identifiers(excerpt + findings)))[:_MAX_SIGNATURES]
    parts = [f"Scene {task.number}: {task.scene.title}", describe_beats(task), f"What the check found:\n{findings}"]
    if excerpt:
        parts.append(f"There:\n{excerpt}")
    if signatures:
        parts.append(f"Signatures in manim {reference.manim}:\n" + "\n".join(signatures))
    parts += [f"The code:\n```python\n{code}\n```", _INSTRUCTIONS[strategy]]
    return "\n\n".join(parts)


def list_findings(verdict: SceneVerdict) -> str:
    """The findings of a preflight, one a line, the worst first."""
    lines: list[str] = []
    if verdict.error:
        where = f" in line {verdict.error.line}" if verdict.error.line else ""
        lines.append(f"- {verdict.error.type}{where}: {verdict.error.message.strip()[:800]}")
    if verdict.killed:
        lines.append(f"- stopped ({verdict.killed}): {verdict.reason[:400]}")
    ordered = sorted(verdict.findings, key=lambda finding: finding.level != "error")
    for finding in ordered[:_MAX_FINDINGS]:
        place = [f"beat {finding.beat}" if finding.beat else "", f"line {finding.line}" if finding.line else ""]
        lines.append(f"- {finding.rule} ({', '.join(p for p in place if p) or 'scene'}): {finding.message[:300]}")
    return "\n".join(lines) or f"- {verdict.reason or 'it ended without a picture'}"


def _excerpt(code: str, verdict: SceneVerdict) -> str:
    marked = [verdict.error.line] if verdict.error and verdict.error.line else []
    marked += [finding.line for finding in verdict.errors() if finding.line][:3]
    lines = code.splitlines()
    shown = sorted(
        {n for line in marked for n in range(line - _CONTEXT_LINES, line + _CONTEXT_LINES + 1) if 1 <= n <= len(lines)}
    )
    return "\n".join(f"{n:4d} {'>' if n in marked else ' '} {lines[n - 1]}" for n in shown)
