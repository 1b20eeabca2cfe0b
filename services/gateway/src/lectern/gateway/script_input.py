"""Scripts that clients send: parsed, and checked before a video is made from them."""

from __future__ import annotations

from typing import Any

import msgspec

from lectern.contracts.problems import FieldError
from lectern.contracts.script import Script
from lectern.gateway import problem_types
from lectern.gateway.refusals import refuse, refuse_fields
from lectern.gateway.schemas import MAX_BEAT_CHARACTERS, MAX_BEATS, ScriptText
from lectern.gateway.validation import find_unknown_fields, refuse_invalid_json

MAX_SCENES = 60  # more is a course, not a video
MAX_TITLE_CHARACTERS = 200


def parse_json(body: bytes) -> tuple[Script, int | None]:
    """Parse a script in the form that `GET …/script` returns, and the revision it says it is an edit of.

    Raises a 400 for what is not JSON, and a 422 for what does not fit or is unknown.
    """
    try:
        received: Any = msgspec.json.decode(body)
    except ValueError as error:
        raise refuse(problem_types.MALFORMED_REQUEST, f"The body is not JSON: {error}.") from error
    revision = None
    if isinstance(received, dict):
        revision = received.pop("revision", None)
        received.pop("approved", None)
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
    return script, revision


def decode_markdown(body: bytes) -> str:
    """Decode a Markdown body. Raises a 422 for what is not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse(problem_types.DOCUMENT_ENCODING, "The document is not UTF-8 text.") from error


def check_script(script: Script) -> None:
    """Raises a 422 naming every reason why no video can be made from a script."""
    errors = []
    if not script.title.strip() or len(script.title) > MAX_TITLE_CHARACTERS:
        errors.append(FieldError(pointer="/title", detail=f"needs 1 to {MAX_TITLE_CHARACTERS} characters"))
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
            if not beat.text.strip() or len(beat.spoken_text()) > MAX_BEAT_CHARACTERS
        ]
    if errors:
        raise refuse_fields(*errors)
