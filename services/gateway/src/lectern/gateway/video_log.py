"""Reading a video's log, and appending the events that handlers decide on."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.script import Script
from lectern.gateway import problem_types
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.handlers.script_events import ScriptChange, get_script_event
from lectern.gateway.refusals import refuse, refuse_busy, refuse_unknown_video
from lectern.gateway.room import require_room
from lectern.gateway.script_store import read_script, store_change
from lectern.tracing import current_traceparent, link_current

VIDEO_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAX_APPENDS = 20  # attempts while stages append too; each takes milliseconds


BegunWork: TypeAlias = e.ScriptApproved | e.VideoRequested | e.VideoScripted


class Appended(NamedTuple):
    """The video afterwards, and the event that was appended to it; None when there was nothing to do."""

    log: VideoLog
    event: e.AnyEvent | None


def check_video_id(video_id: str) -> str:
    """Return the id unchanged. Raises a 404 if it cannot be one: it becomes part of subjects and keys."""
    if not VIDEO_ID.fullmatch(video_id):
        raise refuse_unknown_video(video_id)
    return video_id


async def read_video(deps: GatewayDeps, video_id: str, *, at_least: int = 0, shared: bool = False) -> VideoLog:
    """Read the video from the log itself, so that the caller sees its own writes; unless the read may be `shared`.

    Raises a 404, the same after the same work, for a video that does not exist and for one of another owner; a 410 for
    one that its owner has deleted.
    """
    log = await read_remains(deps, video_id, at_least=at_least, shared=shared)
    if log.is_deleted:
        raise refuse(problem_types.VIDEO_DELETED, f"The video {video_id} was deleted.")
    return log


async def read_remains(deps: GatewayDeps, video_id: str, *, at_least: int = 0, shared: bool = False) -> VideoLog:
    """Read the video, or what is left of a deleted one. Raises a 404 as `read_video` does."""
    owner = deps.principal.owner
    check_video_id(video_id)
    if deps.principal.key_id:
        found = await deps.event_log.read_owner(video_id)
        if found != owner and (found is not None or not at_least):  # a replica of the log may lag behind the hub
            raise refuse_unknown_video(video_id)
    reading = deps.shared_reads.read(video_id, at_least) if shared else deps.event_log.read(video_id, at_least=at_least)
    log = await reading
    if not log or log.owner != owner:
        raise refuse_unknown_video(video_id)
    return log


async def append_event(deps: GatewayDeps, video_id: str, handler: Callable[[VideoLog], e.AnyEvent | None]) -> Appended:
    """Append the event that a handler makes of the video. Raises what the handler raises."""

    async def decide(log: VideoLog) -> e.AnyEvent | None:
        return handler(log)

    return await _append(deps, video_id, decide)


async def append_script_change(
    deps: GatewayDeps,
    video_id: str,
    handler: Callable[[VideoLog, Script], ScriptChange | None],
    *,
    markdown: bytes | None = None,
) -> Appended:
    """Append what a handler makes of the video and its script, with the script stored first if it is a new one.

    `markdown` is the new script's own Markdown form, if it was written as Markdown. Raises a 409 before there is a
    script, and what the handler raises.
    """

    async def decide(log: VideoLog) -> e.AnyEvent | None:
        script = await read_script(deps.connections.store, get_script_event(log.state).script_key)
        change = handler(log, script)
        if change is None:
            return None
        await store_change(deps.connections.store, change, markdown)
        return change.event

    return await _append(deps, video_id, decide)


async def _append(
    deps: GatewayDeps, video_id: str, decide: Callable[[VideoLog], Awaitable[e.AnyEvent | None]]
) -> Appended:
    """Append a decision, made again from the newest state whenever the log has grown meanwhile.

    The event is read back: a message id that somebody else used first is acknowledged like our own, and would
    otherwise lose one of two simultaneous edits.
    """
    for _ in range(MAX_APPENDS):
        log = await read_video(deps, video_id)
        event = await decide(log)
        if event is None:
            return Appended(log, None)
        if isinstance(event, BegunWork):
            event = await _admit_work(deps, log, event)
            link_current(log.state.traceparent())
        event = msgspec.structs.replace(event, traceparent=current_traceparent())
        sequence = await deps.event_log.append(event, log.last)
        if sequence is None:
            continue
        after = await read_video(deps, video_id, at_least=sequence)
        if e.encode(event) in (e.encode(stored) for at, stored in after if at == sequence):
            return Appended(after, event)
    raise refuse_busy()


async def _admit_work(deps: GatewayDeps, log: VideoLog, event: BegunWork) -> BegunWork:
    """The event with the costs that quotas leave. Whatever makes work on a video that exists comes by here.

    Work on a video that has ended counts as one more at once.
    """
    if log.state.outcome() is None:
        await deps.access.quotas.check_more_work(deps.principal)
        return event
    await require_room(deps)
    spent = sum(usage.cost_usd for usage in log.state.usage())
    ceiling = await deps.access.quotas.admit_again(
        deps.principal, log.video_id, last=log.last, spent=spent, ceiling=event.options.max_cost_usd
    )
    options = msgspec.structs.replace(event.options, max_cost_usd=ceiling)
    return msgspec.structs.replace(event, options=options)


async def record_cancellation(
    deps: GatewayDeps, video_id: str, handler: Callable[[VideoLog], e.VideoCancelled | None]
) -> Appended:
    """End the video with the outcome that a handler returns, exactly once. Raises what the handler raises."""
    while True:
        log = await read_video(deps, video_id)
        event = handler(log)
        if event is None:
            return Appended(log, None)
        if await deps.event_log.record_outcome(event):
            return Appended(await read_video(deps, video_id), event)
