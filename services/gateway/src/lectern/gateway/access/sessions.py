"""Sessions: a browser's key in exchange for a cookie that scripts cannot read and other sites cannot send."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie

import msgspec
from fastapi import Response

from lectern.contracts.api_keys import ApiKey
from lectern.contracts.ids import new_id
from lectern.gateway.access.key_ring import KeyRing
from lectern.gateway.access.signing import Signer
from lectern.gateway.mirrored_bucket import MirroredBucket
from lectern.worker import KeyValueEntry, KeyValueStore

COOKIE = "lectern_session"
PURPOSE = "session"


class SessionToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a session's cookie holds. `proof` names the key's secret: a rotated key ends its sessions."""

    id: str
    key_id: str
    proof: str
    expires_at: datetime


class Sessions(MirroredBucket):
    """Opens and checks sessions. Those that were ended early are mirrored from their bucket."""

    def __init__(
        self, ring: KeyRing, signer: Signer, bucket: KeyValueStore, clock: Callable[[], datetime], lifetime: timedelta
    ) -> None:
        super().__init__(bucket)
        self._ring = ring
        self._signer = signer
        self._clock = clock
        self._lifetime = lifetime
        self._ended: set[str] = set()

    def open(self, key: ApiKey) -> tuple[str, SessionToken]:
        """A new session's cookie value and what it holds. Raises a 503 without a signing key."""
        latest = self._clock() + self._lifetime
        expires_at = min(latest, key.expires_at) if key.expires_at else latest
        session = SessionToken(id=new_id(), key_id=key.id, proof=_prove(key), expires_at=expires_at)
        return self._signer.sign(PURPOSE, session), session

    def find(self, cookie: str) -> tuple[ApiKey, SessionToken] | None:
        """The key of a session that is open, and the session; None for any other cookie."""
        session = self._signer.verify(PURPOSE, cookie, SessionToken)
        if session is None or session.expires_at <= self._clock() or session.id in self._ended:
            return None
        key = self._ring.get(session.key_id)
        return (key, session) if key and session.proof == _prove(key) else None

    async def end(self, session: SessionToken) -> None:
        """End a session everywhere."""
        self._ended.add(session.id)
        await self.bucket.create(session.id, session.key_id.encode())

    async def take(self, entry: KeyValueEntry) -> None:
        """See `MirroredBucket.take`."""
        self._ended.add(entry.key)  # the bucket forgets it once no cookie can live that long; 36 bytes may stay here


def set_cookie(response: Response, value: str, *, seconds: int, secure: bool) -> None:
    """Hand a session's cookie to the browser; an empty value with 0 seconds takes it back."""
    response.set_cookie(COOKIE, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="strict")


def read_cookie(header: str) -> str:
    """The session's cookie in a Cookie header, or ""."""
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _prove(key: ApiKey) -> str:
    return hashlib.sha256(key.hash.encode()).hexdigest()[:16]
