"""Maps endpoints and deliveries (msgspec) to the API's JSON (pydantic)."""

from __future__ import annotations

from typing import Any

from lectern.contracts.events import now
from lectern.gateway import schemas
from lectern.gateway.webhooks.deliveries import WebhookDelivery
from lectern.gateway.webhooks.endpoints import WebhookEndpoint


def map_webhook(endpoint: WebhookEndpoint) -> schemas.Webhook:
    """An endpoint without its secrets."""
    return schemas.Webhook.model_validate(_shared_fields(endpoint))


def map_new_webhook(endpoint: WebhookEndpoint) -> schemas.WebhookWithSecret:
    """An endpoint with its newest secret."""
    fields = {**_shared_fields(endpoint), "secret": endpoint.secrets[0].key}
    return schemas.WebhookWithSecret.model_validate(fields)


def map_delivery(delivery: WebhookDelivery) -> schemas.DeliveryEntry:
    """A delivery with its attempts."""
    return schemas.DeliveryEntry(
        id=delivery.id,
        webhook_id=delivery.endpoint,
        event=delivery.event,
        video_id=delivery.video or None,
        status=delivery.state,
        created_at=delivery.created_at,
        next_attempt_at=delivery.due if delivery.state == "pending" else None,
        attempts=[
            schemas.WebhookAttempt.model_validate(attempt, from_attributes=True) for attempt in delivery.attempts
        ],
        body=delivery.body,
    )


def _shared_fields(endpoint: WebhookEndpoint) -> dict[str, Any]:
    shown = ("id", "url", "description", "enabled", "note", "failing_since", "created_at")
    at = now()
    signing = [secret.until for secret in endpoint.secrets if secret.until is not None and secret.until > at]
    return {
        "events": list(endpoint.events),
        **{name: getattr(endpoint, name) for name in shown},
        "old_secret_until": max(signing, default=None),
    }
