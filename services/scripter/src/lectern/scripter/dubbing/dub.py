"""The script of a dub: the original is loaded, and its words are translated."""

from __future__ import annotations

import asyncio

from lectern.contracts.options import Dub
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.documents import decode_document
from lectern.scripter.dubbing.original import Original, dub_from_document
from lectern.scripter.writer import WritingRequest, WrittenScript
from lectern.worker import Job, Missing, Permanent


async def write_dub(dub: Dub, request: WritingRequest, job: Job[ScripterDeps]) -> WrittenScript:
    """The script of a dub: from the user's translation if there is one, else from a model.

    Raises ProblemError for a translation that cannot be used, Permanent without a model, and what the model's
    translator raises.
    """
    original = await _load_original(dub, job)
    if request.brief.document_key:
        language = request.options.language
        text = decode_document(await job.store.get(request.brief.document_key))
        document = await job.deps.reader.parse(text, language=language)
        return WrittenScript(script=await asyncio.to_thread(dub_from_document, original, document, language))
    translator = job.deps.translator
    if translator is None:
        raise Permanent(
            Problem(
                code="no-model",
                title="No translator is configured",
                detail="No model is configured, and the request has no translation.",
                remedy="Send your translation of the script as `document`, or set GEMINI_API_KEY or an "
                "OpenAI-compatible endpoint.",
            )
        )
    await job.progress(0, 1, "writing", step="translating")
    return await translator.translate(original, request)


async def _load_original(dub: Dub, job: Job[ScripterDeps]) -> Original:
    try:
        script = await job.store.get_json(dub.script_key, Script)
        codes = [(await job.store.get(key)).decode() for key in dub.codes]
    except Missing as missing:
        if job.attempt < job.attempts:
            raise
        raise Permanent(
            Problem(
                code="original-gone",
                title="The original no longer exists",
                detail=f"The script or a scene's code of video {dub.video_id} has been deleted: {missing}.",
                remedy="Make the original again (POST …/retry), then dub it.",
            )
        ) from missing
    return Original(script=script, codes=tuple(codes))
