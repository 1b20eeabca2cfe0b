"""Who a browser may speak for: the names this API answers to, and the pages that may change something.

A page of another site must not reach the API through its reader's browser, keys or not. The name in Host stops DNS
rebinding, where a foreign name is made to point here; Origin and Sec-Fetch-Site stop requests across sites.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from lectern.gateway import problem_types
from lectern.gateway.refusals import Refusal, refuse
from lectern.gateway.settings import GatewaySettings

_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_DEFAULT_PORTS = {"http": 80, "https": 443}
_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared, not bound


def check_host(settings: GatewaySettings, headers: Headers) -> Refusal | None:
    """Refuse (421) a request for another name than ours. Without a Host (HTTP/1.0) no browser sent it."""
    hosts = headers.getlist("host")
    if not hosts or (len(hosts) == 1 and is_allowed_host(settings, hosts[0])):
        return None
    return refuse(
        problem_types.MISDIRECTED_REQUEST,
        f"This API does not answer to the name {', '.join(hosts)[:100]!r}.",
        "Use its own address, or add the name to LECTERN_ALLOWED_HOSTS.",
    )


def is_allowed_host(settings: GatewaySettings, host: str) -> bool:
    """True for loopback names, the address that the API is bound to, and the names of the setting.

    Bound to every address, it answers to any of them: a page of another site has a name, and cannot claim an address.
    """
    allowed = [name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip()]
    if "*" in allowed:
        return True
    parsed = _split(f"//{host}")
    if parsed is None:
        return False
    name = parsed[0]
    if name == "localhost" or name.endswith(".localhost") or name == settings.host.lower():
        return True
    if (address := _parse_address(name)) and (address.is_loopback or settings.host in _EVERY_ADDRESS):
        return True
    return any(name == each or (each.startswith(".") and name.endswith(each)) for each in allowed)


def check_origin(method: str, headers: Headers) -> Refusal | None:
    """Refuse (403) changes that a page of another site makes a browser send. Programs send no Origin."""
    if method in _SAFE_METHODS:
        return None
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return refuse(problem_types.CROSS_SITE, "A browser sent this on behalf of a page of another site.")
    for origin in headers.getlist("origin"):
        if not _is_same_origin(origin, headers.get("host", "")):
            return refuse(
                problem_types.CROSS_SITE,
                f"A browser sent this on behalf of a page of {origin[:100]!r}, not of this API.",
            )
    return None


def _is_same_origin(origin: str, host: str) -> bool:
    """Compares names and ports. A proxy may have ended TLS, so the scheme says no more than the default port."""
    sent, ours = _split(origin), _split(f"//{host}")
    if sent is None or ours is None or sent[0] != ours[0]:
        return False
    default = _DEFAULT_PORTS.get(urlsplit(origin).scheme)
    return (sent[1] or default) == (ours[1] or default)


def _split(address: str) -> tuple[str, int | None] | None:
    """Name and port of an address; None if it has no name, or is none."""
    try:
        parts = urlsplit(address)
        name, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return None
    if not name or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return name, port


def _parse_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
