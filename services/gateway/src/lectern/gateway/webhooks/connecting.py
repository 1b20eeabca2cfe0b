"""Connecting to a target: its name is resolved, each address is checked, and only a checked address is connected to.

The check and the connection use the same answer of the resolver, so a name that points elsewhere a moment later (DNS
rebinding) gains nothing. TLS is still verified against the name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

import httpcore

from lectern.gateway.webhooks.addresses import Address, is_loopback, is_public, parse_address

MAX_ADDRESSES = 4  # of a name that are tried, one after the other

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]


class RefusedAddress(httpcore.ConnectError):
    """The name leads to no address that a webhook may go to."""


async def resolve(host: str, port: int) -> list[str]:
    """Addresses of a host as this machine's resolver gives them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses, and with `allow_loopback` to this machine's own loopback ones."""

    def __init__(self, *, allow_loopback: bool = False, resolve_host: Resolve = resolve) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = resolve_host
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host. Raises RefusedAddress if any of its addresses may not be reached.

        A name that does not resolve is refused in the same words: the names of our own network are nobody's business.
        """
        try:
            texts = await self._resolve(host, port)
        except OSError:
            texts = []
        addresses = [address for text in texts if (address := parse_address(text)) is not None]
        if not addresses or len(addresses) < len(texts) or not all(map(self._may_reach, addresses)):
            raise RefusedAddress("the host's name does not lead to a public address")
        error: Exception = RefusedAddress("the host has no address")
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return await self._backend.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
        raise error

    def _may_reach(self, address: Address) -> bool:
        return is_public(address) or (self._allow_loopback and is_loopback(address))
