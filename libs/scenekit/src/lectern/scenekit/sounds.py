# mypy: disallow-subclassing-any=False
"""Which animations are heard, and when: soft sounds that are laid under the voice once the film is composed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from manim import (
    Animation,
    AnimationGroup,
    ChangeDecimalToValue,
    ChangingDecimal,
    Create,
    DrawBorderThenFill,
    GrowArrow,
    GrowFromPoint,
    ShowPassingFlash,
    SpinInFromNothing,
    SpiralIn,
    Uncreate,
    Write,
)

from .motion import Appear
from .near_names import refuse_name

SOUNDS = ("draw", "pop", "swish", "tick", "chime")
SILENT = "none"
MIN_GAP_SECONDS = 0.4  # between two sounds
MIN_USUAL_GAP_SECONDS = 0.8  # before a sound that nobody asked for
OPENING_SECONDS = 0.3  # of a scene, whose picture is there already: a sound at every cut would be a habit
MAX_CUES = 200  # of a scene, which lasts some tens of seconds
MAX_DEPTH = 12  # of groups in groups

_OF_KIND: tuple[tuple[type[Animation], str], ...] = (
    (Uncreate, SILENT),
    (Write, SILENT),  # letters that are written come too often, and are read, not heard
    (Create, "draw"),
    (DrawBorderThenFill, "draw"),
    (ShowPassingFlash, "draw"),
    (GrowArrow, "draw"),
    (GrowFromPoint, "pop"),
    (SpinInFromNothing, "pop"),
    (SpiralIn, "pop"),
    (Appear, "pop"),
    (ChangeDecimalToValue, "tick"),
    (ChangingDecimal, "tick"),
)

A = TypeVar("A", bound=Animation)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeardSound:
    """A sound, and when it begins in seconds from the start of the scene. `asked` for, or usual for its animation."""

    at: float
    sound: str
    asked: bool


def with_sound(animation: A, sound: str) -> A:
    """`animation` is heard: "draw", "pop", "swish", "tick" or "chime" (an answer); "none" is silent.

    `self.play(with_sound(answer.reveal(), "chime"))`. Most animations have a fitting sound of their own.
    """
    if sound not in (*SOUNDS, SILENT):
        raise refuse_name("sound", sound, (*SOUNDS, SILENT))
    animation.sound = sound
    return animation


class SoundLog:
    """Notes what is heard while a scene is filmed."""

    def __init__(self) -> None:
        self._heard: list[HeardSound] = []

    def note_play(self, animations: Iterable[Any], at: float, seconds: float) -> None:
        """Note the sounds of animations that are played together, from `at` on for `seconds`."""
        for animation in animations:
            natural = float(getattr(animation, "run_time", 0.0) or 0.0)
            self._heard += list_sounds(animation, at, seconds / natural if natural > 0 else 0.0)

    def list_cues(self, seconds: float) -> list[dict[str, float | str]]:
        """The sounds of a scene of so many seconds, thinned out, as they are written to result.json."""
        kept = thin_out(each for each in self._heard if 0 <= each.at < seconds)
        return [{"at": round(each.at, 3), "sound": each.sound} for each in kept[:MAX_CUES]]


def list_sounds(animation: Any, at: float, pace: float, depth: int = 0) -> Iterator[HeardSound]:
    """The sounds of an animation that begins `at` a time and takes `pace` times its natural length."""
    sound = getattr(animation, "sound", None)  # of its class, or of this one alone: then somebody asked for it
    if sound in SOUNDS:
        yield HeardSound(at=at, sound=sound, asked="sound" in vars(animation))
    elif sound is None and isinstance(animation, AnimationGroup) and depth < MAX_DEPTH:
        total = float(animation.max_end_time) or 1.0
        share = pace * float(animation.run_time) / total
        for part, start, _ in animation.anims_with_timings:
            yield from list_sounds(part, at + float(start) * share, share, depth + 1)
    elif sound is None and (usual := find_usual_sound(animation)) != SILENT:
        yield HeardSound(at=at, sound=usual, asked=False)


def find_usual_sound(animation: Any) -> str:
    """The sound of an animation by its kind; none for fades, moves and changes."""
    return next((sound for kind, sound in _OF_KIND if isinstance(animation, kind)), SILENT)


def thin_out(heard: Iterable[HeardSound]) -> list[HeardSound]:
    """The sounds in order, without those that come too soon after another: one that was asked for goes first."""
    kept: list[HeardSound] = []
    for each in sorted(heard, key=lambda one: (one.at, not one.asked)):
        if not each.asked and each.at < OPENING_SECONDS:
            continue
        gap = each.at - kept[-1].at if kept else float("inf")
        if gap >= (MIN_GAP_SECONDS if each.asked else MIN_USUAL_GAP_SECONDS):
            kept.append(each)
        elif each.asked and not kept[-1].asked:
            kept[-1] = each
    return kept
