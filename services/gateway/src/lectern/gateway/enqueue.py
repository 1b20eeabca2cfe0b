"""Adding a new video to the log, once for each Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from fastapi import Response

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.log import VideoLog
from lectern.gateway import problem_types
from lectern.gateway.access.quotas import WantedVideo
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.idempotency import StoredResponse, make_fingerprint, run_once
from lectern.gateway.refusals import refuse
from lectern.gateway.responses import make_accepted_headers, make_video
from lectern.gateway.room import require_room
from lectern.gateway.schemas import DubRequest, VideoRequest
from lectern.tracing import current_traceparent
from lectern.worker import Missing, ObjectStore

PUBLISH_TIMEOUT_SECONDS = 5.0


async def enqueue_video(
    deps: GatewayDeps,
    request: VideoRequest | DubRequest,
    make_event: Callable[[str], e.VideoRequested],
    *,
    operation: str,
    idempotency_key: str,
    fingerprint: str = "",
) -> Response:
    """Store the request's document and publish the event made for the new video's id; respond with the video.

    `operation` is what the key is unique for, `fingerprint` what must be the same with it: by default the request.
    Raises what `make_event` raises.
    """

    async def work(video_id: str) -> StoredResponse:
        log = await deps.event_log.read(video_id) if idempotency_key else VideoLog()
        if not log:
            log = await _publish(deps, request, make_event(video_id))
        return StoredResponse(
            status=202,
            headers=make_accepted_headers(video_id),
            body=make_video(log).model_dump_json(),
            media_type="application/json",
        )

    fingerprint = fingerprint or make_fingerprint(request)
    return await run_once(deps.stored_responses, idempotency_key, operation, fingerprint, work)


async def publish_request(deps: GatewayDeps, request: VideoRequest | DubRequest, event: e.VideoRequested) -> VideoLog:
    """Store a request's document and publish its event, unless an earlier try has; returns the video's log."""
    return await deps.event_log.read(event.video_id) or await _publish(deps, request, event)


async def _publish(deps: GatewayDeps, request: VideoRequest | DubRequest, event: e.VideoRequested) -> VideoLog:
    (event,) = await _admit(deps, [event])
    if request.document:
        markdown = request.document.markdown.encode()
        await deps.connections.store.put(keys.document(event.video_id), markdown, "text/markdown; charset=utf-8")
    return await _append_first(deps, event)


async def publish_together(deps: GatewayDeps, events: Sequence[e.VideoRequested]) -> list[VideoLog]:
    """Publish the requests of several videos that were made for one, unless an earlier try has; returns their logs.

    Quotas let all of them in, or none. None of them has a document.
    """
    logs = {event.video_id: await deps.event_log.read(event.video_id) for event in events}
    for event in await _admit(deps, [event for event in events if not logs[event.video_id]]):
        logs[event.video_id] = await _append_first(deps, event)
    return [logs[event.video_id] for event in events]


async def _admit(deps: GatewayDeps, events: Sequence[e.VideoRequested]) -> list[e.VideoRequested]:
    """The events as their owner's, and with the costs that its quotas leave. Every new video comes by here."""
    if events:
        await require_room(deps)
    wanted = [WantedVideo(event.video_id, event.options.max_cost_usd) for event in events]
    ceilings = await deps.access.quotas.admit(deps.principal, wanted)
    return [
        _assign_owner(
            msgspec.structs.replace(event, options=msgspec.structs.replace(event.options, max_cost_usd=ceiling)),
            deps.principal.owner,
        )
        for event, ceiling in zip(events, ceilings, strict=True)
    ]


async def _append_first(deps: GatewayDeps, event: e.VideoRequested) -> VideoLog:
    event = await _keep_script(deps.connections.store, event)
    event = msgspec.structs.replace(event, traceparent=current_traceparent())
    return VideoLog([(await deps.event_log.publish(event, patience=PUBLISH_TIMEOUT_SECONDS), event)])


async def _keep_script(store: ObjectStore, event: e.VideoRequested) -> e.VideoRequested:
    """The event of a dub or variant with a script of its own, which stays when the original is deleted.

    Raises a 410 when that has gone already.
    """
    variant, dub = event.variant, event.brief.dub
    source = dub.script_key if dub else variant.script_key if variant else ""
    if not source:
        return event
    own = keys.script(event.video_id, source.rpartition("/")[2].removesuffix(".json"))
    try:
        await store.put(own, await store.get(source), "application/json")
    except Missing:
        raise refuse(problem_types.VIDEO_DELETED, "The original was deleted meanwhile.") from None
    replace = msgspec.structs.replace
    return replace(
        event,
        variant=replace(variant, script_key=own) if variant else None,
        brief=replace(event.brief, dub=replace(dub, script_key=own) if dub else None),
    )


def _assign_owner(event: e.VideoRequested, owner: str) -> e.VideoRequested:
    """The event as its owner's: it refers to the owner's own uploads, whoever else uploaded the same files."""
    replace = msgspec.structs.replace
    assets = {name: _find_own(key, owner) for name, key in event.brief.assets.items()}
    options = replace(event.options, music_key=_find_own(event.options.music_key, owner))
    if options.brand:
        options = replace(options, brand=replace(options.brand, logo_key=_find_own(options.brand.logo_key, owner)))
    return replace(event, owner=owner, brief=replace(event.brief, assets=assets), options=options)


def _find_own(key: str, owner: str) -> str:
    prefix = keys.asset("")
    sha256 = key.removeprefix(prefix)
    return keys.asset(sha256, owner) if key.startswith(prefix) and "/" not in sha256 else key
