"""The archive of a video: which files it holds, made and measured before the first byte is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import msgspec

from lectern.contracts.derived_files import derived_key
from lectern.contracts.log import VideoLog
from lectern.contracts.narration import Narration
from lectern.gateway.artifacts import Artifact, list_artifacts
from lectern.gateway.contact_sheet import describe_contact_sheet
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.derived import ensure_file
from lectern.gateway.refusals import Refusal, refuse_state
from lectern.gateway.scene_words import map_words
from lectern.gateway.script_store import read_markdown, read_script
from lectern.gateway.zip_stream import ZipEntry
from lectern.worker import Missing, ObjectStore, map_concurrently

MAX_PREPARED = 4  # files made or measured at once


async def prepare_archive(deps: GatewayDeps, log: VideoLog) -> list[ZipEntry]:
    """Everything a video has, ready to be sent. What has expired, or needs a service that is away, is left out.

    Raises a 409 while there is nothing, and a 503 where no composer answers.
    """
    artifacts = list_artifacts(log)
    if not artifacts:
        raise refuse_state("The video has no files yet.", "Wait for its script, or for a scene.")
    prepared = await map_concurrently(lambda artifact: _prepare(deps, log, artifact), artifacts, limit=MAX_PREPARED)
    return [entry for entry in prepared if entry]


async def measure_artifacts(deps: GatewayDeps, log: VideoLog) -> list[Artifact]:
    """A video's files, with the size of each that is in the store."""

    async def measure(artifact: Artifact) -> Artifact:
        if artifact.bytes is not None or not artifact.key:
            return artifact
        info = await deps.connections.store.head(artifact.key)
        return msgspec.structs.replace(artifact, bytes=info.size if info else None)

    return await map_concurrently(measure, list_artifacts(log), limit=MAX_PREPARED * 4)


async def _prepare(deps: GatewayDeps, log: VideoLog, artifact: Artifact) -> ZipEntry | None:
    store = deps.connections.store
    match artifact.kind:
        case "scene_words":
            return _hold(artifact.name, await _write_words(store, log, artifact.scene or 0))
        case "script_markdown":
            try:
                return _hold(artifact.name, await read_markdown(deps, artifact.key.removesuffix(".md") + ".json"))
            except Refusal:
                return None  # it has no Markdown form, or no scripter is there to write it
    key = artifact.key
    try:
        if artifact.kind == "contact_sheet":
            sheet = await describe_contact_sheet(deps, log)
            key = derived_key(sheet)
            await ensure_file(deps, log, sheet)
        elif artifact.derived:
            await ensure_file(deps, log, artifact.derived)
    except Refusal as refusal:
        if refusal.status == 404:
            return None
        raise
    except Missing:
        return None
    info = await store.head(key)
    return ZipEntry(name=artifact.name, size=info.size, open=partial(_read, store, key, info.size)) if info else None


async def _write_words(store: ObjectStore, log: VideoLog, number: int) -> bytes | None:
    facts = log.state.scene(number)
    made_from = facts.rendered or facts.coded or facts.narrated
    if made_from is None:
        return None
    try:
        narration = await store.get_json(made_from.narration.key, Narration)
        script = await read_script(store, made_from.script_key)
    except Missing:
        return None
    return map_words(number, narration, script).model_dump_json().encode()


def _hold(name: str, data: bytes | None) -> ZipEntry | None:
    async def send() -> AsyncIterator[bytes]:
        yield data or b""

    return ZipEntry(name=name, size=len(data), open=send) if data is not None else None


async def _read(store: ObjectStore, key: str, size: int) -> AsyncIterator[bytes]:
    if size:
        async for chunk in store.stream(key, 0, size - 1):
            yield chunk
