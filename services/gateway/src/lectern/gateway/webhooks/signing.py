"""Signatures of webhooks, by the Standard Webhooks specification: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32  # the specification asks for 24 to 64


def make_secret() -> str:
    """A new secret, `whsec_…`."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(delivery_id: str, at: datetime, body: str, keys: Iterable[str]) -> dict[str, str]:
    """The headers that let a receiver verify a body: one signature for each secret, so that one can be replaced.

    `at` is in UTC.
    """
    signatures = [Webhook(key).sign(delivery_id, at, body) for key in keys]
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
