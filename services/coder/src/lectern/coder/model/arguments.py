"""Arguments that calls of manim's past took in another way: a direction without its name, an axis by its ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

Edit: TypeAlias = tuple[int, int, str, str]  # line from 1, column in bytes, old, new

# What the second argument of these was, by the name it has today.
SECOND: dict[str, str] = {
    "FadeInFrom": "shift",
    "FadeOutAndShift": "shift",
    "FadeInFromLarge": "scale",
    "FadeInFromPoint": "target_position",
    "FadeOutToPoint": "target_position",
}
# Keywords by their names of today; no class of the installed manim takes the old ones.
KEYWORDS: dict[str, dict[str, str]] = {
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
SPELLED = {"colour": "color", "fill_colour": "fill_color", "stroke_colour": "stroke_color"}  # in any call
_AXES = frozenset({"Axes", "NumberPlane", "ThreeDAxes", "GraphScene"})


def renamed_arguments(tree: ast.Module, code: str) -> Iterator[Edit]:
    """The edits that name what had no name, and turn `x_min=0, x_max=4` into `x_range=[0, 4]`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in SECOND and len(node.args) == 2:
                second = node.args[1]
                text = ast.get_source_segment(code, second) or ""
                if not isinstance(second, ast.Starred) and "\n" not in text:
                    yield second.lineno, second.col_offset, text, f"{SECOND[node.func.id]}={text}"
            for keyword in node.keywords:
                new = {**SPELLED, **KEYWORDS.get(node.func.id, {})}.get(keyword.arg or "")
                if new and keyword.arg and not any(other.arg == new for other in node.keywords):
                    yield keyword.lineno, keyword.col_offset, keyword.arg, new
            if node.func.id in _AXES:
                for axis in "xyz":
                    yield from _as_range(node, axis, code)


def _as_range(call: ast.Call, axis: str, code: str) -> Iterator[Edit]:
    named = {keyword.arg: keyword for keyword in call.keywords}
    low, high = named.get(f"{axis}_min"), named.get(f"{axis}_max")
    if low is None or high is None or f"{axis}_range" in named:
        return
    ends = [ast.get_source_segment(code, each.value) for each in (low, high)]
    step = named.get(f"{axis}_axis_step") or named.get(f"{axis}_step")
    if step:
        ends.append(ast.get_source_segment(code, step.value))
    old = ast.get_source_segment(code, low)
    if old is None or None in ends or "\n" in old:
        return
    yield low.lineno, low.col_offset, old, f"{axis}_range=[{', '.join(str(end) for end in ends)}]"
    for gone in filter(None, (high, step)):
        yield from _without(call, gone, code)


def _without(call: ast.Call, gone: ast.keyword, code: str) -> Iterator[Edit]:
    """Takes a keyword out with the comma before it."""
    parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    ends = [each.end_col_offset or 0 for each in parts if each.end_lineno == gone.lineno]
    ends = [end for end in ends if end <= gone.col_offset]
    if ends and gone.end_lineno == gone.lineno:
        start = max(ends)
        line = code.splitlines()[gone.lineno - 1].encode()
        old = line[start : gone.end_col_offset].decode()
        yield gone.lineno, start, old, ""
