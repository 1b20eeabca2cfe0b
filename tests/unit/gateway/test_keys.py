"""Keys and owners: who gets in, what each may do, and that nobody learns of another's videos."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
import structlog
from fastapi.routing import APIRoute
from unit.gateway.gateways import TestGateway, gateway_in_process, gateway_on_a_port, read_blocks
from unit.gateway.images import make_png
from unit.gateway.keyed import add_key, client_of
from unit.gateway.published_video import PublishedVideo

from lectern.contracts.api_keys import SCOPES, hash_secret
from lectern.contracts.events import VideoRequested, now
from lectern.contracts.ids import new_id
from lectern.contracts.problems import ProblemError
from lectern.gateway.access.binding import check_binding
from lectern.gateway.routes import PUBLIC_ROUTERS, ROUTERS
from lectern.gateway.settings import GatewaySettings
from lectern.worker import Connections, configure_logs, create_key, revoke_key, rotate_key

PRIVATE = sorted(
    (method, route.path)
    for router in ROUTERS
    if router not in PUBLIC_ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods
)
OF_A_VIDEO = [(method, path) for method, path in PRIVATE if path.startswith("/v1/videos/{video_id}")]
BODIES: dict[str, Any] = {"dub": {"language": "de"}, "redo": {}, "approve": {}, "cancel": {}}


@pytest.fixture
async def keyed(connections: Connections) -> AsyncIterator[TestGateway]:
    """A gateway that asks for keys."""
    async with gateway_in_process(connections, require_keys=True) as running:
        yield running


def fill_in(path: str, video_id: str) -> str:
    """A path with a video's id, and 1 for whatever else it asks for."""
    return re.sub(r"\{[^}]+\}", "1", path.replace("{video_id}", video_id))


@pytest.mark.parametrize(("method", "path"), PRIVATE)
async def test_every_route_needs_a_key(keyed: TestGateway, method: str, path: str) -> None:
    answer = await keyed.http.request(method, fill_in(path, new_id()))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    if method != "HEAD":
        assert answer.json()["code"] == "unauthenticated"
        assert "lectern keys create" in answer.json()["remedy"]


async def test_a_path_that_does_not_exist_needs_a_key_too(keyed: TestGateway) -> None:
    assert (await keyed.http.get("/v1/whatever")).status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/problems/not-found", "/"])
async def test_what_is_public_needs_none(keyed: TestGateway, path: str) -> None:
    assert (await keyed.http.get(path)).status_code in (200, 503)


@pytest.mark.parametrize(("method", "path"), OF_A_VIDEO)
async def test_another_owners_video_is_answered_like_one_that_does_not_exist(
    keyed: TestGateway, connections: Connections, method: str, path: str
) -> None:
    video = PublishedVideo(connections, owner="alice")
    await video.finish()
    absent = new_id()
    async with client_of(keyed, "mallory", scopes=SCOPES) as mallory:
        body = next((value for name, value in BODIES.items() if path.endswith(name)), None)
        reads: list[list[str]] = []
        answers = []
        for video_id in (video.video_id, absent):
            with count_reads(connections) as done:
                answers.append(await mallory.request(method, fill_in(path, video_id), json=body))
            reads.append(done)
    foreign, unknown = answers
    assert foreign.status_code == unknown.status_code
    assert foreign.status_code >= 400
    assert without_ids(foreign, video.video_id) == without_ids(unknown, absent)
    assert reads[0] == reads[1], "a foreign video takes other work than one that does not exist"


class count_reads:
    """What was asked of the event log while the context lasted."""

    def __init__(self, connections: Connections) -> None:
        self._log: Any = connections.event_log

    def __enter__(self) -> list[str]:
        asked: list[str] = []
        for name in ("read", "read_owner", "append", "publish"):
            method = getattr(self._log, name)

            def spy(*args: Any, _name: str = name, _method: Any = method, **options: Any) -> Any:
                asked.append(_name)
                return _method(*args, **options)

            setattr(self._log, name, spy)
        return asked

    def __exit__(self, *_: object) -> None:
        for name in ("read", "read_owner", "append", "publish"):
            delattr(self._log, name)


NEW_EACH_TIME = ("x-request", "traceresponse", "ratelimit")


def without_ids(answer: httpx.Response, video_id: str) -> tuple[dict[str, str], str]:
    """Headers and body without what differs between any two answers."""
    headers = {name: value for name, value in answer.headers.items() if not name.startswith(NEW_EACH_TIME)}
    body = re.sub(r'"instance":"[^"]+"', "", answer.text.replace(video_id, "ID"))
    return headers, body


