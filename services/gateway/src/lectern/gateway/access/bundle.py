"""Everything about access, built together and started together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lectern.contracts.api_keys import Quotas
from lectern.contracts.events import now
from lectern.gateway.access.key_ring import KeyRing
from lectern.gateway.access.quotas import QuotaKeeper
from lectern.gateway.access.rates import RateLimiter
from lectern.gateway.access.sessions import Sessions
from lectern.gateway.access.signing import Signer
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.views import Views
from lectern.worker import KeyValueStore


@dataclass(frozen=True, kw_only=True)
class AccessBuckets:
    """The buckets that all gateways share."""

    keys: KeyValueStore
    ended_sessions: KeyValueStore
    shares: KeyValueStore
    quotas: KeyValueStore
    rates: KeyValueStore


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may do what. `start` before use, `close` afterwards."""

    ring: KeyRing
    signer: Signer
    sessions: Sessions
    shares: KeyValueStore
    quotas: QuotaKeeper
    rates: RateLimiter
    clock: Callable[[], datetime]

    async def start(self) -> None:
        """Begin the mirrors."""
        await self.ring.start()
        await self.sessions.start()

    async def wait_until_current(self) -> None:
        """Wait until all keys are known, and all sessions that were ended. Raises TimeoutError."""
        await self.ring.wait_until_current()
        await self.sessions.wait_until_current()

    async def close(self) -> None:
        """End the mirrors."""
        await self.sessions.close()
        await self.ring.close()


def build_access(
    settings: GatewaySettings, buckets: AccessBuckets, views: Views, clock: Callable[[], datetime] = now
) -> Access:
    """Access as settings describe it."""
    ring, signer = KeyRing(buckets.keys, clock), Signer.of(settings)
    lifetime = timedelta(seconds=settings.session_seconds)
    defaults = Quotas(
        videos_per_day=settings.quota_videos_per_day,
        videos_at_once=settings.quota_videos_at_once,
        minutes_per_month=settings.quota_minutes_per_month,
        dollars_per_day=settings.quota_dollars_per_day,
    )
    rates = {
        "read": settings.rate_reads,
        "write": settings.rate_writes,
        "send": settings.rate_sends,
        "session": settings.rate_sessions,
        "shared": settings.rate_shared,
    }
    return Access(
        ring=ring,
        signer=signer,
        sessions=Sessions(ring, signer, buckets.ended_sessions, clock, lifetime),
        shares=buckets.shares,
        quotas=QuotaKeeper(buckets.quotas, views, clock, defaults),
        rates=RateLimiter(buckets.rates, clock, rates),
        clock=clock,
    )
