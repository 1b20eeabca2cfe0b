"""What crosses a lesson's cuts: the cast that its scenes share, what a scene carries on, and how the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec
from markdown_it.tree import SyntaxTreeNode

from lectern.contracts import script as s
from lectern.markdown.errors import ErrorCollector
from lectern.markdown.listings import parse_cast
from lectern.markdown.syntax import first_line

CAST = "cast"


def take_cast(nodes: Sequence[SyntaxTreeNode], errors: ErrorCollector) -> tuple[str, list[SyntaxTreeNode]]:
    """The cast, "" without one, and the blocks that are left.

    Records an error for a second cast, and for one that does not stand before the first scene's heading.
    """
    casts = [node for node in nodes if _is_cast(node)]
    rest = [node for node in nodes if not _is_cast(node)]
    if not casts:
        return "", rest
    level = "h2" if any(node.type == "heading" and node.tag == "h2" for node in nodes) else "h1"
    scenes = [first_line(node) for node in nodes if node.type == "heading" and node.tag == level]
    line = first_line(casts[0])
    if scenes and line > min(scenes):
        remedy = "Put it above the first scene's heading: all scenes share it."
        errors.add("cast-misplaced", line, "The cast stands inside a scene.", remedy)
    for other in casts[1:]:
        errors.add("two-casts", first_line(other), f"There is a cast already (line {line}).", "Make one of both.")
    return parse_cast(casts[0].content, line, errors), rest


def add_cut_note(kind: str, text: str, plan: s.ScenePlan, line: int, errors: ErrorCollector) -> s.ScenePlan:
    """The plan with what a `carries` or `transition` comment says; as it is after recording an error."""
    if getattr(plan, kind):
        errors.add("note-twice", line, f"This scene has two `{kind}` comments.", "Keep one.")
    elif kind == "transition":
        if text in s.TRANSITIONS:
            return msgspec.structs.replace(plan, transition=cast(s.Transition, text))
        remedy = f"Write one of {', '.join(s.TRANSITIONS)}, or remove the comment."
        errors.add("unknown-transition", line, f"{text[:40]!r} is not a transition.", remedy)
    else:
        names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
        wrong = next((name for name in names if not name.isidentifier()), None)
        if wrong is None:
            return msgspec.structs.replace(plan, carries=names)
        detail = f"{wrong[:40]!r} is not a name that code could use."
        errors.add("carried-name", line, detail, "Write names such as `<!-- carries: graph, car -->`.")
    return plan


def _is_cast(node: SyntaxTreeNode) -> bool:
    return node.type == "fence" and node.info.strip().partition(" ")[0].lower() == CAST
