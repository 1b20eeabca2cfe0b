"""Share links: one finished video for whoever has the link, until it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from unit.gateway.gateways import SIGNING_KEY, TestGateway, gateway_in_process
from unit.gateway.keyed import client_of
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.events import now
from lectern.gateway.access.shares import MAX_SHARES, PURPOSE, ShareToken
from lectern.gateway.access.signing import Signer
from lectern.worker import Connections

FILM = b"film " * 1000


@pytest.fixture
async def keyed(connections: Connections) -> AsyncIterator[TestGateway]:
    """A gateway that asks for keys."""
    async with gateway_in_process(connections, require_keys=True) as running:
        yield running


@pytest.fixture
async def alice(keyed: TestGateway) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the owner alice."""
    async with client_of(keyed, "alice") as http:
        yield http


@pytest.fixture
async def finished(connections: Connections) -> PublishedVideo:
    """A finished video of alice's."""
    video = PublishedVideo(connections, owner="alice")
    await connections.store.put("film", FILM, "video/mp4")
    await video.finish(e.Output(kind="video", key="film", media_type="video/mp4", bytes=len(FILM)))
    return video


async def share(http: httpx.AsyncClient, video: PublishedVideo, **body: Any) -> tuple[str, dict[str, Any]]:
    """A new link's token, and the link."""
    answer = await http.post(f"{video.url}/shares", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["url"].removeprefix("/s/"), answer.json()


async def test_a_link_shows_one_video_to_whoever_has_it(
    keyed: TestGateway, alice: httpx.AsyncClient, finished: PublishedVideo
) -> None:
    token, _ = await share(alice, finished)
    shown = (await keyed.http.get(f"/v1/shared/{token}")).json()
    assert shown["title"] == "The leaf"
    assert finished.video_id not in str(shown), "the id is of no use to the viewer"
    film = await keyed.http.get(shown["outputs"][0]["url"])
    assert (film.status_code, film.content) == (200, FILM)
    part = await keyed.http.get(shown["outputs"][0]["url"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"film")
    assert (await keyed.http.head(f"/v1/shared/{token}/content")).headers["content-length"] == str(len(FILM))


async def test_a_link_opens_nothing_else(
    keyed: TestGateway, alice: httpx.AsyncClient, finished: PublishedVideo
) -> None:
    token, _ = await share(alice, finished)
    bearer = {"Authorization": f"Bearer {token}"}
    for path in (finished.url, f"{finished.url}/script", f"{finished.url}/content", "/v1/videos"):
        assert (await keyed.http.get(path, headers=bearer)).status_code == 401
    assert (await keyed.http.post(f"/v1/shared/{token}")).status_code in (401, 405)


async def test_forged_and_changed_links_are_unknown(keyed: TestGateway, finished: PublishedVideo) -> None:
    later = int((now() + timedelta(days=1)).timestamp())
    content = ShareToken("0" * 16, finished.video_id, later)
    right = Signer(SIGNING_KEY).sign(PURPOSE, content)
    forged = [
        Signer("another signing key, just as long as ours").sign(PURPOSE, content),
        Signer(SIGNING_KEY).sign("session", content),
        right[:-1],
        right + "A",
        right.replace(".", ""),
        "x",
        "a" * 3000,
    ]
    for token in forged:
        answer = await keyed.http.get(f"/v1/shared/{token}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-share"), token[:80]


async def test_a_link_that_was_signed_but_never_kept_has_ended(keyed: TestGateway, finished: PublishedVideo) -> None:
    later = int((now() + timedelta(days=1)).timestamp())
    token = Signer(SIGNING_KEY).sign(PURPOSE, ShareToken("0" * 16, finished.video_id, later))
    assert (await keyed.http.get(f"/v1/shared/{token}")).status_code == 410


async def test_an_expired_link_has_ended(
    keyed: TestGateway, alice: httpx.AsyncClient, finished: PublishedVideo, connections: Connections
) -> None:
    token, link = await share(alice, finished, expires_in=60)
    assert datetime.fromisoformat(link["expires_at"]) - datetime.fromisoformat(link["created_at"]) == timedelta(
        seconds=60
    )
    past = ShareToken(link["id"], finished.video_id, int(now().timestamp()) - 1)
    expired = await keyed.http.get(f"/v1/shared/{Signer(SIGNING_KEY).sign(PURPOSE, past)}")
    assert (expired.status_code, expired.json()["code"]) == (410, "share-ended")
    assert (await keyed.http.get(f"/v1/shared/{token}")).status_code == 200


async def test_a_deleted_link_has_ended_and_others_go_on(
    keyed: TestGateway, alice: httpx.AsyncClient, finished: PublishedVideo
) -> None:
    first, link = await share(alice, finished)
    second, _ = await share(alice, finished)
    listed = (await alice.get(f"{finished.url}/shares")).json()["data"]
    assert [each["url"] for each in listed] == [f"/s/{first}", f"/s/{second}"]
    assert (await alice.delete(f"{finished.url}/shares/{link['id']}")).status_code == 204
    ended = await keyed.http.get(f"/v1/shared/{first}/content")
    assert (ended.status_code, ended.json()["code"]) == (410, "share-ended")
    assert (await keyed.http.get(f"/v1/shared/{second}")).status_code == 200
    assert (await alice.delete(f"{finished.url}/shares/{link['id']}")).status_code == 404


async def test_the_link_of_a_deleted_video_has_ended(
    keyed: TestGateway, alice: httpx.AsyncClient, finished: PublishedVideo, connections: Connections
) -> None:
    token, _ = await share(alice, finished)
    await finished.publish(e.VideoDeleted)
    await connections.event_log.erase(finished.video_id)
    for path in (f"/v1/shared/{token}", f"/v1/shared/{token}/content"):
        answer = await keyed.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (410, "share-ended")


async def test_only_the_owner_shares_and_only_what_is_finished(
    keyed: TestGateway, alice: httpx.AsyncClient, finished: PublishedVideo, connections: Connections
) -> None:
    async with client_of(keyed, "mallory") as mallory:
        assert (await mallory.post(f"{finished.url}/shares")).status_code == 404
        assert (await mallory.get(f"{finished.url}/shares")).status_code == 404
    unfinished = PublishedVideo(connections, owner="alice")
    await unfinished.request()
    assert (await alice.post(f"{unfinished.url}/shares")).status_code == 409


async def test_a_video_has_a_bounded_number_of_links(
    keyed: TestGateway, alice: httpx.AsyncClient, finished: PublishedVideo
) -> None:
    for _ in range(MAX_SHARES):
        await share(alice, finished)
    assert (await alice.post(f"{finished.url}/shares")).status_code == 409


@pytest.mark.parametrize("seconds", [0, 59, -1, 10**9, "soon"])
async def test_a_links_time_is_bounded(alice: httpx.AsyncClient, finished: PublishedVideo, seconds: object) -> None:
    answer = await alice.post(f"{finished.url}/shares", json={"expires_in": seconds})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/expires_in")
