"""What is wrong with a scene, told so that its author can mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing wrong: the rule, where (beat counts from 1, line in the author's source), which object, the remedy."""

    rule: str
    level: Level
    message: str
    beat: int | None = None
    line: int | None = None
    object: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The finding as it stands in result.json."""
        return asdict(self)


def beat_missing(*, script: int, code: int) -> Finding:
    """The code has another number of beats than the script."""
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
    """A beat's animations do not fit its narration even at the highest speed."""
    fits = allotted / floor
    return Finding(
        rule="beat-overrun",
        level="error",
        message=(
            f"beat {beat} animates for {measured:.1f} s but its narration lasts {allotted:.1f} s, and animations "
            f"are sped up to {floor:g} of their length at most: keep run_time and wait() under {fits:.1f} s together"
        ),
        beat=beat,
        line=line,
    )


def word_missing(*, beat: int, word: str, text: str, line: int | None) -> Finding:
    """`at()` asks for a word that the beat does not speak."""
    return Finding(
        rule="word-missing",
        level="warning",
        message=f"at({word!r}): beat {beat} does not speak that word, it says {text!r}; use one of its words",
        beat=beat,
        line=line,
    )
