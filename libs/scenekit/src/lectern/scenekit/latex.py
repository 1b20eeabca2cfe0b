"""LaTeX where it is installed, and a clear error where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

import manim.mobject.text.tex_mobject as tex_mobject
from manim import BarChart, DecimalNumber, NumberLine, Text

from .patching import patch_attribute, patch_defaults


class NoLatex(RuntimeError):
    """MathTex or Tex was used where LaTeX is not installed."""


def _refuse(expression: str, *_: Any, **__: Any) -> NoReturn:
    raise NoLatex(
        f"MathTex({expression.strip()[:60]!r}) needs LaTeX, which is not available here: "
        'use Equation("a^2 + b^2 = c^2") (Typst maths) or Text'
    )


@contextmanager
def use_latex(mode: str) -> Iterator[None]:
    """Make LaTeX work as `mode` says inside the block: "none", "local" (on the path) or "broker" (set by the caller).

    With "none", MathTex and Tex raise NoLatex, and numbers (DecimalNumber, axis labels) are set as text.
    """
    if mode != "none":
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(patch_attribute(tex_mobject, "tex_to_svg_file", _refuse))
        stack.enter_context(patch_defaults(DecimalNumber, mob_class=Text))
        stack.enter_context(patch_defaults(NumberLine, label_constructor=Text))
        stack.enter_context(patch_defaults(BarChart, x_axis_config={"label_constructor": Text, "font_size": 24}))
        yield
