"""Request rates that hold across gateways: each leases a part of an owner's minute from a shared bucket."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
import nats.errors
import structlog
from cachetools import LRUCache
from nats.js import errors as js_errors
from starlette.types import Scope

from lectern.gateway import problem_types
from lectern.gateway.access.principal import Principal
from lectern.gateway.refusals import Refusal, refuse
from lectern.worker import KeyValueStore

WINDOW_SECONDS = 60
_LEASES = 10  # parts of a minute's requests; so many questions a minute to the bucket, for each gateway and owner
MAX_OWNERS = 10_000  # whose leases are remembered
_OUTAGES = (nats.errors.Error, js_errors.Error, TimeoutError, ConnectionError)


_SENDING = re.compile(r"/v1/webhooks/[^/]+/(test|deliveries/[^/]+/redeliver)")
BY_ADDRESS = ("session", "shared")  # policies of what needs no key
_NETWORK_BITS = 64  # of an IPv6 address: what one subscriber has at least (RFC 6177)


def find_policy(method: str, path: str) -> str:
    """The policy that a request counts under."""
    if path == "/v1/session":
        return "session"
    if path.startswith("/v1/shared/"):
        return "shared"
    if method == "POST" and _SENDING.fullmatch(path):
        return "send"
    return "read" if method in ("GET", "HEAD", "OPTIONS") else "write"


def find_network(address: str) -> str:
    """Whose requests are counted together: an IPv4 address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _NETWORK_BITS), strict=False))


class LeasedRequests(msgspec.Struct, frozen=True):
    """How many of a window's requests all gateways together have leased."""

    window: int
    leased: int


class _Lease(NamedTuple):
    window: int
    left: int
    leased: int  # by all gateways, as of the last lease


class RateLimiter:
    """Counts requests by owner, or address, and policy. Gateways together let through no more than a policy allows."""

    def __init__(self, bucket: KeyValueStore, clock: Callable[[], datetime], policies: Mapping[str, int]) -> None:
        self._bucket = bucket
        self._clock = clock
        self._policies = dict(policies)
        self._leasing = asyncio.Lock()
        self._leases: LRUCache[tuple[str, str], _Lease] = LRUCache(MAX_OWNERS)

    async def take_for(self, scope: Scope, principal: Principal) -> tuple[Refusal | None, dict[str, str]]:
        """Count a request by what it asks for: see `take`. What needs no key is counted by its sender's address."""
        policy = find_policy(scope["method"], scope["path"])
        if policy in BY_ADDRESS:
            client = scope.get("client")
            return await self._take(f"address {find_network(client[0])}", policy) if client else (None, {})
        return await self.take(principal, policy)

    async def take(self, principal: Principal, policy: str) -> tuple[Refusal | None, dict[str, str]]:
        """Count one request; returns a 429 when the minute's are used up, and the RateLimit headers of the response.

        Nothing is limited where no key was shown, nor by a policy of 0, nor while the bucket does not answer.
        """
        return await self._take(principal.owner, policy) if principal.key_id else (None, {})

    async def _take(self, who: str, policy: str) -> tuple[Refusal | None, dict[str, str]]:
        quota = self._policies.get(policy, 0)
        if not quota:
            return None, {}
        at = self._clock().timestamp()
        window, place = int(at // WINDOW_SECONDS), (who, policy)
        lease = self._leases.get(place)
        if not _has_left(lease, window):
            try:
                async with self._leasing:  # whoever waited may find what another has leased
                    lease = self._leases.get(place)
                    if not _has_left(lease, window):
                        lease = self._leases[place] = await self._lease(who, policy, window, quota)
            except _OUTAGES as error:
                structlog.get_logger("lectern.gateway").warning("cannot count requests", error=type(error).__name__)
                return None, {}
        lease = self._leases.get(place, lease)
        assert lease is not None
        granted = lease.left > 0
        lease = lease._replace(left=max(0, lease.left - 1))
        self._leases[place] = lease
        seconds = max(1, int((lease.window + 1) * WINDOW_SECONDS - at) + 1)
        left = max(0, quota - lease.leased) + lease.left
        headers = {
            "RateLimit-Policy": f'"{policy}";q={quota};w={WINDOW_SECONDS}',
            "RateLimit": f'"{policy}";r={left};t={seconds}',
        }
        if granted:
            return None, headers
        detail = f"Policy {policy} allows {quota} requests a minute, and they are used up for {seconds} s."
        return refuse(problem_types.RATE_LIMITED, detail, retry_after=seconds), headers

    async def _lease(self, who: str, policy: str, window: int, quota: int) -> _Lease:
        key = hashlib.sha256(f"{policy}\n{who}".encode()).hexdigest()
        lease = _Lease(window, 0, 0)

        def take_part(value: bytes | None) -> bytes | None:
            nonlocal lease
            known = msgspec.json.decode(value, type=LeasedRequests) if value else None
            if known is None or known.window < window:
                known = LeasedRequests(window, 0)  # a gateway whose clock is behind counts in the newest window
            part = max(0, min(max(1, quota // _LEASES), quota - known.leased))
            lease = _Lease(known.window, part, known.leased + part)
            return msgspec.json.encode(LeasedRequests(lease.window, lease.leased)) if part else None

        await self._bucket.change(key, take_part)
        return lease


def _has_left(lease: _Lease | None, window: int) -> bool:
    return lease is not None and lease.window >= window and lease.left > 0
