"""Findings: things wrong with a scene, in words its author can act on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["error", "warning", "note"]
"""An error sends the scene back, a warning is told with the next repair, a note is only kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing wrong with a scene. The message ends with the remedy.

    `beat` and `line` (of the author's source) count from 1; `object` names the thing on screen; `time` is in seconds
    from the start of the scene.
    """

    rule: str
    level: Level
    message: str
    beat: int | None = None
    line: int | None = None
    object: str | None = None
    time: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as it is written to result.json."""
        return asdict(self)


def beat_missing(*, script: int, code: int) -> Finding:
    """Report code that has a different number of beats than the script."""
    remedy = (
        f"add {script - code} more `with self.beat():` block(s), in the order of the script"
        if code < script
        else f"merge or remove {code - script} `with self.beat():` block(s); they were squeezed into the last beat"
    )
    return Finding(
        rule="beat-missing",
        level="error",
        message=f"the script has {script} beat(s), the code has {code}: {remedy}",
        beat=min(script, code) + 1,
    )


def beat_overrun(*, beat: int, measured: float, allotted: float, floor: float, line: int | None) -> Finding:
    """Report a beat whose animations do not fit its narration even at the highest speed. Times are in seconds."""
    fits = allotted / floor
    return Finding(
        rule="beat-overrun",
        level="error",
        message=(
            f"beat {beat} animates for {measured:.1f} s but its narration lasts {allotted:.1f} s, and animations "
            f"can be shortened to no less than {floor:g} of their length: keep run_time and wait() under {fits:.1f} s "
            "in total"
        ),
        beat=beat,
        line=line,
    )


def word_missing(*, beat: int, word: str, text: str, line: int | None) -> Finding:
    """Report an `at()` that waits for a word which is not spoken in its beat."""
    return Finding(
        rule="word-missing",
        level="warning",
        message=f"at({word!r}): beat {beat} does not speak that word; use one of its own words: {text!r}",
        beat=beat,
        line=line,
    )


def drawn_anew(*, name: str, failure: str) -> Finding:
    """Report a carried thing that the cast had to draw anew, for the reason `failure`."""
    return Finding(
        rule="drawn-anew",
        level="warning",
        message=(
            f"carried({name!r}): {failure}, so {name}() of the cast drew it anew: end the scene before with "
            f"self.carry({name}=...)"
        ),
    )


def too_dear(
    *, foretold: float, allowed: float, share: float, frame: float, line: int | None, code: str, redrawn: bool
) -> Finding:
    """Report a scene whose frames cost too much. `foretold` and `allowed` are CPU seconds, `frame` those of one frame.

    `line` takes `share` of what is foretold; it runs in every frame if `redrawn`, else it plays the dearest animation.
    """
    place = f"line {line} (`{code}`)" if line else "one of its animations"
    remedy = (
        "build the thing once and only move or recolour it, set text anew only when it changes, and use fewer points"
        if redrawn
        else "animate fewer and simpler things at once, with fewer points, or for a shorter time"
    )
    return Finding(
        rule="too-dear",
        level="error",
        message=(
            f"drawing this scene would take about {foretold:.0f} s of computing and {allowed:.0f} s are allowed; "
            f"{place} takes {share:.0%} of it, {frame * 1000:.0f} ms for each frame: {remedy}"
        ),
        line=line,
    )
