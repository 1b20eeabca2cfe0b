"""Scripts that clients send: parsed, and checked before a video is made from them."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from lectern.contracts.options import DOCUMENT_LIMIT
from lectern.contracts.plain_text import is_visible, normalize_text
from lectern.contracts.problems import MAX_ERRORS, FieldError
from lectern.contracts.script import MAX_CAST_CHARACTERS, MAX_DIRECTION_CHARACTERS, Script
from lectern.gateway import problem_types
from lectern.gateway.json_body import parse_json_body
from lectern.gateway.refusals import make_pointer, refuse, refuse_fields
from lectern.gateway.schemas import (
    MAX_BEAT_CHARACTERS,
    MAX_BEATS,
    MAX_SCENES,
    MAX_TITLE_CHARACTERS,
    VOICE_PATTERN,
    ScriptText,
)
from lectern.gateway.script_visuals import find_visual_faults
from lectern.gateway.validation import find_unknown_fields, refuse_invalid_json
from lectern.language.tags import names_language

MAX_VALUES = 20_000  # of a script's JSON: 60 scenes of 40 beats have about 10 000
MAX_SCRIPT_BYTES = 768 * 1024  # a scripter is asked for its Markdown form in one message of at most 1 MiB
_VOICE = re.compile(VOICE_PATTERN)
_ONE_LINE = frozenset(("title", "speaker", "name", "alt", "language", "colour"))


class ReceivedScript(msgspec.Struct, frozen=True, kw_only=True):
    """A script as a client sent it, and the revision it says it is an edit of.

    `leaves_cast`: it says nothing of a cast, as a client does that does not know of one yet.
    """

    script: Script
    revision: int | None = None
    leaves_cast: bool = False


def parse_json(body: bytes) -> ReceivedScript:
    """Parse a script in the form that `GET …/script` returns.

    Raises a 400 for what is not JSON, and a 422 for what does not fit or is unknown. Texts are normalised.
    """
    received = _normalize_texts(parse_json_body(body, MAX_VALUES), ())
    revision = None
    if isinstance(received, dict):
        revision = received.pop("revision", None)
        for told in ("approved", "hints"):
            received.pop(told, None)
        if revision is not None and not isinstance(revision, int):
            raise refuse_fields(
                FieldError(pointer="/revision", detail="must be the number that GET returned, or absent")
            )
    try:
        script = msgspec.convert(received, Script)
    except msgspec.ValidationError as error:
        raise refuse_invalid_json(error) from error
    if errors := find_unknown_fields(received, ScriptText.model_validate(script).model_dump()):
        raise refuse_fields(*errors)
    if (size := len(msgspec.json.encode(script))) > MAX_SCRIPT_BYTES:
        detail = f"has {size} bytes as JSON; at most {MAX_SCRIPT_BYTES} fit, so make two videos of it"
        raise refuse_fields(FieldError(pointer="", detail=detail))
    leaves_cast = isinstance(received, dict) and "cast" not in received
    return ReceivedScript(script=script, revision=revision, leaves_cast=leaves_cast)


def decode_markdown(body: bytes) -> str:
    """Decode and normalise a Markdown body.

    Raises a 422 for what is not UTF-8, is too long, or holds what has no place in text.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse(problem_types.DOCUMENT_ENCODING, "The document is not UTF-8 text.") from error
    if len(text) > DOCUMENT_LIMIT:
        detail = f"has {len(text)} characters; at most {DOCUMENT_LIMIT} fit, so make two videos of it"
        raise refuse_fields(FieldError(pointer="", detail=detail))
    try:
        return normalize_text(text, lines=True)
    except ValueError as error:
        raise refuse_fields(FieldError(pointer="", detail=str(error))) from None


def _normalize_texts(value: Any, path: tuple[object, ...]) -> Any:
    match value:
        case str():
            try:
                return normalize_text(value, lines=not path or path[-1] not in _ONE_LINE)
            except ValueError as error:
                raise refuse_fields(FieldError(pointer=make_pointer(path), detail=str(error))) from None
        case list():
            return [_normalize_texts(each, (*path, index)) for index, each in enumerate(value)]
        case dict():
            return {_normalize_texts(name, path): _normalize_texts(each, (*path, name)) for name, each in value.items()}
    return value


def check_script(script: Script) -> None:
    """Raises a 422 naming every reason why no video can be made from a script."""
    errors = []
    if len(script.cast) > MAX_CAST_CHARACTERS:
        detail = f"has {len(script.cast):,} characters; a cast has at most {MAX_CAST_CHARACTERS:,}"
        errors.append(FieldError(pointer="/cast", detail=detail))
    if not is_visible(script.title) or len(script.title) > MAX_TITLE_CHARACTERS:
        errors.append(FieldError(pointer="/title", detail=f"needs 1 to {MAX_TITLE_CHARACTERS} characters"))
    if not names_language(script.language):
        detail = f"{script.language[:40]!r} is not a language code; write one such as en, de or pt-BR"
        errors.append(FieldError(pointer="/language", detail=detail))
    if not 1 <= len(script.scenes) <= MAX_SCENES:
        errors.append(FieldError(pointer="/scenes", detail=f"needs 1 to {MAX_SCENES} scenes"))
    for index, scene in enumerate(script.scenes):
        if len(scene.title) > MAX_TITLE_CHARACTERS:
            detail = f"needs at most {MAX_TITLE_CHARACTERS} characters"
            errors.append(FieldError(pointer=f"/scenes/{index}/title", detail=detail))
        if not 1 <= len(scene.beats) <= MAX_BEATS:
            errors.append(FieldError(pointer=f"/scenes/{index}/beats", detail=f"needs 1 to {MAX_BEATS} beats"))
        errors += [
            FieldError(
                pointer=f"/scenes/{index}/beats/{position}/text",
                detail=f"needs 1 to {MAX_BEAT_CHARACTERS} characters; delete a beat that has no words",
            )
            for position, beat in enumerate(scene.beats)
            if not is_visible(beat.text) or max(len(beat.text), len(beat.spoken)) > MAX_BEAT_CHARACTERS
        ]
        if len(scene.plan.direction) > MAX_DIRECTION_CHARACTERS:
            detail = f"needs at most {MAX_DIRECTION_CHARACTERS} characters"
            errors.append(FieldError(pointer=f"/scenes/{index}/plan/direction", detail=detail))
        if scene.voice and not _VOICE.fullmatch(scene.voice):
            detail = "is not the name of a voice or a locale; GET /v1/voices lists them"
            errors.append(FieldError(pointer=f"/scenes/{index}/voice", detail=detail))
        errors += [
            FieldError(pointer=f"/scenes/{index}/visual/{field}", detail=fault)
            for field, fault in find_visual_faults(scene.visual)
        ]
    if errors:
        raise refuse_fields(*errors[:MAX_ERRORS])
