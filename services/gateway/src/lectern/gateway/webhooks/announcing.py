"""Makes a delivery for each endpoint that wants to be told of an event, by following the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from nats.aio.msg import Msg

from lectern.contracts import events as e
from lectern.gateway.webhooks.deliveries import Deliveries, WebhookDelivery, make_delivery_id
from lectern.gateway.webhooks.endpoints import Endpoints, WebhookEndpoint
from lectern.gateway.webhooks.payloads import make_video_body, name_event
from lectern.worker import EventLog

TellBatchEnd: TypeAlias = Callable[[str, str], Awaitable[None]]
_ENDS = (e.VideoCompleted, e.VideoFailed, e.VideoCancelled)


class Announcer:
    """Turns events into deliveries. A message that comes again makes the same ones, which exist already.

    `tell_batch_end` gets the batch and the owner of each video that has ended.
    """

    def __init__(
        self, event_log: EventLog, endpoints: Endpoints, deliveries: Deliveries, tell_batch_end: TellBatchEnd
    ) -> None:
        self._event_log = event_log
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._tell_batch_end = tell_batch_end

    async def announce_messages(self, messages: list[Msg]) -> None:
        """Announce the events of some messages."""
        await self._endpoints.wait_until_current()
        for message in messages:
            try:
                event = e.decode(message.data)
            except ValueError:
                continue  # of a later version; a gateway of that version announces its next one
            await self.announce(event, message.metadata.sequence.stream, message.metadata.timestamp)

    async def announce(self, event: e.AnyEvent, sequence: int, stored_at: datetime) -> None:
        """Make the deliveries of one event. An endpoint is not told of what was stored before it was made."""
        name = name_event(event)
        if name is None:
            return
        own = [each for each in self._endpoints.of_owner(event.owner) if each.enabled and each.created_at <= stored_at]
        if not own:
            return
        told = [endpoint for endpoint in own if name in endpoint.events]
        log = await self._event_log.read(event.video_id, at_least=sequence)
        if log.is_deleted:  # meanwhile: nothing more is told of it
            return
        body = make_video_body(name, log, sequence) if told else ""
        for endpoint in told:
            await self._deliveries.create(make_delivery(endpoint, name, event, body))
        requested = log.state.requested
        if isinstance(event, _ENDS) and requested and requested.batch:
            await self._tell_batch_end(requested.batch, event.owner)


def make_delivery(endpoint: WebhookEndpoint, name: str, event: e.AnyEvent, body: str) -> WebhookDelivery:
    """The delivery of an event of the log to an endpoint."""
    return WebhookDelivery(
        id=make_delivery_id(endpoint.id, e.message_id(event), event.at),
        endpoint=endpoint.id,
        event=name,
        video=event.video_id,
        body=body,
        created_at=e.now(),
        due=event.at,
    )