async def test_an_owner_sees_and_changes_its_own_videos_only(keyed: TestGateway, connections: Connections) -> None:
    async with client_of(keyed, "alice") as alice, client_of(keyed, "bob") as bob:
        created = await alice.post("/v1/videos", json={"topic": "Leaves"})
        assert created.status_code == 202
        video = created.json()
        assert (await connections.event_log.read(video["id"])).owner == "alice"
        assert (await alice.get(video["urls"]["self"])).status_code == 200
        assert (await bob.get(video["urls"]["self"])).status_code == 404
        assert [each["id"] for each in (await alice.get("/v1/videos")).json()["data"]] == [video["id"]]
        assert (await bob.get("/v1/videos")).json()["data"] == []
        assert (await bob.get("/v1/videos", params={"after": video["id"]})).json()["data"] == []
        assert (await bob.post(video["urls"]["cancel"])).status_code == 404
        assert (await alice.post(video["urls"]["cancel"])).status_code == 202


async def test_two_keys_of_one_owner_share_its_videos(keyed: TestGateway) -> None:
    async with client_of(keyed, "alice") as laptop, client_of(keyed, "alice") as phone:
        video = (await laptop.post("/v1/videos", json={"topic": "Leaves"})).json()
        assert (await phone.get(video["urls"]["self"])).status_code == 200


async def test_an_idempotency_key_is_the_owners_own(keyed: TestGateway) -> None:
    send: dict[str, Any] = {"json": {"topic": "Leaves"}, "headers": {"Idempotency-Key": "order 1"}}
    async with client_of(keyed, "alice") as alice, client_of(keyed, "bob") as bob:
        first, second = await alice.post("/v1/videos", **send), await bob.post("/v1/videos", **send)
        assert "idempotent-replayed" not in second.headers
        assert first.json()["id"] != second.json()["id"]
        again = await alice.post("/v1/videos", **send)
        assert (again.headers["idempotent-replayed"], again.json()["id"]) == ("true", first.json()["id"])


