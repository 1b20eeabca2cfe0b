"""Signed tokens: what a browser or a share link carries, so that nobody can make up or change one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TypeVar

import msgspec

from lectern.gateway import problem_types
from lectern.gateway.refusals import refuse
from lectern.gateway.settings import GatewaySettings

T = TypeVar("T", bound=msgspec.Struct)
MAX_TOKEN_CHARACTERS = 1024


class Signer:
    """Signs with the newest key and accepts an earlier one, so that the key can be replaced without ending anything."""

    def __init__(self, *keys: str) -> None:
        self._keys = tuple(key.encode() for key in keys if key)

    @classmethod
    def of(cls, settings: GatewaySettings) -> Signer:
        """The signer that settings describe."""
        return cls(settings.signing_key.get_secret_value(), settings.earlier_signing_key.get_secret_value())

    def sign(self, purpose: str, content: msgspec.Struct) -> str:
        """A token for one purpose; it is none for another. Raises a 503 when no key is set."""
        if not self._keys:
            raise refuse(
                problem_types.NO_SIGNING_KEY,
                "This installation has no signing key, which sessions and share links need.",
            )
        payload = msgspec.json.encode(content)
        return f"{_encode(payload)}.{_encode(_compute_mac(self._keys[0], purpose, payload))}"

    def verify(self, purpose: str, token: str, content: type[T]) -> T | None:
        """What a token holds; None when nobody with a key signed it for this purpose."""
        if len(token) > MAX_TOKEN_CHARACTERS:
            return None
        first, _, second = token.partition(".")
        payload, mac = _decode(first), _decode(second)
        if payload is None or mac is None:
            return None
        matches = [hmac.compare_digest(mac, _compute_mac(key, purpose, payload)) for key in self._keys]
        if not any(matches):
            return None
        try:
            return msgspec.json.decode(payload, type=content)
        except ValueError:
            return None


def _compute_mac(key: bytes, purpose: str, payload: bytes) -> bytes:
    own = hmac.digest(key, f"lectern {purpose} v1".encode(), hashlib.sha256)
    return hmac.digest(own, payload, hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes | None:
    """The bytes of the one way to write them; None for any other text, so that no token has a twin."""
    try:
        data = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _encode(data) == text else None
