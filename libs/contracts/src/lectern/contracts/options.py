"""A user's request: the brief (what to explain) and the options (how it looks and sounds)."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from lectern.contracts.quality import Aspect, Quality

__all__ = [
    "BUNDLED",
    "DEFAULT_MUSIC",
    "DOCUMENT_LIMIT",
    "LANES",
    "MUSIC",
    "NO_MUSIC",
    "TOPIC_LIMIT",
    "Brand",
    "Brief",
    "Captions",
    "Dub",
    "Lane",
    "OfferedScene",
    "RefusedVoice",
    "Sounds",
    "Theme",
    "Variant",
    "VideoOptions",
]

Lane: TypeAlias = Literal["fast", "bulk"]
LANES: tuple[Lane, ...] = ("fast", "bulk")
Captions: TypeAlias = Literal["plain", "karaoke", "off"]
Theme: TypeAlias = Literal["dark", "light", "midnight", "paper", "chalkboard", "contrast"]
Sounds: TypeAlias = Literal["on", "off"]

TOPIC_LIMIT = 500  # characters: a topic is a question or a phrase; longer text is a document
DOCUMENT_LIMIT = 200_000  # characters of Markdown
MUSIC = ("calm", "curious")  # the bundled tracks
DEFAULT_MUSIC, NO_MUSIC = "calm", "none"  # what a request asks for where it says nothing, and for silence
BUNDLED = "bundled:"  # prefix of `music_key` for a bundled track


class Dub(msgspec.Struct, frozen=True, kw_only=True):
    """The finished video that a dub reuses: the keys of its script and of its scenes' code, in order."""

    video_id: str
    script_key: str
    codes: tuple[str, ...]


class OfferedScene(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene of another video whose work may be used again: `scene_digest` tells what text it was made from.

    `salt` is part of the cache keys of its narration. `code_key` is a model's code, to be used where it passes its
    check; "" where there is none, or none is needed.
    """

    scene_digest: str
    salt: str = ""
    code_key: str = ""


class Variant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The video that another form is made of: the key of its script, and what its scenes offer, in order.

    In another language the brief holds a dub, and nothing is offered here.
    """

    video_id: str
    script_key: str = ""
    scenes: tuple[OfferedScene, ...] = ()


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """The subject of a video: a topic, or the key of a Markdown document in the object store.

    `assets` maps the names a document uses for its images to object keys. `target_seconds` and `scenes` of 0 leave the
    length and number of scenes to the writer; `search` lets the writer look the topic up and cite its sources. With
    `dub` the script is another video's in the options' language: translated by the document if there is one, else by
    a model.
    """

    topic: str = ""
    document_key: str = ""
    audience: str = "general"
    target_seconds: int = 0
    scenes: int = 0
    tone: str = ""
    style: Literal["narration", "dialogue"] = "narration"
    search: bool = False
    assets: dict[str, str] = {}
    dub: Dub | None = None

    def label(self) -> str:
        """The brief's name in lists and logs before a script gives it a title."""
        return self.topic or "Document"


class RefusedVoice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice that was chosen for a video and could not speak it. `reason` is a sentence.

    With `engine` set none of that engine's voices can: its key is not accepted, or its quota is used up.
    """

    voice: str
    engine: str = ""
    reason: str = ""


class Brand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a sender's films look: `colours` by a palette's names as `#RRGGBB`, a font, and an uploaded image's key."""

    colours: dict[str, str] = {}
    font: str = ""
    logo_key: str = ""


class VideoOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The look and sound of a video. Every event carries it, so that no stage has to look it up.

    `voice` is a voice or a locale; where it is empty, the script's language decides. `max_cost_usd` bounds what models
    and voices may cost for the whole video, failed attempts included. `music_key` is `bundled:<name>` or the object key
    of an uploaded track; `sounds` are the soft ones that are heard where things happen. `critique` has a vision model
    look at each scene that a model drew; None does so where a vision model is set up. With `cards` the film opens with
    its question and closes with its idea and sources.
    `refused_voices` are those that another one now speaks for; only the pipeline adds to them.
    """

    quality: Quality = "standard"
    aspect: Aspect = "16:9"
    voice: str = ""
    speaking_rate: float = 1.0
    language: str = "en"
    captions: Captions = "plain"
    theme: str = "dark"
    review: bool = False
    burn_captions: bool = False
    music_key: str = ""
    sounds: Sounds = "on"
    max_cost_usd: float | None = None
    critique: bool | None = None
    refused_voices: tuple[RefusedVoice, ...] = ()
    brand: Brand | None = None
    cards: bool = True
