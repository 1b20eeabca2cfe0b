"""Acceptance of a source: which findings of its preflight rule it out."""

from __future__ import annotations

from lectern.contracts.requests import Finding, SceneVerdict

__all__ = [
    "OUT_OF_STEP_RULES",
    "TOO_DEAR",
    "blocks_author",
    "is_acceptable",
    "is_acceptable_from_author",
]

# These break a scene whoever wrote it: it would not be in step with its narration.
OUT_OF_STEP_RULES = frozenset({"beat-missing", "beat-overrun"})
TOO_DEAR = "too-dear"  # it would use up what a render may compute, and end without footage


def is_acceptable(verdict: SceneVerdict, tolerated_rules: frozenset[str] = frozenset()) -> bool:
    """True if a template may be shown: it has no error, except those tolerated."""
    return verdict.ok and not any(finding.rule not in tolerated_rules for finding in verdict.errors())


def is_acceptable_from_author(verdict: SceneVerdict) -> bool:
    """True if an author's own scene may be shown.

    The layout is theirs to judge; that the scene runs, can be rendered and keeps step with the voice is not.
    """
    return verdict.ok and not any(blocks_author(finding) for finding in verdict.findings)


def blocks_author(finding: Finding) -> bool:
    """True if a finding rules out an author's own scene."""
    return finding.level == "error" and finding.rule in OUT_OF_STEP_RULES | {TOO_DEAR}
