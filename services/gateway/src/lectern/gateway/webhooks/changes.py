"""Decisions: what a user's requests make of endpoints and deliveries. None does any I/O."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from lectern.contracts.events import now
from lectern.contracts.problems import FieldError
from lectern.gateway import problem_types
from lectern.gateway.refusals import refuse
from lectern.gateway.schemas import WebhookChange, WebhookEvent, WebhookRequest
from lectern.gateway.webhooks.deliveries import WebhookDelivery
from lectern.gateway.webhooks.endpoints import SigningSecret, WebhookEndpoint
from lectern.gateway.webhooks.payloads import TEST_EVENT, make_body
from lectern.gateway.webhooks.signing import make_secret
from lectern.gateway.webhooks.targets import parse_target


def register(request: WebhookRequest, owner: str, *, allow_loopback: bool) -> Callable[[str], WebhookEndpoint]:
    """The endpoint for an id, with a new secret. Raises a 422 for a URL that webhooks may not go to."""
    url = _check_url(request.url, allow_loopback=allow_loopback)

    def make(webhook_id: str) -> WebhookEndpoint:
        return WebhookEndpoint(
            id=webhook_id,
            owner=owner,
            url=url,
            events=_list_once(request.events),
            description=request.description,
            created_at=now(),
            secrets=(SigningSecret(key=make_secret()),),
        )

    return make


def change(request: WebhookChange, *, allow_loopback: bool) -> Callable[[WebhookEndpoint], WebhookEndpoint]:
    """The change of an endpoint. A new URL, or enabling it, forgets how it failed. Raises a 422 for a refused URL."""
    changes: dict[str, Any] = {}
    if request.url is not None:
        changes |= {"url": _check_url(request.url, allow_loopback=allow_loopback), "failing_since": None}
    if request.events is not None:
        changes["events"] = _list_once(request.events)
    if request.description is not None:
        changes["description"] = request.description
    if request.enabled is not None:
        changes |= {"enabled": request.enabled, "note": ""}
    if request.enabled:
        changes |= {"failing_since": None, "paused_until": None}

    return lambda endpoint: msgspec.structs.replace(endpoint, **changes)


def rotate_secret() -> Callable[[WebhookEndpoint], WebhookEndpoint]:
    """The change that replaces an endpoint's secret by a new one."""
    key = make_secret()
    return lambda endpoint: endpoint.rotate(key, now())


def make_test_delivery(endpoint: WebhookEndpoint, delivery_id: str) -> WebhookDelivery:
    """A delivery that only tests an endpoint."""
    at = now()
    data = {"id": endpoint.id, "object": "webhook"}
    return WebhookDelivery(
        id=delivery_id,
        endpoint=endpoint.id,
        event=TEST_EVENT,
        body=make_body(TEST_EVENT, at, data),
        created_at=at,
        due=at,
    )


def redeliver(delivery: WebhookDelivery) -> WebhookDelivery:
    """A delivery of which a new round of attempts begins at once."""
    return msgspec.structs.replace(delivery, state="pending", tries=0, due=now(), claimed=False)


def _list_once(events: list[WebhookEvent]) -> tuple[WebhookEvent, ...]:
    return tuple(dict.fromkeys(events))


def _check_url(url: str, *, allow_loopback: bool) -> str:
    try:
        return parse_target(url, allow_loopback=allow_loopback).url
    except ValueError as error:
        detail = FieldError(pointer="/url", detail=str(error))
        raise refuse(problem_types.WEBHOOK_URL_REFUSED, f"/url: {error}.", errors=(detail,)) from None
