"""Everything about access, built together and started together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lectern.contracts.events import now
from lectern.gateway.access.key_ring import KeyRing
from lectern.gateway.access.sessions import Sessions
from lectern.gateway.access.signing import Signer
from lectern.gateway.settings import GatewaySettings
from lectern.worker import KeyValueStore


@dataclass(frozen=True, kw_only=True)
class AccessBuckets:
    """The buckets that all gateways share."""

    keys: KeyValueStore
    ended_sessions: KeyValueStore
    shares: KeyValueStore


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may do what. `start` before use, `close` afterwards."""

    ring: KeyRing
    signer: Signer
    sessions: Sessions
    shares: KeyValueStore
    clock: Callable[[], datetime]

    async def start(self) -> None:
        """Begin the mirrors."""
        await self.ring.start()
        await self.sessions.start()

    async def close(self) -> None:
        """End the mirrors."""
        await self.sessions.close()
        await self.ring.close()


def build_access(settings: GatewaySettings, buckets: AccessBuckets, clock: Callable[[], datetime] = now) -> Access:
    """Access as settings describe it."""
    ring, signer = KeyRing(buckets.keys, clock), Signer.of(settings)
    lifetime = timedelta(seconds=settings.session_seconds)
    return Access(
        ring=ring,
        signer=signer,
        sessions=Sessions(ring, signer, buckets.ended_sessions, clock, lifetime),
        shares=buckets.shares,
        clock=clock,
    )
