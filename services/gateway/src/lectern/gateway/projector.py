"""Keeps the views in step with the log: a durable consumer of every event, and a rebuild of what is missing."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Iterable

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js import errors as js_errors

from lectern.contracts import subjects
from lectern.contracts.topology import PROJECTOR, VIDEOS
from lectern.gateway.projection import Projection
from lectern.gateway.views import Views
from lectern.worker import Transient, wait_for, wait_until_done

BATCH_SIZE = 64
PULL_SECONDS = 5.0  # how long one pull waits for a message
GATHER_SECONDS = 0.02  # further events join a batch within this time: one fold then serves several
RETRY_SECONDS = 1.0
_OUTAGES = (nats.errors.Error, js_errors.Error, Transient, TimeoutError)


class Projector:
    """Projects each video that has new events. Replicas share the durable consumer."""

    def __init__(self, nats: Client, projection: Projection, views: Views) -> None:
        self._nats = nats
        self._projection = projection
        self._views = views
        self._logger = structlog.get_logger("lectern.gateway.projector")

    async def run(self, stop: asyncio.Event) -> None:
        """Rebuild what is missing, then follow the log until `stop`."""
        while not stop.is_set():
            try:
                await self.rebuild()
                break
            except _OUTAGES as error:
                self._logger.warning("cannot rebuild views", action="retry", error=type(error).__name__)
                await wait_for(stop, RETRY_SECONDS)
        subscription = await self._nats.jetstream(timeout=5).pull_subscribe_bind(PROJECTOR, VIDEOS)
        try:
            while not stop.is_set():
                following = asyncio.create_task(self._follow(subscription))
                if not await wait_until_done(following, stop):
                    following.cancel()
                    await asyncio.gather(following, return_exceptions=True)
                    break
                if failure := following.exception():
                    self._logger.warning("cannot project", action="retry", error=repr(failure))
                    await wait_for(stop, RETRY_SECONDS)
        finally:
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()  # or the server keeps our last pull and loses an event to it

    async def _follow(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            messages = await subscription.fetch(1, timeout=PULL_SECONDS)
        except TimeoutError:
            return
        with contextlib.suppress(TimeoutError):
            messages += await subscription.fetch(BATCH_SIZE - 1, timeout=GATHER_SECONDS)
        try:
            await self._project_all(messages)
        except BaseException:
            for message in messages:
                with contextlib.suppress(*_OUTAGES):
                    await message.nak(delay=1)
            raise
        for message in messages:
            await message.ack()

    async def _project_all(self, messages: Iterable[Msg]) -> None:
        newest: dict[str, int] = {}
        for message in messages:
            video_id = message.subject.split(".")[2]
            newest[video_id] = max(newest.get(video_id, 0), message.metadata.sequence.stream)
        for video_id, sequence in newest.items():
            view = self._views.get(video_id)
            if view is None or view.seq < sequence:
                await self._projection.project(video_id, at_least=sequence)

    async def rebuild(self) -> int:
        """Make views that are absent, of another version or short of events; delete those whose log is gone.

        Returns how many were made. Events that arrive meanwhile are the durable consumer's.
        """
        await self._views.wait_until_current()
        counts, last = await self._count_events()
        made = 0
        for video_id, events in counts.items():
            view = self._views.get(video_id)
            if view is None or view.events < events:
                await self._projection.project(video_id)
                made += 1
        for video_id in self._views.ids():
            view = self._views.get(video_id)
            if video_id not in counts and view and view.seq <= last:
                await self._views.delete(video_id)
        if made:
            self._logger.info("views rebuilt", action="rebuilt", made=made)
        return made

    async def _count_events(self) -> tuple[Counter[str], int]:
        """The number of each video's events, and the stream's last sequence, from the server's index of subjects."""
        counts: Counter[str] = Counter()
        offset = 0
        while True:
            query = {"subjects_filter": subjects.EVERY_VIDEO, "offset": offset}
            reply = await self._nats.request(f"$JS.API.STREAM.INFO.{VIDEOS}", json.dumps(query).encode(), timeout=10)
            info = json.loads(reply.data)
            found = info.get("state", {}).get("subjects") or {}
            for subject, events in found.items():
                counts[subject.split(".")[2]] += events
            offset += len(found)
            if not found or offset >= info.get("total", 0):
                return counts, int(info.get("state", {}).get("last_seq", 0))
