"""A script as somebody sends it: read from JSON or Markdown, and checked before a video is made from it."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import nats.errors

from lectern.contracts.problems import FieldError, Problem
from lectern.contracts.script import Script
from lectern.contracts.subjects import PARSE, RENDER_SCRIPT
from lectern.gateway.context import Gateway
from lectern.gateway.models import NARRATION_LIMIT
from lectern.gateway.refusals import Refusal, invalid, refusal
from lectern.gateway.validation import unfitting, unknown_fields
from lectern.worker import Missing

T = TypeVar("T")

MARKDOWN = "text/markdown"
SCENE_LIMIT, BEAT_LIMIT = 60, 40  # more is a course, not a video
_PARSE_SECONDS = 10.0


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What the scripter makes of Markdown."""

    script: Script | None = None
    problem: Problem | None = None


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """The Markdown a scripter makes of a script."""

    markdown: str | None = None
    problem: Problem | None = None


def markdown_key(script_key: str) -> str:
    """Where a script's Markdown form lies: beside the JSON."""
    return script_key.removesuffix(".json") + ".md"


def checked(script: Script) -> Script:
    """The script, if a video can be made from it. Raises a 422 naming every place that is wrong."""
    errors = []
    if not script.title.strip() or len(script.title) > 200:
        errors.append(FieldError(pointer="/title", detail="needs 1 to 200 characters"))
    if not 1 <= len(script.scenes) <= SCENE_LIMIT:
        errors.append(FieldError(pointer="/scenes", detail=f"needs 1 to {SCENE_LIMIT} scenes"))
    for index, scene in enumerate(script.scenes):
        if len(scene.title) > 200:
            errors.append(FieldError(pointer=f"/scenes/{index}/title", detail="needs at most 200 characters"))
        if not 1 <= len(scene.beats) <= BEAT_LIMIT:
            errors.append(FieldError(pointer=f"/scenes/{index}/beats", detail=f"needs 1 to {BEAT_LIMIT} beats"))
        errors += [
            FieldError(
                pointer=f"/scenes/{index}/beats/{place}/text",
                detail=f"needs 1 to {NARRATION_LIMIT} characters; delete a beat that says nothing",
            )
            for place, beat in enumerate(scene.beats)
            if not beat.text.strip() or len(beat.said()) > NARRATION_LIMIT
        ]
    if errors:
        raise invalid(*errors)
    return script


def read_json(body: bytes) -> tuple[Script, int | None]:
    """The script in a PUT body, and the revision it says it is an edit of."""
    try:
        given: Any = msgspec.json.decode(body)
    except ValueError as error:
        raise refusal(
            400, "malformed-request", "The body is not JSON", f"{error}.", "Send a JSON object in UTF-8."
        ) from error
    revision = None
    if isinstance(given, dict):
        revision = given.pop("revision", None)
        given.pop("approved", None)
        if revision is not None and not isinstance(revision, int):
            raise invalid(FieldError(pointer="/revision", detail="must be the number that GET gave, or left out"))
    try:
        script = msgspec.convert(given, Script)
    except msgspec.ValidationError as error:
        raise unfitting(error) from error
    if errors := unknown_fields(given, msgspec.to_builtins(script)):
        raise invalid(*errors)
    return script, revision


async def read_markdown(gateway: Gateway, markdown: bytes) -> Script:
    """The script that a scripter reads from Markdown. Raises its problem, or a 503 when none answers."""
    parsed = await _asked(gateway, PARSE, markdown, Parsed)
    if parsed.problem:
        raise Refusal(422, parsed.problem)
    if parsed.script is None:
        raise ValueError("the scripter answered neither a script nor a problem")
    return parsed.script


async def markdown_of(gateway: Gateway, script_key: str) -> bytes:
    """The Markdown form of a script: kept beside it, else written by a scripter and kept.

    Raises a 406 for a script that has none, and a 503 when no scripter answers.
    """
    key = markdown_key(script_key)
    try:
        return await gateway.infra.store.get(key)
    except Missing:
        script = await gateway.infra.store.get(script_key)
    written = await _asked(gateway, RENDER_SCRIPT, script, Rendered)
    if written.markdown is None:
        problem = written.problem
        raise refusal(
            406,
            "no-markdown-form",
            "This script has no Markdown form",
            problem.detail if problem else "The scripter answered neither Markdown nor a problem.",
            "Ask for it with Accept: application/json.",
        )
    markdown = written.markdown.encode()
    await gateway.infra.store.put(key, markdown, f"{MARKDOWN}; charset=utf-8")
    return markdown


async def _asked(gateway: Gateway, subject: str, body: bytes, answer: type[T]) -> T:
    try:
        reply = await gateway.infra.nats.request(subject, body, timeout=_PARSE_SECONDS)
        return msgspec.json.decode(reply.data, type=answer)
    except (nats.errors.NoRespondersError, nats.errors.TimeoutError) as error:
        raise refusal(
            503,
            "dependency-unavailable",
            "No scripter answers",
            "Markdown is read and written by a scripter, and none answers.",
            "Try again in a few seconds, or use the script's JSON form.",
            retry_after=5,
        ) from error
