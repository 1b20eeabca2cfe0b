"""A look at the finished scene: a vision model's findings, in the form of preflight's."""

from __future__ import annotations

import msgspec

from lectern.coder.task import Task
from lectern.contracts.requests import Finding, SceneVerdict
from lectern.llm import fence

RULE = "critique"
MOST = 4  # findings taken; more is a list of wishes
BEFORE_THE_END = 0.2  # seconds before a beat ends: its animations are over, the next beat's have not begun


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a viewer would stumble over."""

    beat: int
    severity: str
    what: str
    suggestion: str = ""


class Critique(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen."""

    findings: list[Remark]


def moments(task: Task) -> tuple[float, ...]:
    """The seconds to look at: the end of each beat."""
    return tuple(round(max(span.start, span.end - BEFORE_THE_END), 3) for span in task.narration.beats)


def request(task: Task) -> str:
    """What is said in each picture."""
    said = [f"{task.script_title}: {task.scene.title}", ""]
    said += [f"{number}. {beat.text}" for number, beat in enumerate(task.scene.beats, 1)]
    return "The scene, and its beats, one for each picture:\n" + fence("\n".join(said))


def verdict(critique: Critique, task: Task) -> SceneVerdict:
    """The serious remarks about beats there are, as findings; all others change nothing."""
    beats = range(1, len(task.scene.beats) + 1)
    serious = [
        Finding(rule=RULE, level="error", message=_told(remark), beat=remark.beat)
        for remark in critique.findings
        if remark.severity.strip().lower() == "serious" and remark.beat in beats and remark.what.strip()
    ]
    return SceneVerdict(ok=True, findings=tuple(serious[:MOST]))


def _told(remark: Remark) -> str:
    return " ".join(f"{remark.what} {remark.suggestion}".split())[:300]
