"""Which addresses of a network a webhook may be sent to: those of the public internet, and of nobody's own network.

An allow-list for IPv6, since what is not allotted today may be somebody's own network tomorrow.
"""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291; everything else is local, multicast or reserved
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
# Within 2000::/3, but no host of the internet: protocol assignments with Teredo (RFC 2928, 4380), 6to4 (RFC 3056),
# which both carry an IPv4 address, and documentation (RFC 3849, 9637).
_NO_HOSTS = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# `is_global` of some releases of Python leaves these out: protocol assignments (RFC 6890), where a cloud has metadata,
# 6to4 relays (RFC 7526), and what was class E (RFC 1112). The last is public, and a cloud's own host to its machines.
_NO_IPV4_HOSTS = tuple(
    map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4", "168.63.129.16/32"))
)


def is_public(address: Address) -> bool:
    """True for a unicast address of the public internet. An IPv4 address within an IPv6 one is looked at itself."""
    if isinstance(address, ipaddress.IPv4Address):
        reserved = any(address in network for network in _NO_IPV4_HOSTS)
        return address.is_global and not address.is_multicast and not reserved
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_UNICAST and address.is_global and not any(address in network for network in _NO_HOSTS)


def is_loopback(address: Address) -> bool:
    """True for this machine's own loopback addresses, also as an IPv4 address within an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def parse_address(text: str) -> Address | None:
    """The address that a text names, as RFC 4291 and dotted decimals write it; None if it is a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
