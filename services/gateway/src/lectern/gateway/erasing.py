"""Deleting a video: a fact in its log first, then everything that is the video's own is erased.

Whoever finds the fact finishes the work: the request itself, or the eraser of any gateway, which looks again later for
what a stage that had not heard of it has written meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js import errors as js_errors

from lectern.contracts import events as e
from lectern.contracts import keys, subjects
from lectern.contracts.log import VideoLog
from lectern.contracts.topology import ERASER, STAGE_INPUTS, VIDEOS
from lectern.gateway.access.principal import Principal
from lectern.gateway.batch_ends import tell_batch_end
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.handlers import delete
from lectern.gateway.idempotency import forget_claim
from lectern.gateway.projection import make_view
from lectern.gateway.refusals import refuse_busy
from lectern.gateway.video_log import MAX_APPENDS, read_remains
from lectern.worker import Transient, map_concurrently, wait_for, wait_until_done

MAX_ERASURES = 8  # objects or tallies at once
PULL_SECONDS = 5.0
RETRY_SECONDS = 5.0
# Seconds after a deletion at which it is looked at again. A stage that missed the signal stops at its next heartbeat
# (10 s); one that is cut off from the log may still finish an upload.
LATER_LOOKS = (60.0, 900.0)
_OUTAGES = (nats.errors.Error, js_errors.Error, Transient, TimeoutError)
_STAGE_INPUTS = tuple({kind for inputs in STAGE_INPUTS.values() for kind in inputs})


async def delete_video(deps: GatewayDeps, video_id: str) -> None:
    """Delete a video, once or again. Raises a 404 for an unknown one.

    Once the deletion is recorded the video is gone for everybody; files that cannot be erased now are erased later.
    """
    before = await _record_deletion(deps, video_id)
    if before and before.state.requested and (batch := before.state.requested.batch):
        await tell_batch_end(deps, batch, before.owner)
    await deps.connections.bus.publish(subjects.cancel(video_id), b"0")  # every revision
    try:
        await erase_video(deps, video_id)
    except _OUTAGES as error:
        structlog.get_logger("lectern.gateway").warning(
            "could not erase a deleted video yet", action="retry", video=video_id, error=repr(error)[:200]
        )


async def _record_deletion(deps: GatewayDeps, video_id: str) -> VideoLog | None:
    """Returns what the video was until then; None if it was deleted before."""
    for _ in range(MAX_APPENDS):
        log = await read_remains(deps, video_id)
        event = delete(log)
        if event is None:
            return None
        if await deps.event_log.append(event, log.last) is not None:
            return log
    raise refuse_busy()


async def erase_video(deps: GatewayDeps, video_id: str) -> None:
    """Erase what belongs to a deleted video alone. Safe to repeat; raises Transient or a NATS error to be repeated.

    What stages have cached stays: it is stored under the hash of its inputs, and may be any other video's, too.
    """
    log = await deps.event_log.read(video_id)
    if not log.is_deleted:
        return
    if deps.principal.owner != log.owner:
        deps = deps.act_for(Principal(owner=log.owner))
    await deps.views.write(video_id, make_view(log))
    store = deps.connections.store
    await map_concurrently(store.delete, await store.list_keys(keys.video_folder(video_id)), limit=MAX_ERASURES)
    await deps.connections.dead_letters.erase(video_id)
    await _erase_tallies(deps, log)
    await deps.webhook_deliveries.erase(video_id)
    await forget_claim(deps.stored_responses, video_id)
    for pattern in (video_id, f"{video_id}.*"):
        await deps.access.shares.purge(pattern)
    await deps.event_log.erase(video_id)


async def _erase_tallies(deps: GatewayDeps, log: VideoLog) -> None:
    sequences = [str(sequence) for sequence, event in log if isinstance(event, _STAGE_INPUTS)]
    await map_concurrently(lambda each: deps.connections.tallies.purge(f"*.{each}"), sequences, limit=MAX_ERASURES)


class Eraser:
    """Follows deletions and erases. Replicas share the durable consumer, so a deletion outlives any of them."""

    def __init__(self, nats: Client, erase: Callable[[str], Awaitable[None]]) -> None:
        self._nats = nats
        self._erase = erase
        self._logger = structlog.get_logger("lectern.gateway.eraser")

    async def run(self, stop: asyncio.Event) -> None:
        """Erase what is deleted until `stop`."""
        subscription = await self._nats.jetstream(timeout=5).pull_subscribe_bind(ERASER, VIDEOS)
        try:
            while not stop.is_set():
                following = asyncio.create_task(self._follow(subscription))
                if not await wait_until_done(following, stop):
                    following.cancel()
                    await asyncio.gather(following, return_exceptions=True)
                    break
                if failure := following.exception():
                    self._logger.warning("cannot erase", action="retry", error=repr(failure)[:200])
                    await wait_for(stop, 1.0)
        finally:
            with contextlib.suppress(nats.errors.Error):  # or the server keeps our last pull and loses an event to it
                await subscription.unsubscribe()

    async def _follow(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            (message,) = await subscription.fetch(1, timeout=PULL_SECONDS)
        except TimeoutError:
            return
        try:
            await self._erase(e.decode(message.data).video_id)
        except BaseException:
            with contextlib.suppress(*_OUTAGES):
                await message.nak(delay=RETRY_SECONDS)
            raise
        later = _find_later_look(message)
        await (message.ack() if later is None else message.nak(delay=later))


def _find_later_look(message: Msg) -> float | None:
    """Seconds until the deletion is to be looked at again; None when it was the last time."""
    age = (datetime.now(UTC) - message.metadata.timestamp).total_seconds()
    return next((look - age for look in LATER_LOOKS if look > age), None)
