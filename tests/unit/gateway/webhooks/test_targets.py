"""Where webhooks may go: URLs at registration, addresses at the moment of connecting."""

from __future__ import annotations

import pytest

from lectern.gateway.webhooks.addresses import is_public, parse_address
from lectern.gateway.webhooks.targets import parse_target


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("127.8.9.10", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),  # shared by a carrier's customers
        ("169.254.169.254", False),  # a cloud's metadata
        ("192.0.0.192", False),  # another's
        ("168.63.129.16", False),  # another's host, by a public address
        ("198.18.0.1", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::808:808", False),
        ("2002:7f00:1::", False),
        ("2002:808:808::1", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("2606:4700::1111%eth0", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("fec0::1", False),
        ("ff02::1", False),
    ],
)
def test_only_hosts_of_the_public_internet_are_public(address: str, public: bool) -> None:
    parsed = parse_address(address)
    assert parsed is not None
    assert is_public(parsed) is public


@pytest.mark.parametrize(
    ("url", "normalized"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTPS://EXAMPLE.ORG.:443/Hook?a=1&b=%20", "https://example.org/Hook?a=1&b=%20"),
        ("https://exämple.org:8443/ä", "https://xn--exmple-cua.org:8443/%C3%A4"),
        ("https://[2606:4700:0::1111]/x", "https://[2606:4700::1111]/x"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
    ],
)
def test_a_public_url_is_kept_in_its_one_spelling(url: str, normalized: str) -> None:
    assert parse_target(url).url == normalized
    assert parse_target(normalized).url == normalized


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.org/", "use https"),
        ("ftp://example.org/", "no absolute https URL"),
        ("//example.org/", "no absolute https URL"),
        ("https:///path", "no absolute https URL"),
        ("https://user:secret@example.org/", "user name"),
        ("https://example.org@evil.example/", "user name"),
        ("https://@example.org/", "user name"),
        ("https://example.org/#x", "fragment"),
        ("https://example.org/a b", "space"),
        ("https://example.org/\r\nX-Injected: 1", "control character"),
        ("https://example.org\\@evil.example/", "backslash"),
        ("https://example.org:22/", "port 22"),
        ("https://example.org:0/", "port 0"),
        ("https://example.org:80/", "port 80"),
        ("https://example.org:x/", "is no URL"),
        ("https://example..org/", "valid domain name"),
        ("https://-a.example.org/", "valid domain name"),
        ("https://exa%6dple.org/", "valid domain name"),
        ("https://\u2488example.org/", "domain name"),
        ("https://[::1/", "is no URL"),
        ("https://localhost/", "public internet"),
        ("https://a.localhost/", "public internet"),
        ("https://redis/", "public internet"),
        ("https://db.internal/", "public internet"),
        ("https://127.0.0.1/", "public internet"),
        ("https://127.1/", "public internet"),
        ("https://0x7f.1/", "public internet"),
        ("https://2130706433/", "public internet"),
        ("https://0177.0.0.0x1/", "public internet"),
        ("https://[::ffff:127.0.0.1]/", "public internet"),
        ("https://[fe80::1%25eth0]/", "IPv6|public|URL"),
        ("https://example.org/" + "a" * 2048, "characters"),
    ],
)
def test_any_other_url_is_refused_with_what_to_change(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_target(url)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "hooks.localhost"])
def test_on_one_machine_loopback_is_allowed_also_by_http(host: str) -> None:
    assert parse_target(f"http://{host}:9000/x", allow_loopback=True).port == 9000
    with pytest.raises(ValueError, match="public internet"):
        parse_target(f"http://{host}:9000/x")


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "redis", "example.org"])
def test_on_one_machine_nothing_else_is_allowed_by_http(host: str) -> None:
    with pytest.raises(ValueError, match=r"public internet|use https"):
        parse_target(f"http://{host}/x", allow_loopback=True)
