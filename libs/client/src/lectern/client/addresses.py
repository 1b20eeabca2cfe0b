"""Where an API is, and how a client introduces itself."""

from __future__ import annotations

import ipaddress
from importlib.metadata import version

import httpx

DEFAULT_URL = "http://localhost:8080"


def check_address(url: str, key: str) -> None:
    """Raises ValueError for an address that is none, or that would carry a key across a network unencrypted.

    Private addresses count as one's own network, on which installations without TLS are common.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"{url!r} is not an address: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError(f"{url!r} is not an address like https://lectern.example.org")
    if parsed.userinfo:
        raise ValueError("the address has a user name or password in it; give the key apart from it")
    if key and (not key.isascii() or not key.isprintable() or " " in key):
        raise ValueError("the key is not one: it has spaces, control characters or letters outside ASCII")
    if key and parsed.scheme == "http" and not _is_near(parsed.host):
        raise ValueError(f"the key would cross the network unencrypted; use https://{parsed.host}")


def make_headers(key: str) -> dict[str, str]:
    """Headers of every request."""
    headers = {"User-Agent": f"lectern-client/{version('lectern-client')}"}
    return headers | ({"Authorization": f"Bearer {key}"} if key else {})


def _is_near(host: str) -> bool:
    if ("." not in host and ":" not in host) or host.endswith((".localhost", ".local", ".internal")):
        return True  # a name of this machine, or of the network that it is in
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback
