"""Manim source from animations, written as by hand."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.coder.templates.choreography import CuedAnimation
from lectern.coder.templates.text import comment_line
from lectern.contracts.narration import Narration

INDENT = " " * 8
SHORT_BEAT = 2.0  # seconds; a shorter beat has time for one motion only


def write_scene(name: str, setup: Sequence[str], beats: Sequence[Sequence[CuedAnimation]], narration: Narration) -> str:
    """A NarratedScene: `setup` lines, then a beat block for each list of animations, under the words of the beat."""
    lines = ["from lectern.scenekit import *", "", "", f"class {name}(NarratedScene):", "    def construct(self):"]
    lines += [(INDENT + line).rstrip() for line in setup]
    for animations, span in zip(beats, narration.beats, strict=True):
        lines += [INDENT + comment_line(span.text), INDENT + "with self.beat():"]
        if len(animations) > 1 and span.end - span.start < SHORT_BEAT:
            together = ", ".join(each.animation for each in animations)
            lines.append(f"{INDENT}    self.play({together}, run_time=1)")
            continue
        for each in animations:
            if each.word:
                lines.append(f"{INDENT}    self.at({each.word!r})")
            lines.append(f"{INDENT}    self.play({each.animation})")
        if not animations:
            lines.append(INDENT + "    pass")
    return "\n".join(lines) + "\n"
