"""Where webhooks may go: the URLs that an endpoint may have. Their addresses are checked when a connection is made."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import idna
import msgspec

from lectern.gateway.webhooks.addresses import is_loopback, is_public, parse_address

MAX_URL = 2048  # characters
LOWEST_FREE_PORT = 1024  # below it other protocols listen, whose servers may take a request for commands
_PORTS = {"https": 443, "http": 80}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A URL in the parts that a connection needs. `host` is ASCII, `path` begins with a slash and has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL in its one spelling."""
        return f"{self.scheme}://{self.authority}{self.path}"


def parse_target(url: str, *, allow_loopback: bool = False) -> Target:
    """The target that a URL names. Raises ValueError with what to change about it.

    With `allow_loopback`, which is for one person's machine, http and loopback names are allowed as well.
    """
    if len(url) > MAX_URL:
        raise ValueError(f"has more than {MAX_URL} characters; shorten it")
    if any(ord(character) <= 32 or ord(character) == 127 for character in url) or "\\" in url:
        raise ValueError("contains a space, a backslash or a control character; encode it with %")
    try:
        parts = urlsplit(url)
        port, name = parts.port, parts.hostname or ""
    except ValueError as error:
        raise ValueError(f"is no URL ({error}); send one such as https://example.org/hooks") from None
    if parts.scheme not in _PORTS or not name:
        raise ValueError("is no absolute https URL; send one such as https://example.org/hooks")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise ValueError("contains a user name or password; webhooks are authenticated by their signature")
    if parts.fragment:
        raise ValueError("contains a fragment (#…), which is never sent; leave it out")
    host = _normalize_host(name)
    is_local = _check_host(host, allow_loopback=allow_loopback)
    if parts.scheme == "http" and not is_local:
        raise ValueError("is http, which anybody on the way could read and change; use https")
    port = _PORTS[parts.scheme] if port is None else port
    if port != _PORTS[parts.scheme] and port < LOWEST_FREE_PORT:
        raise ValueError(f"names port {port}, where other protocols listen; use 443, or {LOWEST_FREE_PORT} and above")
    query = f"?{_encode(parts.query)}" if parts.query else ""
    return Target(scheme=parts.scheme, host=host, port=port, path=(_encode(parts.path) or "/") + query)


def _encode(text: str) -> str:
    """Percent-encode what a request line cannot hold, and leave what is encoded already."""
    return quote(text, safe="/%:@!$&'()*+,;=?-._~[]")


def _normalize_host(name: str) -> str:
    """A host's name as DNS and certificates have it (IDNA 2008), or its address in its one spelling."""
    if (address := parse_address(name)) is not None:
        return str(address)
    if ":" in name:
        raise ValueError("names no valid IPv6 address; correct it")
    try:
        host = name if name.isascii() else idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise ValueError("has a host that is no valid international domain name; correct it") from None
    host = host.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("has a host that is no valid domain name; correct it")
    return host


def _check_host(host: str, *, allow_loopback: bool) -> bool:
    """Refuse what is visibly not public, so that its owner hears of it at once. True for a loopback host."""
    address = parse_address(host)
    local = is_loopback(address) if address is not None else host == "localhost" or host.endswith(".localhost")
    if local and allow_loopback:
        return True
    if address is not None:
        public = is_public(address)
    else:  # 127.1 and 0x7f000001 are addresses to a resolver, though no names
        last = host.rpartition(".")[2]
        own = any(host.endswith(f".{name}") for name in _LOCAL_NAMES)
        public = "." in host and not own and not last.isdigit() and not last.startswith("0x")
    if not public:
        raise ValueError("names a host that is not on the public internet; webhooks go to public addresses only")
    return False
