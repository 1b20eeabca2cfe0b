"""Checks of users' own code: a run in the sandbox without drawing, and what it found in words."""

from __future__ import annotations

import hashlib

from fastapi import Request

from lectern.contracts import keys
from lectern.contracts.acceptance import blocks_author, is_acceptable_from_author
from lectern.contracts.carrying import find_needs
from lectern.contracts.events import CodeContext, NarrationRef
from lectern.contracts.log import VideoLog
from lectern.contracts.parties import Party
from lectern.contracts.plain_text import is_visible, normalize_text
from lectern.contracts.problems import FieldError
from lectern.contracts.requests import CheckScene, SceneVerdict
from lectern.gateway import problem_types
from lectern.gateway.clients import check_scene, refuse_unchecked
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.handlers.script_events import get_script_event
from lectern.gateway.refusals import Refusal, refuse, refuse_fields, refuse_media_type
from lectern.gateway.schemas import CodeCheck, CodeFinding
from lectern.gateway.script_store import read_script
from lectern.markdown import limits
from lectern.worker import TooManyWaiting

PYTHON = "text/x-python"


async def read_source(request: Request) -> str:
    """The Python source in a request's body, in NFC.

    Raises a 415 for another type, and a 422 for what is not UTF-8, is empty or too long, or holds what cannot be shown.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (PYTHON, "text/plain"):
        raise refuse_media_type(media_type, PYTHON, "text/plain")
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError as error:
        detail = f"The code is not UTF-8: byte {error.start} cannot be read."
        raise refuse(problem_types.DOCUMENT_ENCODING, detail, "Save it as UTF-8 and send it again.") from None
    try:
        source = normalize_text(text, lines=True).rstrip()
    except ValueError as error:
        raise refuse_fields(FieldError(pointer="", detail=f"the code {error}")) from None
    if not is_visible(source):
        raise refuse_fields(FieldError(pointer="", detail="the code is empty; write a class with a `construct` method"))
    most = limits.MANIM_CHARACTERS
    if len(source) > most:
        detail = f"the code has {len(source)} characters; at most {most} fit, so draw less in one scene"
        raise refuse_fields(FieldError(pointer="", detail=detail))
    return source


async def check_code(
    deps: GatewayDeps, log: VideoLog, number: int, narration: NarrationRef, source: str
) -> SceneVerdict:
    """What a renderer finds in code for scene `number` with this narration. Raises a 503 when none can tell now.

    It is run with the script's cast, and with the scenes before it where it goes on with their things. Owners take
    turns, so that one who checks while they type delays nobody.
    """
    event = get_script_event(log.state)
    script = await read_script(deps.connections.store, event.script_key)
    codes = {each: facts.code() for each, facts in log.state.scenes().items()}
    needs = find_needs(script, number, source, codes)
    try:
        async with deps.code_checks.turn(Party(log.owner, log.video_id)):
            message = CheckScene(
                code_key=await _store_code(deps, source),
                narration_key=narration.key,
                options=event.options,
                assets=event.assets,
                video_id=log.video_id,
                owner=log.owner,
                context=CodeContext(
                    cast_key=await _store_code(deps, needs.cast) if needs.cast else "",
                    before=(*needs.stored, *[await _store_code(deps, each) for each in needs.before]),
                ),
            )
            return await check_scene(deps, message)
    except TooManyWaiting:
        raise refuse_unchecked("and too many checks wait already") from None


async def _store_code(deps: GatewayDeps, source: str) -> str:
    data = source.encode()
    key = keys.cache("code", hashlib.sha256(data).hexdigest(), "py")
    if await deps.connections.store.reuse(key) is None:
        await deps.connections.store.put(key, data, f"{PYTHON}; charset=utf-8")
    return key


def map_verdict(verdict: SceneVerdict) -> CodeCheck:
    """A verdict as the API shows it: errors are what keeps the code from being rendered, and come first."""
    findings = [
        CodeFinding(
            rule=finding.rule,
            level="error" if blocks_author(finding) else "warning",
            message=finding.message,
            line=finding.line,
            beat=finding.beat,
            time=finding.time,
        )
        for finding in verdict.findings
        if finding.level != "note"
    ]
    findings.sort(key=lambda finding: finding.level != "error")
    return CodeCheck(
        ok=is_acceptable_from_author(verdict),
        findings=[*_find_ending(verdict), *findings],
        render_seconds=verdict.render_seconds,
    )


def _find_ending(verdict: SceneVerdict) -> list[CodeFinding]:
    """What ended a run before the scene's end: an exception, a limit."""
    error = verdict.error
    line = error.line if error else None
    if verdict.killed:
        return [CodeFinding(rule=verdict.killed, level="error", message=verdict.reason or "it was stopped", line=line)]
    if error is not None:
        message = error.message or error.type
        if error.place == "cast":  # the line is not one of the code that was sent
            message, line = f"{message}, in line {line} of the cast: {(error.code or '').strip()[:120]}", None
        return [CodeFinding(rule=error.type, level="error", message=message, line=line)]
    if not verdict.ok:
        return [CodeFinding(rule="failed", level="error", message=verdict.reason or "it ended without a picture")]
    return []


def refuse_code(check: CodeCheck) -> Refusal:
    """422: the code has errors, each with its line."""
    errors = [finding for finding in check.findings if finding.level == "error"]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    place = f" in line {errors[0].line}" if errors[0].line else ""
    return refuse(
        problem_types.CODE_REFUSED,
        f"{errors[0].rule}{place}: {errors[0].message}{more}",
        errors=tuple(
            FieldError(pointer=f"line {each.line}" if each.line else "", detail=f"{each.rule}: {each.message}")
            for each in errors
        ),
    )
