"""Sessions of browsers: a cookie in exchange for a key, for its own pages only, as long as the key is good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from unit.gateway.gateways import SIGNING_KEY, TestGateway, gateway_in_process
from unit.gateway.keyed import add_key
from unit.gateway.published_video import PublishedVideo

from lectern.contracts.events import now
from lectern.gateway.access.sessions import COOKIE, PURPOSE, SessionToken
from lectern.gateway.access.signing import Signer
from lectern.worker import Connections, revoke_key, rotate_key

OWN_PAGE = {"Origin": "http://gateway"}


@pytest.fixture
async def keyed(connections: Connections) -> AsyncIterator[TestGateway]:
    """A gateway that asks for keys."""
    async with gateway_in_process(connections, require_keys=True) as running:
        yield running


async def sign_in(gateway: TestGateway, owner: str = "alice") -> tuple[str, str, httpx.Response]:
    """The id of a new key, the cookie got for it, and the response that set it."""
    key, headers = await add_key(gateway.deps, owner)
    token = headers["Authorization"].removeprefix("Bearer ")
    answer = await gateway.http.post("/v1/session", json={"key": token}, headers=OWN_PAGE)
    assert answer.status_code == 201, answer.text
    cookie = answer.cookies[COOKIE]
    gateway.http.cookies.clear()
    return key.id, cookie, answer


def carry(cookie: str) -> dict[str, str]:
    return {"Cookie": f"other=1; {COOKIE}={cookie}", **OWN_PAGE}


async def test_a_session_stands_for_its_key(keyed: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections, owner="alice")
    await video.request()
    _, cookie, _ = await sign_in(keyed)
    assert (await keyed.http.get(video.url, headers=carry(cookie))).status_code == 200
    assert (await keyed.http.post(f"{video.url}/cancel", headers=carry(cookie))).status_code == 202
    _, mallory, _ = await sign_in(keyed, "mallory")
    assert (await keyed.http.get(video.url, headers=carry(mallory))).status_code == 404


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(keyed: TestGateway) -> None:
    _, _, answer = await sign_in(keyed)
    attributes = {part.strip().lower().partition("=")[0] for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite", "path", "max-age"} <= attributes
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert "secure" not in attributes, "over http a Secure cookie would never come back"


async def test_over_https_the_cookie_is_secure(connections: Connections) -> None:
    async with gateway_in_process(connections, require_keys=True) as gateway:
        transport = gateway.http._transport
        async with httpx.AsyncClient(transport=transport, base_url="https://gateway") as https:
            _, headers = await add_key(gateway.deps, "alice")
            token = headers["Authorization"].removeprefix("Bearer ")
            answer = await https.post("/v1/session", json={"key": token})
            assert "; secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("key", ["lk_0123456789abcdef_" + "a" * 40, "nonsense", " "])
async def test_a_wrong_key_opens_no_session(keyed: TestGateway, key: str) -> None:
    answer = await keyed.http.post("/v1/session", json={"key": key}, headers=OWN_PAGE)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},  # no page at all: no browser that keeps cookies sends that
    ],
)
async def test_a_cookie_changes_nothing_on_behalf_of_another_page(
    keyed: TestGateway, headers: dict[str, str], connections: Connections
) -> None:
    video = PublishedVideo(connections, owner="alice")
    await video.request()
    _, cookie, _ = await sign_in(keyed)
    answer = await keyed.http.post(f"{video.url}/cancel", headers={"Cookie": f"{COOKIE}={cookie}", **headers})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")
    assert (await video.read()).state.cancelled is None


async def test_a_session_ends_with_its_key(keyed: TestGateway) -> None:
    key_id, cookie, _ = await sign_in(keyed)
    revoked = await revoke_key(keyed.deps.access.ring.bucket, key_id)
    assert revoked
    await keyed.deps.access.ring.wait_for(revoked)
    assert (await keyed.http.get("/v1/videos", headers=carry(cookie))).status_code == 401


async def test_a_rotated_key_ends_its_sessions(keyed: TestGateway) -> None:
    key_id, cookie, _ = await sign_in(keyed)
    rotated = await rotate_key(keyed.deps.access.ring.bucket, key_id, timedelta(hours=1))
    assert rotated
    await keyed.deps.access.ring.wait_for(rotated[0])
    assert (await keyed.http.get("/v1/videos", headers=carry(cookie))).status_code == 401


async def test_signing_out_ends_the_session_for_a_copied_cookie_too(keyed: TestGateway) -> None:
    _, cookie, _ = await sign_in(keyed)
    answer = await keyed.http.delete("/v1/session", headers=carry(cookie))
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert (await keyed.http.get("/v1/videos", headers=carry(cookie))).status_code == 401


async def test_forged_expired_and_borrowed_cookies_open_nothing(keyed: TestGateway) -> None:
    key_id, cookie, _ = await sign_in(keyed)
    found = keyed.deps.access.sessions.find(cookie)
    assert found
    session = found[1]
    ours, theirs = Signer(SIGNING_KEY), Signer("another signing key, just as long as ours")
    past = SessionToken(id=session.id, key_id=key_id, proof=session.proof, expires_at=now() - timedelta(seconds=1))
    payload, _, mac = cookie.partition(".")
    forged = [
        theirs.sign(PURPOSE, session),
        ours.sign("share", session),
        ours.sign(PURPOSE, past),
        f"{payload}.{mac[:-2]}",
        f"{payload[:-4]}AAAA.{mac}",
        f"{payload}.",
        payload,
        "x" * 5000,
        "é.é",
    ]
    for each in forged:
        assert keyed.deps.access.sessions.find(each) is None, each[:80]


async def test_what_the_earlier_signing_key_signed_stays_valid(connections: Connections) -> None:
    earlier = "the signing key that was in use before"
    async with gateway_in_process(
        connections, require_keys=True, signing_key=SIGNING_KEY, earlier_signing_key=earlier
    ) as gateway:
        key, _ = await add_key(gateway.deps, "alice")
        _, session = gateway.deps.access.sessions.open(key)
        assert gateway.deps.access.sessions.find(Signer(earlier).sign(PURPOSE, session))


async def test_without_a_signing_key_the_problem_says_what_to_set(connections: Connections) -> None:
    async with gateway_in_process(connections, require_keys=True, signing_key="") as gateway:
        _, headers = await add_key(gateway.deps, "alice")
        token = headers["Authorization"].removeprefix("Bearer ")
        answer = await gateway.http.post("/v1/session", json={"key": token}, headers=OWN_PAGE)
        assert (answer.status_code, answer.json()["code"]) == (503, "no-signing-key")
        assert "LECTERN_SIGNING_KEY" in answer.json()["remedy"]


async def test_keys_are_made_and_revoked_by_their_owner(keyed: TestGateway) -> None:
    _, admin = await add_key(keyed.deps, "alice", scopes=("read", "write", "admin"))
    _, other = await add_key(keyed.deps, "mallory", scopes=("read", "write", "admin"))
    created = await keyed.http.post("/v1/keys", json={"name": "phone", "expires_in": 3600}, headers=admin)
    assert created.status_code == 201
    shown = {"Authorization": f"Bearer {created.json()['key']}"}
    assert (await keyed.http.get("/v1/account", headers=shown)).json()["owner"] == "alice"
    assert (await keyed.http.get("/v1/keys", headers=shown)).status_code == 403
    listed = await keyed.http.get("/v1/keys", headers=admin)
    assert "phone" in [key["name"] for key in listed.json()["data"]]
    assert created.json()["key"] not in listed.text
    path = f"/v1/keys/{created.json()['id']}"
    assert (await keyed.http.delete(path, headers=other)).status_code == 404
    assert [key["name"] for key in (await keyed.http.get("/v1/keys", headers=other)).json()["data"]] == [""]
    assert (await keyed.http.delete(path, headers=admin)).status_code == 204
    assert (await keyed.http.get("/v1/account", headers=shown)).status_code == 401


async def test_a_key_makes_none_that_may_do_more(keyed: TestGateway) -> None:
    _, headers = await add_key(keyed.deps, "alice", scopes=("admin",))
    answer = await keyed.http.post("/v1/keys", json={"scopes": ["admin", "write"]}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing-scope")
