"""API keys: who may use the API, as what owner, and how much. A key's secret is shown once; its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Literal, TypeAlias, get_args

import msgspec

__all__ = [
    "OWNER",
    "SCOPES",
    "ApiKey",
    "Quotas",
    "Scope",
    "hash_secret",
    "mint_secret",
    "mint_token",
    "parse_token",
]

Scope: TypeAlias = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
OWNER = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})?")  # "" is whoever uses an installation without keys
_TOKEN = re.compile(r"lk_([0-9a-f]{16})_([0-9A-Za-z]{40})")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_CHARACTERS = 40  # 238 bits: nobody searches that, which is why one round of SHA-256 keeps it as well as many


class Quotas(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an owner may use. None is the installation's setting, 0 no limit.

    Days and months are those of UTC. Minutes are those of finished videos, dollars what models and voices cost.
    """

    videos_per_day: int | None = None
    videos_at_once: int | None = None
    minutes_per_month: float | None = None
    dollars_per_day: float | None = None


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key as it is kept. `hash` is SHA-256 of the secret; a rotated key's earlier one is good until `earlier_until`.

    Not a slow password hash: those make guessing dear where people choose the secret, and this one is random.
    """

    id: str
    hash: str
    owner: str
    name: str = ""
    scopes: tuple[Scope, ...] = ("read", "write")
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    earlier_hash: str = ""
    earlier_until: datetime | None = None
    quotas: Quotas = Quotas()

    def is_valid(self, at: datetime) -> bool:
        """False once it was revoked or has expired."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def accepts(self, secret: str, at: datetime) -> bool:
        """True for the key's own secret, in the same time whatever the secret is."""
        given = hash_secret(secret)
        current = hmac.compare_digest(given, self.hash)
        earlier = hmac.compare_digest(given, self.earlier_hash or self.hash)
        rotating = self.earlier_until is not None and at < self.earlier_until
        return current or (earlier and rotating)


def mint_secret() -> str:
    """A new secret of 40 letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_CHARACTERS))


def mint_token(key_id: str, secret: str) -> str:
    """A key as its user holds it. The prefix lets scanners of published code recognise one that leaked."""
    return f"lk_{key_id}_{secret}"


def parse_token(token: str) -> tuple[str, str] | None:
    """The id and the secret in a token; None if it is none."""
    found = _TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def hash_secret(secret: str) -> str:
    """SHA-256 of a secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
