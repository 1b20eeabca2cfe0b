"""Requests to other services: the scripter reads and writes Markdown, the voice service lists its voices."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from lectern.contracts.requests import (
    CHECK_SCENE,
    DESCRIBE_CODER,
    LIST_VOICES,
    PARSE_MARKDOWN,
    RENDER_MARKDOWN,
    CheckScene,
    DescribeCoder,
    ListVoices,
    ParseMarkdown,
    RenderMarkdown,
    Request,
    SceneVerdict,
    VoiceList,
)
from lectern.contracts.script import Script
from lectern.gateway import problem_types
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.refusals import Refusal, refuse
from lectern.worker import NoReply

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

MARKDOWN_TIMEOUT_SECONDS = 10.0
CODER_TIMEOUT_SECONDS = 2.0  # as a voice service does
CHECK_TIMEOUT_SECONDS = 60.0  # a check takes a tenth of a second, and waits behind those of others
VOICES_TIMEOUT_SECONDS = 2.0  # a voice service answers in milliseconds; past this there is none


async def parse_markdown(deps: GatewayDeps, markdown: str) -> Script:
    """Have a scripter parse Markdown. Raises a 422 with its problem, or a 503 when none answers."""
    parsed = await _ask_scripter(deps, PARSE_MARKDOWN, ParseMarkdown(markdown=markdown))
    if parsed.problem:
        raise Refusal(422, parsed.problem)
    if parsed.script is None:
        raise ValueError("the scripter returned neither a script nor a problem")
    return parsed.script


async def render_markdown(deps: GatewayDeps, script: Script) -> bytes:
    """Have a scripter write a script as Markdown. Raises a 406 if that is impossible, or a 503 when none answers."""
    rendered = await _ask_scripter(deps, RENDER_MARKDOWN, RenderMarkdown(script=script))
    if rendered.markdown is None:
        problem = rendered.problem
        detail = problem.detail if problem else "The scripter returned neither Markdown nor a problem."
        raise refuse(problem_types.NO_MARKDOWN_FORM, detail)
    return rendered.markdown.encode()


async def list_voices(deps: GatewayDeps, wanted: str = "") -> VoiceList | None:
    """The voices available now, and whether a wanted one is among them; None when no voice service answers."""
    message = ListVoices(wanted=wanted)
    try:
        return await deps.connections.bus.ask(LIST_VOICES, message, timeout=VOICES_TIMEOUT_SECONDS)
    except NoReply:
        return None


async def check_followed(deps: GatewayDeps) -> None:
    """Raises a 409 where no model is set up that draws what a user directs. Without a coder every direction passes."""
    try:
        reply = await deps.connections.bus.ask(DESCRIBE_CODER, DescribeCoder(), timeout=CODER_TIMEOUT_SECONDS)
    except NoReply:
        return
    if not reply.follows_directions:
        raise refuse(
            problem_types.DIRECTION_NEEDS_MODEL, "No model is set up here that draws, so nobody can follow a direction."
        )


async def check_scene(deps: GatewayDeps, message: CheckScene) -> SceneVerdict:
    """A renderer's verdict on a scene's code. Raises a 503 when none gives one now."""
    try:
        verdict = await deps.connections.bus.ask(CHECK_SCENE, message, timeout=CHECK_TIMEOUT_SECONDS)
    except NoReply as error:
        if error.absent:
            remedy = (
                "Retry in a few seconds. Where renderers stop while nothing is made, one starts with the next video."
            )
            raise refuse_unchecked("and none is running", remedy) from error
        raise refuse_unchecked("and none answers") from error
    if verdict.unavailable:
        raise refuse_unchecked(f"and none can now: {verdict.unavailable.rstrip('.')}")
    return verdict


def refuse_unchecked(reason: str, remedy: str = "Retry in a few seconds.") -> Refusal:
    """503: a scene's code cannot be checked now."""
    detail = f"A renderer checks the code of scenes, {reason}."
    return refuse(problem_types.DEPENDENCY_UNAVAILABLE, detail, remedy, retry_after=2)


async def _ask_scripter(deps: GatewayDeps, request: Request[Q, R], message: Q) -> R:
    try:
        return await deps.connections.bus.ask(request, message, timeout=MARKDOWN_TIMEOUT_SECONDS)
    except NoReply as error:
        raise refuse(
            problem_types.DEPENDENCY_UNAVAILABLE,
            "A scripter parses and renders Markdown, and none answers.",
            "Retry in a few seconds, or use the script's JSON form.",
            retry_after=5,
        ) from error
