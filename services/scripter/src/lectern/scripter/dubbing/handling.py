"""Dubbing as part of the scripter's work: fetches the original, and has its words translated."""

from __future__ import annotations

import asyncio

from lectern.contracts.events import VideoRequested
from lectern.contracts.options import Dub
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.markdown import parse
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.documents import decoded
from lectern.scripter.dubbing.dubbed import Original, from_document
from lectern.scripter.writer import Terms, Written
from lectern.scripter.writing import over_deliveries
from lectern.worker import Job, Missing, Permanent


async def dub(wanted: Dub, event: VideoRequested, job: Job[ScripterDeps]) -> Written:
    """The script of a dubbed video: from a document that came along, else from a model. Raises Permanent, ModelAway."""
    original = await _original(wanted, job)
    language = event.options.language
    if event.brief.document_key:
        text = decoded(await job.store.get(event.brief.document_key))
        document = await asyncio.to_thread(parse, text, language=language)
        return Written(script=from_document(original, document, language))
    translator = job.deps.translator
    if translator is None:
        raise Permanent(
            Problem(
                code="no-model",
                title="Nobody is there to translate",
                detail="No model is set up, and no translation came along.",
                remedy="Send your translation of the script as `document`, or set GEMINI_API_KEY or an "
                "OpenAI-compatible endpoint.",
            )
        )
    await job.progress(0, 1, "writing", step="translating")

    async def translated(spent_usd: float) -> Written:
        return await translator.translate(original, event.options, Terms(spent_usd=spent_usd, fresh=event.revision > 1))

    return await over_deliveries(event, job, translated)


async def _original(wanted: Dub, job: Job[ScripterDeps]) -> Original:
    try:
        script = await job.store.get_json(wanted.script_key, Script)
        codes = [(await job.store.get(key)).decode() for key in wanted.codes]
    except Missing as missing:
        if job.attempt < job.attempts:
            raise
        raise Permanent(
            Problem(
                code="original-gone",
                title="The original is not there any more",
                detail=f"The script or a picture of video {wanted.video_id} has been deleted: {missing}.",
                remedy="Make the original again (POST …/retry), then dub it.",
            )
        ) from missing
    return Original(script=script, codes=tuple(codes))