@pytest.mark.parametrize(
    "token", ["", "lk_", "lk_0123456789abcdef_" + "a" * 40, "lk_0123456789abcdef_" + "é" * 40, "x" * 100_00]
)
async def test_a_made_up_key_opens_nothing(keyed: TestGateway, token: str) -> None:
    answer = await keyed.http.get("/v1/videos", headers={"Authorization": b"Bearer " + token.encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_wrong_secret_and_an_unknown_key_take_the_same_work(
    keyed: TestGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = await add_key(keyed.deps, "alice")
    hashed: list[str] = []
    monkeypatch.setattr("lectern.contracts.api_keys.hash_secret", lambda text: hashed.append(text) or hash_secret(text))
    work = []
    for key_id in (key.id, "0" * 16):
        hashed.clear()
        assert keyed.deps.access.ring.find(f"lk_{key_id}_{'a' * 40}") is None
        work.append(list(hashed))
    assert work[0] == work[1] == ["a" * 40]


async def test_only_a_hash_of_the_secret_is_kept(keyed: TestGateway) -> None:
    key, headers = await add_key(keyed.deps, "alice")
    secret = headers["Authorization"].rpartition("_")[2]
    entry = await keyed.deps.access.ring.bucket.get(key.id)
    assert entry
    assert secret.encode() not in (entry.value or b"")
    assert hash_secret(secret).encode() in (entry.value or b"")


@pytest.mark.parametrize(("scopes", "method", "status"), [(("read",), "GET", 200), (("read",), "POST", 403)])
async def test_a_key_does_what_its_scopes_allow(
    keyed: TestGateway, scopes: tuple[Any, ...], method: str, status: int
) -> None:
    async with client_of(keyed, "alice", scopes=scopes) as alice:
        answer = await alice.request(method, "/v1/videos", json={"topic": "Leaves"} if method == "POST" else None)
        assert answer.status_code == status
        if status == 403:
            assert answer.json()["code"] == "missing-scope"
            assert "scope write" in answer.json()["detail"]


async def test_a_key_ends_when_it_expires(keyed: TestGateway) -> None:
    async with client_of(keyed, "alice", expires_at=now() - timedelta(seconds=1)) as expired:
        assert (await expired.get("/v1/videos")).status_code == 401


async def test_a_rotated_keys_earlier_secret_is_good_for_the_overlap_only(keyed: TestGateway) -> None:
    ring = keyed.deps.access.ring
    for overlap, status in ((timedelta(hours=1), 200), (timedelta(), 401)):
        key, old = await add_key(keyed.deps, "alice")
        rotated = await rotate_key(ring.bucket, key.id, overlap)
        assert rotated
        await ring.wait_for(rotated[0])
        new = {"Authorization": f"Bearer {rotated[1]}"}
        assert (await keyed.http.get("/v1/videos", headers=new)).status_code == 200
        assert (await keyed.http.get("/v1/videos", headers=old)).status_code == status


async def test_a_revoked_key_opens_nothing_and_ends_open_event_streams(connections: Connections) -> None:
    video = PublishedVideo(connections, owner="alice")
    await video.request()
    async with gateway_on_a_port(connections, require_keys=True) as gateway:
        key, headers = await add_key(gateway.deps, "alice")
        async with gateway.http.stream("GET", f"{video.url}/events", headers=headers) as stream:
            blocks = aiter(read_blocks(stream))
            await anext(blocks)
            assert (await anext(blocks)).name == "video.snapshot"
            await revoke_key(gateway.deps.access.ring.bucket, key.id)
            async with asyncio.timeout(1):  # far below the next ping, which would come after 15 s
                assert [block async for block in blocks if block.name] == []
        assert (await gateway.http.get(video.url, headers=headers)).status_code == 401
        assert gateway.deps.hub.watched == frozenset()


async def test_without_keys_everybody_is_the_owner_of_everything_made_without_keys(
    gateway: TestGateway, connections: Connections
) -> None:
    video, foreign = PublishedVideo(connections), PublishedVideo(connections, owner="alice")
    await video.request()
    await foreign.request()
    assert (await gateway.http.get(video.url)).status_code == 200
    assert (await gateway.http.get(foreign.url)).status_code == 404
    _, headers = await add_key(gateway.deps, "alice")
    assert (await gateway.http.get(foreign.url, headers=headers)).status_code == 200
    wrong = {"Authorization": "Bearer lk_wrong"}
    assert (await gateway.http.get(video.url, headers=wrong)).status_code == 401, "a key that is shown must be right"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "lectern.example.org"])
def test_the_gateway_does_not_listen_for_others_without_keys(host: str) -> None:
    with pytest.raises(ProblemError, match="LECTERN_REQUIRE_KEYS=true"):
        check_binding(GatewaySettings(host=host))
    check_binding(GatewaySettings(host=host, require_keys=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_on_loopback_it_needs_none(host: str) -> None:
    check_binding(GatewaySettings(host=host))


async def test_a_key_of_an_unknown_version_is_no_key(keyed: TestGateway) -> None:
    key, token = await create_key(keyed.deps.access.ring.bucket, owner="alice")
    await keyed.deps.access.ring.wait_for(key)
    data = msgspec.json.encode({"id": key.id, "shape": "of another version"})
    entry = await keyed.deps.access.ring.bucket.get(key.id)
    assert entry
    await keyed.deps.access.ring.bucket.update(key.id, data, entry.revision)
    assert keyed.deps.access.ring.find(token) is None


PNG = make_png()


async def test_an_upload_is_its_owners_own(keyed: TestGateway, connections: Connections) -> None:
    async with client_of(keyed, "alice") as alice, client_of(keyed, "bob") as bob:
        asset = (await alice.post("/v1/assets", content=PNG, headers={"Content-Type": "image/png"})).json()["id"]
        body = {"document": {"markdown": "# Leaf\n\n![](a.png)", "assets": {"a.png": asset}}}
        refused = await bob.post("/v1/videos", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/document/assets/a.png")
        created = await alice.post("/v1/videos", json=body)
        assert created.status_code == 202
        [(_, event)] = await connections.event_log.read(created.json()["id"])
        assert isinstance(event, VideoRequested)
        assert await connections.store.get(event.brief.assets["a.png"]) == PNG


async def test_each_change_leaves_a_line_that_says_who_and_holds_no_secret(
    keyed: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections, owner="alice")
    await video.request()
    key, headers = await add_key(keyed.deps, "alice")
    configure_logs("json", "INFO")
    with structlog.testing.capture_logs() as lines:
        await keyed.http.get(video.url, headers=headers)
        await keyed.http.post(f"{video.url}/cancel", headers=headers)
        await keyed.http.post(f"{video.url}/cancel")
    changes = [line for line in lines if line.get("action") == "audit"]
    assert [(line["owner"], line["key_id"], line["result"]) for line in changes] == [
        ("alice", key.id, "done"),
        (None, None, "refused"),
    ]
    assert changes[0]["changed"] == {"video_id": video.video_id}
    assert headers["Authorization"].rpartition("_")[2] not in str(lines)
