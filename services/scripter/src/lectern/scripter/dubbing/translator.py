"""The translator that asks a model: the whole script at once, its faults corrected once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lectern.contracts.problems import Problem
from lectern.llm import ModelClient, ModelFailed
from lectern.markdown import clean_line
from lectern.scripter.dubbing.original import Original
from lectern.scripter.dubbing.translation import (
    STRUCTURAL_RULES,
    Translation,
    build_dub,
    check_translation,
    describe_original,
)
from lectern.scripter.model_session import ModelSession
from lectern.scripter.scriptwriting.checks import ScriptFault
from lectern.scripter.scriptwriting.prompts import request_correction
from lectern.scripter.writer import WritingRequest, WrittenScript
from lectern.worker import Permanent

MAX_CORRECTIONS = 1


class Translator:
    """Translates a video's script, and the texts that its visuals show."""

    def __init__(self, model_client: ModelClient) -> None:
        self._model_client = model_client

    async def translate(self, original: Original, request: WritingRequest) -> WrittenScript:
        """The script in the request's language. Raises Permanent or ModelUnavailable with what was spent."""
        session = ModelSession(self._model_client, request)
        language = request.options.language
        try:
            translation, faults = await _translate(session, original, language)
        except ModelFailed as failure:
            raise session.error(failure) from failure
        structural = next((fault for fault in faults if fault.rule in STRUCTURAL_RULES), None)
        if structural:
            raise Permanent(_unfit_translation(structural), spent=session.spent)
        script = await asyncio.to_thread(build_dub, original, translation, language)
        return WrittenScript(script=script, spent=session.spent)


async def _translate(
    session: ModelSession, original: Original, language: str
) -> tuple[Translation, Sequence[ScriptFault]]:
    """The best version the model gave, and its faults."""
    parts: tuple[str, ...] = (await asyncio.to_thread(describe_original, original, language),)
    best: tuple[Translation, Sequence[ScriptFault]] | None = None
    correction: tuple[str, ...] = ()
    for _ in range(1 + MAX_CORRECTIONS):
        try:
            reply = await session.ask(
                "translate",
                step="translating",
                instructions="translate",
                parts=(*parts, *correction),
                result=Translation,
            )
        except ModelFailed as failure:
            if best is None or failure.retryable:
                raise
            break
        faults = await asyncio.to_thread(check_translation, original, reply.value, language)
        if best is None or _count_structural(faults) < _count_structural(best[1]) or len(faults) < len(best[1]):
            best = reply.value, faults
        if not faults:
            break
        correction = (request_correction(reply.value, faults),)
    assert best is not None
    return best


def _count_structural(faults: Sequence[ScriptFault]) -> int:
    return sum(fault.rule in STRUCTURAL_RULES for fault in faults)


def _unfit_translation(fault: ScriptFault) -> Problem:
    return Problem(
        code="translation-unfit",
        title="The translation cannot be used",
        detail=f"The model's translation was still faulty after it was corrected: {clean_line(fault.message)}",
        remedy="Retry the video, or send your own translation as a document.",
        retryable=True,
    )
