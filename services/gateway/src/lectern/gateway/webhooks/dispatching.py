"""Makes the attempts that are due. Every gateway runs a dispatcher; each attempt is claimed by one of them."""

from __future__ import annotations

import asyncio
import time

import msgspec
import nats.errors
import structlog
from nats.js import errors as js_errors

from lectern.contracts.events import now
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.schemas import DeliveryState
from lectern.gateway.webhooks.deliveries import Deliveries, DeliveryAttempt, WebhookDelivery
from lectern.gateway.webhooks.endpoints import Endpoints, WebhookEndpoint
from lectern.gateway.webhooks.retrying import Verdict, judge, note_reply
from lectern.gateway.webhooks.schedule import DispatchLimits, DispatchSchedule, DueDelivery
from lectern.gateway.webhooks.sending import TIMEOUT_SECONDS, Reply, Sender
from lectern.gateway.webhooks.signing import sign
from lectern.gateway.webhooks.targets import parse_target
from lectern.worker import Meter, Transient, wait_until_done

CLAIM_SECONDS = 2 * TIMEOUT_SECONDS  # after which a claim's gateway must have died
RETRY_SECONDS = 1.0  # until a delivery that could not be read or written is looked at again
LONGEST_WAIT = 60.0  # seconds; a machine that slept notices within this time
_OUTAGES = (nats.errors.Error, js_errors.Error, Transient, TimeoutError, ConnectionError)


class Dispatcher:
    """Sends what is due, within limits. `claim_seconds` is how long it believes in another gateway's claim.

    A claim's age is counted from when this process saw it: no two machines' clocks are compared.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        deliveries: Deliveries,
        sender: Sender,
        *,
        allow_loopback: bool = False,
        metrics: GatewayMetrics | None = None,
        limits: DispatchLimits | None = None,
        claim_seconds: float = CLAIM_SECONDS,
    ) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._sender = sender
        self._allow_loopback = allow_loopback
        self._metrics = metrics or GatewayMetrics(Meter())
        self._claim_seconds = claim_seconds
        self._schedule = DispatchSchedule(limits or DispatchLimits(), self._find_owner)
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._logger = structlog.get_logger("lectern.gateway.webhooks")
        deliveries.listener = self._on_delivery

    def _find_owner(self, endpoint_id: str) -> str:
        endpoint = self._endpoints.get_mirrored(endpoint_id)
        return f"owner:{endpoint.owner}" if endpoint else endpoint_id

    def _on_delivery(self, endpoint_id: str, delivery_id: str, delivery: WebhookDelivery | None, revision: int) -> None:
        if delivery is None or delivery.state != "pending":
            self._schedule.drop(endpoint_id, delivery_id)
            return
        wait = self._claim_seconds if delivery.claimed else 0.0
        if delivery.due and not delivery.claimed:
            wait = (delivery.due - now()).total_seconds()
        self._schedule.add(endpoint_id, delivery_id, revision, time.monotonic() + wait)
        self._changed.set()

    def measure_backlog(self) -> tuple[int, float]:
        """How many deliveries are not done, and for how many seconds the oldest that is due has waited."""
        return self._schedule.measure_backlog(time.monotonic())

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`. Attempts that run then are cut short: their claims run out, and they are repeated."""
        await self._endpoints.wait_until_current()
        try:
            while not stop.is_set():
                self._changed.clear()
                self._start_due()
                at = time.monotonic()
                due = self._schedule.find_next(at)
                wait = LONGEST_WAIT if due is None else min(due - at, LONGEST_WAIT)
                waiting = asyncio.create_task(self._wait_for_change(wait))
                await wait_until_done(waiting, stop)
                waiting.cancel()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait_for_change(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    def _start_due(self) -> None:
        while taken := self._schedule.take(time.monotonic()):
            due, owner = taken
            task = asyncio.create_task(self._attempt(due), name=f"webhook:{due.delivery}")
            self._tasks.add(task)

            def finish(task: asyncio.Task[None], due: DueDelivery = due, owner: str = owner) -> None:
                self._tasks.discard(task)
                self._schedule.finish(due, owner)
                self._changed.set()

            task.add_done_callback(finish)

    async def _attempt(self, due: DueDelivery) -> None:
        try:
            await self._deliver(due)
        except Exception as error:
            outage = isinstance(error, _OUTAGES)
            write = self._logger.warning if outage else self._logger.error
            write("cannot deliver", action="retry", delivery=due.delivery, error=repr(error)[:200])
            wait = RETRY_SECONDS if outage else self._claim_seconds
            self._schedule.add(due.endpoint, due.delivery, due.revision, time.monotonic() + wait)

    async def _deliver(self, due: DueDelivery) -> None:
        """Make one attempt, unless another gateway was first; whoever changes the delivery tells all by the mirror."""
        stored = await self._deliveries.read(due.endpoint, due.delivery)
        if stored is None:
            self._schedule.drop(due.endpoint, due.delivery)
            return
        delivery, revision = stored
        if revision != due.revision:
            self._on_delivery(due.endpoint, due.delivery, delivery, revision)
            return
        endpoint = self._endpoints.get_mirrored(due.endpoint)
        if endpoint is None:
            await self._deliveries.delete(due.endpoint, due.delivery)
            return
        if not endpoint.enabled:
            attempt = DeliveryAttempt(at=now(), seconds=0.0, error="the endpoint is disabled")
            await self._deliveries.replace(delivery.attempt(attempt, "failed", None), revision)
            return
        if endpoint.paused_until and endpoint.paused_until > now():
            later = msgspec.structs.replace(delivery, due=endpoint.paused_until, claimed=False)
            await self._deliveries.replace(later, revision)
            return
        claim = msgspec.structs.replace(delivery, claimed=True, claims=delivery.claims + 1)
        claimed = await self._deliveries.replace(claim, revision)
        if claimed is not None:
            await self._send(endpoint, claim, claimed)

    async def _send(self, endpoint: WebhookEndpoint, claim: WebhookDelivery, revision: int) -> None:
        at = now()
        try:
            target = parse_target(endpoint.url, allow_loopback=self._allow_loopback)
        except ValueError as error:  # what was allowed when it was registered need not be now
            reply = Reply(error=f"its URL {error}")
        else:
            headers = sign(claim.id, at, claim.body, endpoint.list_keys(at))
            reply = await self._sender.send(target, headers, claim.body.encode())
        verdict = judge(reply, claim.tries + 1, now())
        attempt = DeliveryAttempt(at=at, seconds=reply.seconds, status=reply.status, error=verdict.error)
        state: DeliveryState = "delivered" if verdict.delivered else "pending" if verdict.due else "failed"
        await self._deliveries.replace(claim.attempt(attempt, state, verdict.due), revision)
        self._metrics.webhook_attempts.inc("retried" if state == "pending" else state)
        self._metrics.webhook_seconds.observe(reply.seconds)
        await self._note(endpoint, reply, verdict)
        self._logger.info(
            "webhook sent", action="webhook", delivery=claim.id, endpoint=endpoint.id, state=state, status=reply.status
        )

    async def _note(self, endpoint: WebhookEndpoint, reply: Reply, verdict: Verdict) -> None:
        """Remember what the reply says about the endpoint; most say nothing new, and nothing is written."""
        at = now()
        if note_reply(endpoint, reply, verdict, at) != endpoint:
            await self._endpoints.change(endpoint.id, lambda newest: note_reply(newest, reply, verdict, at))
