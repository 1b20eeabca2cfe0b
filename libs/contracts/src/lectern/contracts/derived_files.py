"""Files that are made from a video's scenes when somebody asks for them: a scene with its voice, a still, a sheet.

What a file is made from says all about it, so its key is the hash of that: whoever asks for it looks in the store
first, and has it made if it is not there.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from lectern.contracts import keys

__all__ = [
    "CONTACT_SHEET_TILES",
    "AnyDerivedFile",
    "ContactSheet",
    "DerivedFile",
    "NarrationCopy",
    "SceneStill",
    "SceneVideo",
    "SheetTile",
    "derived_key",
    "derived_media_type",
]

_VERSION = 1  # of how these files are made: raise it when the same inputs would give another file
CONTACT_SHEET_TILES = 100  # at most: ten rows of ten, each large enough to be recognised


class DerivedFile(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The fields of every derived file: none."""


class SceneVideo(DerivedFile, frozen=True, kw_only=True, tag="scene-video"):
    """A scene's footage with its voice. `frames / fps` is its length in seconds, `language` that of the voice."""

    footage_key: str
    audio_key: str
    frames: int
    fps: int
    language: str = "en"


class SceneStill(DerivedFile, frozen=True, kw_only=True, tag="scene-still"):
    """The frame of a scene's footage at which its last animation is usually over."""

    footage_key: str
    frames: int
    fps: int


class NarrationCopy(DerivedFile, frozen=True, kw_only=True, tag="narration-copy"):
    """A scene's narration as AAC in an M4A file, which every player reads."""

    audio_key: str


class SheetTile(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of a contact sheet: frame `frame` (from 0) of a footage, and the label that is drawn on it."""

    footage_key: str
    frame: int
    fps: int
    label: str


class ContactSheet(DerivedFile, frozen=True, kw_only=True, tag="contact-sheet"):
    """One JPEG of many frames, in rows. `width / height` is the shape of each."""

    tiles: tuple[SheetTile, ...]
    width: int
    height: int


AnyDerivedFile: TypeAlias = SceneVideo | SceneStill | NarrationCopy | ContactSheet

_KINDS: dict[type[DerivedFile], tuple[str, str]] = {
    SceneVideo: ("mp4", "video/mp4"),
    SceneStill: ("jpg", "image/jpeg"),
    NarrationCopy: ("m4a", "audio/mp4"),
    ContactSheet: ("jpg", "image/jpeg"),
}


def derived_key(file: AnyDerivedFile) -> str:
    """The object key of a derived file: the same for the same inputs."""
    kind = str(file.__struct_config__.tag)
    return keys.cache(kind, keys.digest(_VERSION, file), _KINDS[type(file)][0])


def derived_media_type(file: AnyDerivedFile) -> str:
    """The media type of a derived file."""
    return _KINDS[type(file)][1]
