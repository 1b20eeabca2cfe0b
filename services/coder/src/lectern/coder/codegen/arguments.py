"""Fixes for arguments of older versions of manim: a direction without its name, an axis by its ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

SourceEdit: TypeAlias = tuple[int, int, str, str]  # line from 1, column in bytes, old, new

# The second argument of these classes, by its present name.
SECOND_ARGUMENTS: dict[str, str] = {
    "FadeInFrom": "shift",
    "FadeOutAndShift": "shift",
    "FadeInFromLarge": "scale",
    "FadeInFromPoint": "target_position",
    "FadeOutToPoint": "target_position",
}
# Renamed keywords; no class of the installed manim accepts the old ones.
RENAMED_KEYWORDS: dict[str, dict[str, str]] = {
    "Rotating": {"radians": "angle"},
    "Rotate": {"radians": "angle"},
    "FadeIn": {"direction": "shift", "scale_factor": "scale"},
    "FadeOut": {"direction": "shift", "scale_factor": "scale"},
    "Text": {"size": "font_size", "text_color": "color"},
    "Code": {"code": "code_string"},
    "Line": {"thickness": "stroke_width"},
    "Arrow": {"thickness": "stroke_width"},
    "Dot": {"size": "radius"},
}
BRITISH_KEYWORDS = {"colour": "color", "fill_colour": "fill_color", "stroke_colour": "stroke_color"}  # of any call
_AXES_CLASSES = frozenset({"Axes", "NumberPlane", "ThreeDAxes", "GraphScene"})


def find_argument_edits(tree: ast.Module, code: str) -> Iterator[SourceEdit]:
    """The edits that name positional arguments, rename keywords, and turn `x_min=0, x_max=4` into `x_range=[0, 4]`."""
    lines = [line.encode() for line in code.splitlines()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in SECOND_ARGUMENTS and len(node.args) == 2:
                second = node.args[1]
                text = _segment(lines, second)
                if not isinstance(second, ast.Starred) and text:
                    yield second.lineno, second.col_offset, text, f"{SECOND_ARGUMENTS[node.func.id]}={text}"
            for keyword in node.keywords:
                new = {**BRITISH_KEYWORDS, **RENAMED_KEYWORDS.get(node.func.id, {})}.get(keyword.arg or "")
                if new and keyword.arg and not any(other.arg == new for other in node.keywords):
                    yield keyword.lineno, keyword.col_offset, keyword.arg, new
            if node.func.id in _AXES_CLASSES:
                for axis in "xyz":
                    yield from _range_edits(node, axis, lines)


def _range_edits(call: ast.Call, axis: str, lines: Sequence[bytes]) -> Iterator[SourceEdit]:
    named = {keyword.arg: keyword for keyword in call.keywords}
    low, high = named.get(f"{axis}_min"), named.get(f"{axis}_max")
    if low is None or high is None or f"{axis}_range" in named:
        return
    ends = [_segment(lines, each.value) for each in (low, high)]
    step = named.get(f"{axis}_axis_step") or named.get(f"{axis}_step")
    if step:
        ends.append(_segment(lines, step.value))
    old = _segment(lines, low)
    if not old or not all(ends):
        return
    yield low.lineno, low.col_offset, old, f"{axis}_range=[{', '.join(ends)}]"
    for removed in filter(None, (high, step)):
        yield from _removal_edits(call, removed, lines)


def _removal_edits(call: ast.Call, removed: ast.keyword, lines: Sequence[bytes]) -> Iterator[SourceEdit]:
    """Removes a keyword with the comma before it."""
    parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    ends = [each.end_col_offset or 0 for each in parts if each.end_lineno == removed.lineno]
    ends = [end for end in ends if end <= removed.col_offset]
    if ends and removed.end_lineno == removed.lineno:
        start = max(ends)
        old = lines[removed.lineno - 1][start : removed.end_col_offset].decode()
        yield removed.lineno, start, old, ""


def _segment(lines: Sequence[bytes], node: ast.expr | ast.keyword) -> str:
    """The source of a node; an empty string when it is more than one line, or not where the tree says."""
    if node.lineno != node.end_lineno or node.lineno > len(lines):
        return ""
    return lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode(errors="ignore")
