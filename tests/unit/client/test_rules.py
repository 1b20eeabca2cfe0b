"""Rules of the client that need no server: addresses, paths, pauses, signatures."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from lectern.client import RetryPolicy, SignatureRefused, verify_webhook
from lectern.client.addresses import check_address
from lectern.client.calls import fill_path, make_call
from lectern.client.retrying import choose_pause, read_retry_after
from lectern.gateway.webhooks.signing import make_secret, sign

POLICY = RetryPolicy(attempts=4, first_pause=1.0, longest_pause=10.0)
READ = make_call("GET", "/v1/videos", str)
NOW = datetime(2026, 11, 20, 9, 31, tzinfo=UTC)
BODY = '{"type": "video.completed", "timestamp": "2026-11-20T09:31:00Z", "data": {"id": "1"}}'


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:80", "http://gateway:8080", "http://192.168.1.4", "https://example.org"],
)  # fmt: skip
def test_a_key_may_be_sent_nearby_or_encrypted(url: str) -> None:
    check_address(url, "lk_1")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://example.org", "lk_1"),
        ("http://8.8.8.8", "lk_1"),
        ("ftp://example.org", ""),
        ("example.org", ""),
        ("https://lk_1@example.org", ""),
        ("https://example.org", "lk_1\r\nX: y"),
    ],
)
def test_other_addresses_and_keys_are_refused_before_anything_is_sent(url: str, key: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        check_address(url, key)
    assert "lk_1" not in str(refused.value)


def test_an_address_of_an_answer_keeps_its_query() -> None:
    call = make_call("GET", "/v1/videos/v/content?variant=captions_vtt", str, query={"format": "wav"})
    assert (call.path, call.query) == ("/v1/videos/v/content", (("variant", "captions_vtt"), ("format", "wav")))


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_an_id_cannot_name_another_path(value: str) -> None:
    assert fill_path("/v1/videos/{}", "a/../b?c#d") == "/v1/videos/a%2F..%2Fb%3Fc%23d"
    with pytest.raises(ValueError, match="cannot be part"):
        fill_path("/v1/videos/{}", value)


def test_pauses_double_and_vary_and_end() -> None:
    error = httpx.ReadError("broken")
    assert [choose_pause(POLICY, READ, attempt, error, lambda: 0.0) for attempt in (1, 2, 3, 4)] == [
        1.0,
        2.0,
        4.0,
        None,
    ]
    assert choose_pause(POLICY, READ, 3, error, lambda: 1.0) == 2.0


@pytest.mark.parametrize(("asked", "pause"), [("7", 7.0), ("0", 1.0), ("11", None), ("soon", 1.0)])
def test_the_pause_is_what_the_api_asks_for_unless_it_is_too_long(asked: str, pause: float | None) -> None:
    busy = httpx.Response(429, headers={"Retry-After": asked})
    assert choose_pause(POLICY, READ, 1, busy, lambda: 0.0) == pause


def test_retry_after_may_be_a_date() -> None:
    response = httpx.Response(503, headers={"Retry-After": "Fri, 20 Nov 2026 09:31:30 GMT"})
    assert read_retry_after(response, NOW) == 30.0


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 500])
def test_what_would_be_answered_the_same_again_is_not_asked_again(status: int) -> None:
    assert choose_pause(POLICY, READ, 1, httpx.Response(status)) is None


def test_a_signature_by_either_of_two_secrets_is_accepted() -> None:
    old, new = make_secret(), make_secret()
    headers = {name.title(): value for name, value in sign("d1", NOW, BODY, [new, old]).items()}
    for secret in (old, new):
        assert verify_webhook(secret, headers, BODY.encode(), now=NOW.timestamp()).data == {"id": "1"}


@pytest.mark.parametrize(
    "forgery", ["other secret", "other body", "other id", "too old", "from the future", "unsigned"]
)
def test_forged_changed_and_old_requests_are_refused(forgery: str) -> None:
    secret = make_secret()
    headers = sign("d1", NOW, BODY, [make_secret() if forgery == "other secret" else secret])
    body, now = BODY.encode(), NOW.timestamp()
    match forgery:
        case "other body":
            body = body.replace(b"completed", b"cancelled")
        case "other id":
            headers["webhook-id"] = "d2"
        case "too old":
            now += 301
        case "from the future":
            now -= 301
        case "unsigned":
            del headers["webhook-signature"]
    with pytest.raises(SignatureRefused):
        verify_webhook(secret, headers, body, now=now)
