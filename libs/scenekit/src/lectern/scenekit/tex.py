"""LaTeX, or a clear word that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

import manim.mobject.text.tex_mobject as tex_mobject
from manim import BarChart, DecimalNumber, NumberLine, Text

from .defaults import default, replaced


class NoLatex(RuntimeError):
    """MathTex or Tex was used where LaTeX is not installed."""


def _refuse(expression: str, *_: Any, **__: Any) -> NoReturn:
    raise NoLatex(
        f"MathTex({expression.strip()[:60]!r}) needs LaTeX, which is not available here: "
        'use Equation("a^2 + b^2 = c^2") (Typst maths) or Text'
    )


@contextmanager
def available(mode: str) -> Iterator[None]:
    """Inside, LaTeX works as `mode` says: "none", "local" (a latex on the path) or "broker" (set up by the caller).

    With "none", numbers (DecimalNumber, axis labels) are set as text instead.
    """
    if mode != "none":
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(replaced(tex_mobject, "tex_to_svg_file", _refuse))
        stack.enter_context(default(DecimalNumber, mob_class=Text))
        stack.enter_context(default(NumberLine, label_constructor=Text))
        stack.enter_context(default(BarChart, x_axis_config={"label_constructor": Text, "font_size": 24}))
        yield
