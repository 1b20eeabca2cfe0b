"""Changing a video's script, once for each Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from fastapi import Response
from pydantic import BaseModel

from lectern.contracts.log import VideoLog
from lectern.contracts.script import Script
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.handlers.script_events import ScriptChange
from lectern.gateway.idempotency import StoredResponse, make_fingerprint, run_once
from lectern.gateway.responses import make_accepted_headers, make_video
from lectern.gateway.video_log import append_script_change, read_video


async def change_script_once(
    deps: GatewayDeps,
    video_id: str,
    handler: Callable[[VideoLog, Script], ScriptChange | None],
    *,
    operation: str,
    idempotency_key: str,
    body: BaseModel | None = None,
) -> Response:
    """Append what a handler makes of a video and its script: 202 with the video, or 200 if nothing was to be done.

    `operation` is what the key is unique for. The event names the claim that it was made under, so that a request
    which was cut off after it does not append a second one. Raises what the handler raises.
    """

    async def work(claim: str) -> StoredResponse:
        cause = f"request:{claim}"
        log = await read_video(deps, video_id)
        changed = bool(idempotency_key) and any(event.cause == cause for event in log.events)
        if not changed:

            def decide(log: VideoLog, script: Script) -> ScriptChange | None:
                change = handler(log, script)
                if change is None or not idempotency_key:
                    return change
                event = msgspec.structs.replace(change.event, cause=cause)
                return msgspec.structs.replace(change, event=event)

            log, event = await append_script_change(deps, video_id, decide)
            changed = event is not None
        return StoredResponse(
            status=202 if changed else 200,
            headers=_make_headers(log, changed=changed),
            body=make_video(log).model_dump_json(),
            media_type="application/json",
        )

    fingerprint = make_fingerprint(body, as_sent=True)
    return await run_once(deps.stored_responses, idempotency_key, operation, fingerprint, work)


def _make_headers(log: VideoLog, *, changed: bool) -> dict[str, str]:
    headers: Mapping[str, str] = make_accepted_headers(log.video_id) if changed else {}
    return {"ETag": f'"{log.last}"', "Cache-Control": "private, no-cache", **headers}
