"""What a user asks for: the brief (what to explain) and the options (how it should look and sound)."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from lectern.contracts.quality import Aspect, Quality

Lane: TypeAlias = Literal["fast", "bulk"]
LANES: tuple[Lane, ...] = ("fast", "bulk")
Captions: TypeAlias = Literal["plain", "karaoke", "off"]

TOPIC_LIMIT = 500  # characters: a topic is a question or a phrase; longer text is a document
DOCUMENT_LIMIT = 200_000  # characters of Markdown
MUSIC = ("calm", "curious")  # the tracks that come with Lectern
BUNDLED = "bundled:"  # how `music_key` names one of them


class Dub(msgspec.Struct, frozen=True, kw_only=True):
    """Another video whose pictures are to be shown again: the keys of its script, and of its scenes' code in order."""

    video_id: str
    script_key: str
    codes: tuple[str, ...]


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What to explain: a topic, or the key of a Markdown document in the object store.

    `assets` maps the names a document uses for its pictures to object keys. `target_seconds` and `scenes` 0 leave
    length and number of scenes to the writer; `search` lets the writer look the topic up and cite what it found. With
    `dub` the script is that of another video in the options' language: a document's words where there is one, else a
    model's.
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

    def names(self) -> str:
        """What to call this brief in lists and logs before a script gives it a title."""
        return self.topic or "Document"


class VideoOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the video should look and sound. Travels in every event so that no stage has to look it up.

    `voice` is a voice or a locale; where it is empty, the script's language decides. `max_cost_usd` bounds what models
    and voices may cost for the whole video, failed attempts included. `music_key`
    is `bundled:<name>` or the object key of an uploaded track. `critique` lets a vision model look at each scene once.
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
    max_cost_usd: float | None = None
    critique: bool = False
