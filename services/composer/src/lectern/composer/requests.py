"""Answers requests of other services for derived files: each is made once, and found in the store from then on."""

from __future__ import annotations

from pathlib import Path

from lectern.composer.deps import ComposerDeps
from lectern.composer.derived_files import make_derived_file
from lectern.contracts.derived_files import derived_key, derived_media_type
from lectern.contracts.parties import Party
from lectern.contracts.problems import Problem
from lectern.contracts.requests import MAKE_FILE, FileMade, MakeFile
from lectern.worker import (
    KeyLocks,
    Missing,
    ObjectStore,
    Permanent,
    Responder,
    StageMetrics,
    Unavailable,
    find_outage,
    make_work_folder,
)

MAKE_SLOTS = 2  # a short scene takes a tenth of a second, mostly waiting for the store


def build_responder(
    store: ObjectStore, deps: ComposerDeps, scratch: Path | None, metrics: StageMetrics
) -> Responder[MakeFile, FileMade]:
    """Builds the responder that makes derived files. Owners, and videos of nobody, take turns."""
    making = KeyLocks()

    async def answer(message: MakeFile) -> FileMade:
        key = derived_key(message.file)
        async with making.holding(key):  # a player asks for several ranges at once
            info = await store.head(key)
            metrics.count_look("derived-files", hit=info is not None)
            if info is not None:
                return FileMade(key=key, bytes=info.size)
            with make_work_folder("file", scratch) as folder:
                path = await make_derived_file(message.file, store, folder, audio_bitrate=deps.audio_bitrate)
                size = path.stat().st_size
                await store.put_file(key, path, derived_media_type(message.file))
                return FileMade(key=key, bytes=size)

    return Responder(
        request=MAKE_FILE,
        handler=answer,
        failed=lambda error: FileMade(problem=_describe_failure(error, scratch)),
        slots=MAKE_SLOTS,
        turns=lambda message: Party(message.owner, message.video_id),
    )


def _describe_failure(error: Exception, scratch: Path | None) -> Problem:
    match error:
        case Permanent() | Unavailable():
            return error.problem
        case Missing():
            return Problem(
                code="gone",
                title="No longer available",
                detail="The scene was made, but its footage or narration has expired from the object store.",
                remedy="Redo the scene to make it again.",
            )
    outage = find_outage(error, scratch)
    if outage:
        return outage.problem
    return Problem(
        code="file-not-made",
        title="The file could not be made",
        detail=f"The composer failed with {type(error).__name__}.",
        remedy="Try again; if it fails again, redo the scene.",
        retryable=True,
    )
