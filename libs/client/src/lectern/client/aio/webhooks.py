"""Webhooks and what was sent to them."""

from __future__ import annotations

from typing import TypeAlias, Unpack

from lectern.client.aio.transport import AsyncTransport
from lectern.client.bodies import WebhookChange, WebhookRequest
from lectern.client.calls import NO_ANSWER, fill_path, make_call
from lectern.client.models import DeliveryEntry, DeliveryList, Webhook, WebhookList, WebhookWithSecret

WebhookEntries: TypeAlias = list[Webhook]


class AsyncWebhooks:
    """`/v1/webhooks`. What a webhook receives is checked by `verify_webhook`."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(
        self, *, idempotency_key: str | None = None, **request: Unpack[WebhookRequest]
    ) -> WebhookWithSecret:
        """Register a webhook. Its secret is shown this once."""
        return await self._transport.ask(
            make_call("POST", "/v1/webhooks", WebhookWithSecret, body=request, repetition="keyed", key=idempotency_key)
        )

    async def list(self) -> WebhookEntries:
        """All webhooks."""
        return (await self._transport.ask(make_call("GET", "/v1/webhooks", WebhookList))).data

    async def get(self, webhook_id: str) -> Webhook:
        """One webhook."""
        return await self._transport.ask(make_call("GET", fill_path("/v1/webhooks/{}", webhook_id), Webhook))

    async def change(self, webhook_id: str, **changes: Unpack[WebhookChange]) -> Webhook:
        """Change a webhook; what is left out stays."""
        path = fill_path("/v1/webhooks/{}", webhook_id)
        return await self._transport.ask(make_call("PATCH", path, Webhook, body=changes))

    async def delete(self, webhook_id: str) -> None:
        """Delete a webhook."""
        await self._transport.ask(make_call("DELETE", fill_path("/v1/webhooks/{}", webhook_id), NO_ANSWER))

    async def rotate_secret(self, webhook_id: str) -> WebhookWithSecret:
        """Replace a webhook's secret; both sign for a day."""
        path = fill_path("/v1/webhooks/{}/rotate-secret", webhook_id)
        return await self._transport.ask(make_call("POST", path, WebhookWithSecret, repetition="unsafe"))

    async def send_test(self, webhook_id: str) -> DeliveryEntry:
        """Send a test event."""
        path = fill_path("/v1/webhooks/{}/test", webhook_id)
        return await self._transport.ask(make_call("POST", path, DeliveryEntry, repetition="unsafe"))

    async def list_deliveries(
        self, webhook_id: str, *, limit: int | None = None, after: str | None = None
    ) -> DeliveryList:
        """One page of what was sent, newest first."""
        path = fill_path("/v1/webhooks/{}/deliveries", webhook_id)
        return await self._transport.ask(make_call("GET", path, DeliveryList, query={"limit": limit, "after": after}))

    async def get_delivery(self, webhook_id: str, delivery_id: str) -> DeliveryEntry:
        """One delivery with its attempts."""
        path = fill_path("/v1/webhooks/{}/deliveries/{}", webhook_id, delivery_id)
        return await self._transport.ask(make_call("GET", path, DeliveryEntry))

    async def redeliver(self, webhook_id: str, delivery_id: str) -> DeliveryEntry:
        """Send an event again, with the same id."""
        path = fill_path("/v1/webhooks/{}/deliveries/{}/redeliver", webhook_id, delivery_id)
        return await self._transport.ask(make_call("POST", path, DeliveryEntry, repetition="unsafe"))
