"""What a scene sounds like beside its voice: soft sounds at the moments when things happen."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_args

import msgspec

__all__ = [
    "MAX_SOUND_CUES",
    "SOUND_NAMES",
    "SceneSounds",
    "SoundCue",
    "SoundName",
]

SoundName: TypeAlias = Literal["draw", "pop", "swish", "tick", "chime"]
SOUND_NAMES: tuple[SoundName, ...] = get_args(SoundName)
MAX_SOUND_CUES = 200  # of a scene


class SoundCue(msgspec.Struct, frozen=True, kw_only=True):
    """A sound that begins `at` a time, in seconds from the start of its scene."""

    at: Annotated[float, msgspec.Meta(ge=0.0, le=3600.0)]
    sound: SoundName


class SceneSounds(msgspec.Struct, frozen=True, kw_only=True):
    """The sounds of one scene in order, stored as JSON beside its footage."""

    cues: Annotated[tuple[SoundCue, ...], msgspec.Meta(max_length=MAX_SOUND_CUES)] = ()
