"""The critique of a scene: a vision model's remarks on its stills, in the form of preflight's findings."""

from __future__ import annotations

import msgspec

from lectern.coder.coding import CodingTask
from lectern.contracts.requests import Finding, SceneVerdict
from lectern.llm import fence

RULE = "critique"
MAX_FINDINGS = 4  # more is a list of wishes
SECONDS_BEFORE_END = 0.2  # of a beat: its animations are over, and the next beat's have not begun


class CritiqueRemark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a viewer would stumble over."""

    beat: int
    severity: str
    what: str
    suggestion: str = ""


class CritiqueReply(msgspec.Struct, frozen=True, kw_only=True):
    """A vision model's remarks."""

    findings: list[CritiqueRemark]


def still_times(task: CodingTask) -> tuple[float, ...]:
    """The seconds to look at: the end of each beat."""
    return tuple(round(max(span.start, span.end - SECONDS_BEFORE_END), 3) for span in task.narration.beats)


def critique_request(task: CodingTask) -> str:
    """The prompt's text: what is spoken over each still."""
    lines = [f"{task.script.title}: {task.scene.title}", ""]
    lines += [f"{number}. {beat.text}" for number, beat in enumerate(task.scene.beats, 1)]
    return "The scene, and its beats, one for each picture:\n" + fence("\n".join(lines))


def critique_verdict(critique: CritiqueReply, task: CodingTask) -> SceneVerdict:
    """The serious remarks as findings. Other remarks, and those about beats that do not exist, are ignored."""
    beats = range(1, len(task.scene.beats) + 1)
    serious = [
        Finding(rule=RULE, level="error", message=_message(remark), beat=remark.beat)
        for remark in critique.findings
        if remark.severity.strip().lower() == "serious" and remark.beat in beats and remark.what.strip()
    ]
    return SceneVerdict(ok=True, findings=tuple(serious[:MAX_FINDINGS]))


def _message(remark: CritiqueRemark) -> str:
    return " ".join(f"{remark.what} {remark.suggestion}".split())[:300]
