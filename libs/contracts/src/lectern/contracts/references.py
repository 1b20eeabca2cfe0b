"""What events point to: narration, code, footage and outputs by object key, and scenes and takes in short."""

from __future__ import annotations

import msgspec

from lectern.contracts.problems import Problem

__all__ = [
    "ChosenTake",
    "CodeAttempt",
    "CodeContext",
    "CodeRef",
    "FootageRef",
    "NarrationRef",
    "Output",
    "SceneTitle",
]


class NarrationRef(msgspec.Struct, frozen=True, kw_only=True):
    """Points to a scene's narration: `key` to a `Narration` in JSON, `audio_key` to its FLAC.

    `voice` is the id of the voice that speaks, in a dialogue the first one's; `own_voice` tells that the script names
    it for this scene alone.
    """

    key: str
    audio_key: str
    seconds: float
    beats: int
    timing: str = "exact"
    voice: str = ""
    own_voice: bool = False


class CodeAttempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a scene's code: the strategy that made it and the finding that ended it (none if it passed)."""

    number: int
    strategy: str
    rule: str = ""
    finding: str = ""
    line: int | None = None
    code_key: str = ""


class CodeContext(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Points to what a scene's code is run with: the cast, if it uses one, and the codes of scenes before it.

    `before` are those whose things it goes on with, oldest first, the scene just before it last.
    """

    cast_key: str = ""
    before: tuple[str, ...] = ()


class CodeRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Points to a scene's code and what it is run with, with its origin and the template to render should it fail.

    `begins_anew` says why the scene does not go on with things that were to be carried into it; "" where it does, or
    none were.
    """

    key: str
    origin: str  # "lesson", "template", "model", "author"
    fallback_key: str = ""
    attempts: int = 1
    history: tuple[CodeAttempt, ...] = ()
    context: CodeContext = CodeContext()
    begins_anew: str = ""


class FootageRef(msgspec.Struct, frozen=True, kw_only=True):
    """Points to a scene's footage. `frames / fps` is its exact length in seconds.

    `sounds_key` points to its `SceneSounds` in JSON; "" where nothing is heard beside the voice.
    `missing_letters` are shown as boxes: no font has them where it was drawn.
    """

    key: str
    frames: int
    fps: int
    cpu_seconds: float = 0.0
    cached: bool = False
    sounds_key: str = ""
    missing_letters: str = ""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One finished file of a video, as the user may download it."""

    kind: str  # "video", "captions_vtt", "captions_srt", "chapters_vtt", "thumbnail", "transcript", …
    key: str
    media_type: str
    bytes: int


class SceneTitle(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene in a list, before anything is made. `words` counts its narration; `direction` is the script's for it.

    `waits`: it is coded once the scene before it is, with whose things it is to go on.
    """

    title: str
    words: int
    direction: str = ""
    waits: bool = False


class ChosenTake(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An earlier take of a scene that is to be in force again: all that its `SceneRendered` said.

    `take` is the revision that it was rendered in.
    """

    scene: int
    take: int
    narration: NarrationRef
    code: CodeRef
    footage: FootageRef
    salt: str = ""
    degraded: Problem | None = None
