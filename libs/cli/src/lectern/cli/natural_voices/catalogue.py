"""The catalogue of Piper's voices, as their publisher has it: each voice's files, with their sizes and MD5 digests."""

from __future__ import annotations

import difflib
import re

import msgspec

from lectern.cli.exit_status import FAILED, USAGE, CommandExit, command_exit

PUBLISHER = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
SUGGESTED = "en_US-ljspeech-high"  # trained on LJ Speech, recordings in the public domain
MAX_FILE_BYTES = 400 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)+")
_PATH = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
_DIGEST = re.compile(r"[0-9a-f]{32}")


class CatalogueFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as the catalogue describes it."""

    size_bytes: int
    md5_digest: str


class CatalogueLanguage(msgspec.Struct, frozen=True, kw_only=True):
    """The language that a voice speaks, as in `en_GB`."""

    code: str = ""


class CatalogueVoice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice of the catalogue. `files` are by their path below the publisher's address."""

    files: dict[str, CatalogueFile]
    quality: str = ""
    language: CatalogueLanguage = CatalogueLanguage()


class VoiceFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one voice: (path, description) of its model, the model's settings, and its card with the licence."""

    name: str
    model: tuple[str, CatalogueFile]
    settings: tuple[str, CatalogueFile]
    card: tuple[str, CatalogueFile] | None


def find_voice_files(name: str, catalogue: bytes) -> VoiceFiles:
    """The files of the voice `name`. Raises CommandExit for an unknown name, with similar ones, or a bad catalogue."""
    try:
        voices = msgspec.json.decode(catalogue, type=dict[str, CatalogueVoice])
    except msgspec.MsgspecError as error:
        raise command_exit(
            FAILED, "voice-catalogue", "The catalogue of voices cannot be read", f"{error}.", "Try again later."
        ) from error
    wanted = name.removeprefix("piper-")
    voice = voices.get(wanted)
    if re.fullmatch("[a-z]{2,3}", wanted):
        raise _refuse_language(wanted, sorted(each for each in voices if each.partition("_")[0] == wanted))
    if voice is None or not _NAME.fullmatch(wanted):
        near = (
            difflib.get_close_matches(wanted, voices, n=3, cutoff=0.4)
            or [each for each in sorted(voices) if each[:2].lower() == wanted[:2].lower()][:5]
        )
        remedy = f"Did you mean {', '.join(near)}?" if near else f"Try {SUGGESTED}."
        raise command_exit(
            USAGE, "voice-unknown", "There is no such voice", f"The catalogue has no voice {name!r}.", remedy
        )
    model, settings = _pick(voice, f"/{wanted}.onnx"), _pick(voice, f"/{wanted}.onnx.json")
    if model is None or settings is None:
        detail = f"The catalogue's entry for {wanted} names no model and settings that could be fetched."
        raise command_exit(FAILED, "voice-catalogue", "The voice cannot be fetched", detail, "Choose another voice.")
    return VoiceFiles(name=wanted, model=model, settings=settings, card=_pick(voice, "/MODEL_CARD"))


def _refuse_language(language: str, names: list[str]) -> CommandExit:
    detail = f"The catalogue has {', '.join(names) if names else 'none'} for {language!r}."
    remedy = f"Name one of them: lectern voices add {names[0]}" if names else "Voices of paid services speak it, too."
    return command_exit(USAGE, "voice-unknown", "A language is no voice", detail, remedy)


def _pick(voice: CatalogueVoice, ending: str) -> tuple[str, CatalogueFile] | None:
    for path, file in voice.files.items():
        sound = _PATH.fullmatch(path) and ".." not in path.split("/") and _DIGEST.fullmatch(file.md5_digest)
        if path.endswith(ending) and sound and 0 < file.size_bytes <= MAX_FILE_BYTES:
            return path, file
    return None
