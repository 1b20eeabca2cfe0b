"""A script as somebody sends it: read from JSON or Markdown, and checked before a video is made from it."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import nats.errors

from lectern.contracts.problems import FieldError, Problem
from lectern.contracts.requests import PARSE_MARKDOWN, RENDER_MARKDOWN, ParseMarkdown, RenderMarkdown, Request
from lectern.contracts.script import Script
from lectern.gateway.context import Gateway
from lectern.gateway.models import NARRATION_LIMIT
from lectern.gateway.refusals import Refusal, invalid, refusal
from lectern.gateway.validation import unfitting, unknown_fields
from lectern.worker import Missing, ask

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

MARKDOWN = "text/markdown"
SCENE_LIMIT, BEAT_LIMIT = 60, 40  # more is a course, not a video
_PARSE_SECONDS = 10.0


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
            if not beat.text.strip() or len(beat.spoken_text()) > NARRATION_LIMIT
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
    parsed = await _ask(gateway, PARSE_MARKDOWN, ParseMarkdown(markdown=_decoded(markdown)))
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
        return await gateway.connections.store.get(key)
    except Missing:
        script = await gateway.connections.store.get_json(script_key, Script)
    written = await _ask(gateway, RENDER_MARKDOWN, RenderMarkdown(script=script))
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
    await gateway.connections.store.put(key, markdown, f"{MARKDOWN}; charset=utf-8")
    return markdown


def _decoded(markdown: bytes) -> str:
    try:
        return markdown.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(
            code="document-encoding",
            title="The lesson cannot be read",
            detail="The document is not UTF-8 text.",
            remedy="Save it as UTF-8.",
        )
        raise Refusal(422, problem) from error


async def _ask(gateway: Gateway, request: Request[Q, R], message: Q) -> R:
    try:
        return await ask(gateway.connections.nats, request, message, timeout=_PARSE_SECONDS)
    except (nats.errors.NoRespondersError, nats.errors.TimeoutError) as error:
        raise refusal(
            503,
            "dependency-unavailable",
            "No scripter answers",
            "Markdown is read and written by a scripter, and none answers.",
            "Try again in a few seconds, or use the script's JSON form.",
            retry_after=5,
        ) from error
