"""Verifying that a webhook's request is Lectern's (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from lectern.client.errors import SignatureRefused

TOLERANCE_SECONDS = 300.0  # of the specification's reference libraries


class WebhookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook is told. `data` shows the video as of the event."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


def verify_webhook(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> WebhookEvent:
    """The event of a webhook's request. Raises SignatureRefused for one that is forged, changed or too old.

    `secret` is the webhook's (`whsec_…`), `body` what came, byte for byte. The same `webhook-id` means the same event.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        event_id, at, signatures = (lower[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
        age = (time.time() if now is None else now) - int(at)
    except (KeyError, ValueError):
        raise _refuse("The request has no webhook-id, webhook-timestamp or webhook-signature.") from None
    if abs(age) > TOLERANCE_SECONDS:
        raise _refuse("The request is more than five minutes away from this machine's clock.")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("the secret is not one: `whsec_` and base64") from None
    signed = b".".join((event_id.encode(), at.encode(), body))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    found = [each.partition(",") for each in signatures.split()]
    valid = [version == "v1" and hmac.compare_digest(sent.encode(), expected) for version, _, sent in found]
    if not any(valid):
        raise _refuse("The signature is not one by this secret.")
    try:
        return msgspec.json.decode(body, type=WebhookEvent)
    except msgspec.DecodeError as error:
        raise _refuse(f"The body cannot be read: {error}.") from error


def _refuse(detail: str) -> SignatureRefused:
    return SignatureRefused(
        detail, "Answer it with 401; check that the secret is the webhook's and the body unchanged."
    )
