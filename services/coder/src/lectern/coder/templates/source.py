"""From moves to Manim source, as somebody would write it by hand."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.coder.templates.choreography import Move
from lectern.coder.templates.text import comment
from lectern.contracts.narration import Narration

INDENT = " " * 8
SHORT = 2.0  # seconds of a beat in which there is time for one motion only


def scene_source(name: str, setup: Sequence[str], beats: Sequence[Sequence[Move]], narration: Narration) -> str:
    """A NarratedScene: `setup` lines, then a beat block for each list of moves, each under what is spoken."""
    lines = ["from lectern.scenekit import *", "", "", f"class {name}(NarratedScene):", "    def construct(self):"]
    lines += [(INDENT + line).rstrip() for line in setup]
    for moves, span in zip(beats, narration.beats, strict=True):
        lines += [INDENT + comment(span.text), INDENT + "with self.beat():"]
        if moves and span.end - span.start < SHORT:
            lines.append(f"{INDENT}    self.play({', '.join(move.play for move in moves)}, run_time=1)")
            continue
        for move in moves:
            if move.word:
                lines.append(f"{INDENT}    self.at({move.word!r})")
            lines.append(f"{INDENT}    self.play({move.play})")
        if not moves:
            lines.append(INDENT + "    pass")
    return "\n".join(lines) + "\n"
