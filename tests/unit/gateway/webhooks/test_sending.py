"""Sending a webhook to hostile targets, over real sockets."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from unit.gateway.webhooks.certificates import Certificates, make_certificates
from unit.gateway.webhooks.receivers import (
    OK,
    Behaviour,
    drip,
    hang,
    receiving,
    respond,
    send_many_headers,
    send_nonsense,
    send_without_end,
)

from lectern.gateway.webhooks import CheckedBackend, Sender
from lectern.gateway.webhooks.sending import Reply
from lectern.gateway.webhooks.signing import make_secret, sign
from lectern.gateway.webhooks.targets import Target, parse_target

LOCAL = CheckedBackend(allow_loopback=True)
BODY = b'{"type":"webhook.test"}'
NOT_PUBLIC = "the host's name does not lead to a public address"


async def send(url: str, *, backend: CheckedBackend = LOCAL, timeout: float = 5.0) -> Reply:
    return await Sender(backend, timeout=timeout).send(parse_target(url, allow_loopback=True), {}, BODY)


async def test_a_webhook_is_one_signed_post() -> None:
    key, at = make_secret(), datetime.now(UTC)
    async with receiving() as receiver:
        target = parse_target(f"{receiver.url}?a=b", allow_loopback=True)
        reply = await Sender(LOCAL).send(target, sign("msg_1", at, BODY.decode(), [key]), BODY)
    assert (reply.status, reply.error) == (204, "")
    (request,) = receiver.requests
    assert request.head == "POST /hook?a=b HTTP/1.1"
    assert request.headers["host"] == f"localhost:{receiver.port}"
    assert request.headers["content-type"] == "application/json"
    assert Webhook(key).verify(request.body, request.headers) == {"type": "webhook.test"}
    with pytest.raises(WebhookVerificationError):
        Webhook(key).verify(request.body + b" ", request.headers)


async def test_both_secrets_sign_while_one_replaces_the_other() -> None:
    old, new, other = make_secret(), make_secret(), make_secret()
    headers = sign("msg_1", datetime.now(UTC), "{}", [new, old])
    for key in (old, new):
        assert Webhook(key).verify("{}", headers) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify("{}", headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with receiving() as inner, receiving(respond(status, f"Location: {inner.url}")) as outer:
        reply = await send(outer.url)
    assert reply.status == status
    assert (len(outer.requests), inner.requests) == (1, [])


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"], []])
async def test_a_name_that_leads_to_a_private_address_is_not_connected_to(addresses: list[str]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return addresses

    async with receiving() as receiver:
        target = Target(scheme="http", host="hooks.example.org", port=receiver.port, path="/")
        reply = await Sender(CheckedBackend(resolve_host=resolve)).send(target, {}, BODY)
    assert (reply.status, reply.error, receiver.requests) == (None, NOT_PUBLIC, [])


async def test_a_name_that_does_not_resolve_is_refused_in_the_same_words() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    target = Target(scheme="https", host="redis.internal", port=443, path="/")
    assert (await Sender(CheckedBackend(resolve_host=resolve)).send(target, {}, BODY)).error == NOT_PUBLIC


async def test_a_name_that_is_pointed_elsewhere_after_the_check_gains_nothing() -> None:
    """DNS rebinding: the address that was checked is the one that is connected to, and it is asked for once."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    async with receiving() as receiver:
        target = Target(scheme="http", host="rebind.example.org", port=receiver.port, path="/")
        backend = CheckedBackend(allow_loopback=True, resolve_host=resolve)
        assert (await Sender(backend).send(target, {}, BODY)).status == 204
        assert receiver.requests[0].headers["host"] == f"rebind.example.org:{receiver.port}"
        assert asked == ["rebind.example.org"]
        assert (await Sender(backend).send(target, {}, BODY)).error == NOT_PUBLIC
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("behaviour", [hang, drip])
async def test_a_target_that_keeps_us_waiting_is_left(behaviour: Behaviour) -> None:
    async with receiving(behaviour) as receiver:
        reply = await send(receiver.url, timeout=0.2)
        assert len(receiver.requests) == 1
    assert (reply.status, reply.error) == (None, "no response within 0.2 seconds")


async def test_a_body_without_end_is_not_read_to_the_end() -> None:
    async with receiving(send_without_end) as receiver:
        reply = await send(receiver.url)
    assert reply.status == 200


@pytest.mark.parametrize("behaviour", [send_many_headers, send_nonsense])
async def test_a_response_that_is_not_http_or_too_long_is_a_failure(behaviour: Behaviour) -> None:
    async with receiving(behaviour) as receiver:
        reply = await send(receiver.url)
    assert (reply.status, reply.error) == (None, "its response was not valid HTTP")


async def test_a_closed_port_is_a_failure_in_words() -> None:
    async with receiving() as receiver:
        url = receiver.url
    assert (await send(url)).error == "it did not accept the connection"


async def test_the_environments_proxies_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await send(receiver.url)).status == 204
    assert (len(receiver.requests), proxy.requests) == (1, [])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of an authority of the tests, for `good.example`."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize(
    ("host", "trusted", "error"),
    [
        ("good.example", True, ""),
        ("bad.example", True, "its certificate is not valid"),
        ("good.example", False, "its certificate is not valid"),
    ],
)
async def test_tls_is_verified_against_the_name_though_the_address_is_pinned(
    certificates: Certificates, host: str, trusted: bool, error: str
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    trust = ssl.create_default_context(cafile=str(certificates.authority) if trusted else None)
    sender = Sender(CheckedBackend(allow_loopback=True, resolve_host=resolve), trust=trust)
    async with receiving(OK, tls=certificates.server()) as receiver:
        target = Target(scheme="https", host=host, port=receiver.port, path="/")
        reply = await sender.send(target, {}, BODY)
    assert reply.error.startswith(error)
    assert (reply.status, len(receiver.requests)) == ((None, 0) if error else (204, 1))


def test_a_secret_has_the_form_of_the_specification() -> None:
    key = make_secret()
    assert key.startswith("whsec_")
    assert make_secret() != key
