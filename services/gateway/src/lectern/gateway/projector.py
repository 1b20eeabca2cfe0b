"""Keeps the views in step with the log: a durable consumer of every fact, and a rebuild of what is missing."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Iterable

import msgspec
import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js import errors as js_errors

from lectern.contracts import subjects
from lectern.contracts.topology import PROJECTOR, VIDEOS
from lectern.gateway import mapping
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.views import VERSION, View, Views
from lectern.worker import EventLog, Transient

_BATCH = 64
_WAIT = 5.0  # seconds one pull waits for a message
_TOGETHER = 0.02  # seconds in which further facts join a batch: one fold then serves several
_TROUBLE = (nats.errors.Error, js_errors.Error, Transient, TimeoutError)


class Projector:
    """Writes views. A view is always made from the whole log, so it cannot drift and may be made twice."""

    def __init__(self, nats: Client, log: EventLog, views: Views, metrics: GatewayMetrics) -> None:
        self._nats = nats
        self._log = log
        self._views = views
        self._metrics = metrics
        self._told = structlog.get_logger("lectern.gateway.projector")

    async def run(self, stop: asyncio.Event) -> None:
        """Rebuilds what is missing, then follows the log until `stop`."""
        while not stop.is_set():
            try:
                await self.rebuild()
                break
            except _TROUBLE as error:
                self._told.warning("cannot rebuild views", action="retry", error=type(error).__name__)
                await _pause(stop, 1.0)
        subscription = await self._nats.jetstream(timeout=5).pull_subscribe_bind(PROJECTOR, VIDEOS)
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                following = asyncio.create_task(self._follow(subscription))
                await asyncio.wait({following, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not following.done():
                    following.cancel()
                    await asyncio.gather(following, return_exceptions=True)
                    break
                if trouble := following.exception():
                    self._told.warning("cannot project", action="retry", error=repr(trouble))
                    await _pause(stop, 1.0)
        finally:
            stopping.cancel()
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()  # without this the server keeps our last pull and loses a fact to it

    async def _follow(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            messages = await subscription.fetch(1, timeout=_WAIT)
        except TimeoutError:
            return
        with contextlib.suppress(TimeoutError):
            messages += await subscription.fetch(_BATCH - 1, timeout=_TOGETHER)
        try:
            await self._project_all(messages)
        except BaseException:
            for message in messages:
                with contextlib.suppress(*_TROUBLE):
                    await message.nak(delay=1)
            raise
        for message in messages:
            await message.ack()

    async def _project_all(self, messages: Iterable[Msg]) -> None:
        newest: dict[str, int] = {}
        for message in messages:
            video_id = message.subject.split(".")[2]
            newest[video_id] = max(newest.get(video_id, 0), message.metadata.sequence.stream)
        for video_id, seq in newest.items():
            view = self._views.get(video_id)
            if view is None or view.seq < seq:
                await self.project(video_id, at_least=seq)

    async def project(self, video_id: str, *, at_least: int = 0) -> None:
        """Writes one video's view from its log. An event this version does not know does not hold it up."""
        try:
            log = await self._log.read(video_id, at_least=at_least)
        except Transient:
            log = await self._log.read(video_id)
        if not log:
            return
        state = log.state
        view = View(
            version=VERSION,
            seq=log[-1][0],
            events=len(log),
            status=state.status(),
            summary=msgspec.Raw(mapping.summary(state, video_id, log[0][1]).model_dump_json().encode()),
        )
        if await self._views.write(video_id, view):
            self._metrics.projected.inc()

    async def rebuild(self) -> int:
        """Makes views that are absent, of another version or short of events; forgets those whose log is gone.

        Returns how many were made. Events that arrive meanwhile are the durable consumer's.
        """
        await self._views.current()
        counts, last = await self._counts()
        made = 0
        for video_id, events in counts.items():
            view = self._views.get(video_id)
            if view is None or view.events < events:
                await self.project(video_id)
                made += 1
        for video_id in self._views.ids():
            view = self._views.get(video_id)
            if video_id not in counts and view and view.seq <= last:
                await self._views.forget(video_id)
        if made:
            self._told.info("views rebuilt", action="rebuilt", made=made)
        return made

    async def _counts(self) -> tuple[Counter[str], int]:
        """How many events each video has, and the stream's last sequence, from the server's index of subjects."""
        counts: Counter[str] = Counter()
        offset = 0
        while True:
            query = {"subjects_filter": subjects.EVERY_VIDEO, "offset": offset}
            reply = await self._nats.request(f"$JS.API.STREAM.INFO.{VIDEOS}", json.dumps(query).encode(), timeout=10)
            answer = json.loads(reply.data)
            found = answer.get("state", {}).get("subjects") or {}
            for subject, events in found.items():
                counts[subject.split(".")[2]] += events
            offset += len(found)
            if not found or offset >= answer.get("total", 0):
                return counts, int(answer.get("state", {}).get("last_seq", 0))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
