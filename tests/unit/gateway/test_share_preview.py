"""A shared film's page: its head names the film, and says no more than the link shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest
from unit.gateway.gateways import TestGateway, gateway_in_process
from unit.gateway.keyed import client_of
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.worker import Connections

HOSTILE = '"><script>alert(1)</script><title>&amp;'


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


async def share_finished(connections: Connections, alice: httpx.AsyncClient) -> tuple[PublishedVideo, str]:
    """A finished video, and the page of a link to it."""
    video = PublishedVideo(connections, owner="alice")
    outputs = [
        e.Output(kind=kind, key=kind, media_type=media_type, bytes=4)
        for kind, media_type in [("video", "video/mp4"), ("thumbnail", "image/jpeg")]
    ]
    for output in outputs:
        await connections.store.put(output.key, b"data", output.media_type)
    await video.finish(*outputs)
    return video, str((await alice.post(f"{video.url}/shares")).json()["url"])


class Head(HTMLParser):
    """The titles, properties and elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.properties: dict[str, str] = {}
        self.elements: list[str] = []
        self.titles: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.elements.append(tag)
        if name := named.get("property") or named.get("name"):
            self.properties[name] = named.get("content") or ""

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1] == "title":
            self.titles.append(data)


async def test_the_head_names_the_film_with_addresses_in_full(
    keyed: TestGateway, alice: httpx.AsyncClient, connections: Connections
) -> None:
    video, url = await share_finished(connections, alice)
    answer = await keyed.http.get(url, headers={"Accept": "text/html"})
    head = Head(answer.text)
    assert answer.status_code == 200
    assert head.properties["og:title"] == "The leaf"
    assert (await keyed.http.get(head.properties["og:image"])).content == b"data"
    assert head.properties["og:image"].startswith(str(keyed.http.base_url))
    assert video.video_id not in answer.text
    assert (answer.headers["x-robots-tag"], head.properties["robots"]) == ("noindex", "noindex")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_hostile_title_stays_text(
    keyed: TestGateway, alice: httpx.AsyncClient, connections: Connections
) -> None:
    video, url = await share_finished(connections, alice)
    assert (await alice.patch(video.url, json={"title": HOSTILE})).status_code == 200
    plain, answer = await keyed.http.get("/explore"), await keyed.http.get(url)
    head = Head(answer.text)
    assert head.properties["og:title"] == HOSTILE
    assert head.elements.count("script") == Head(plain.text).elements.count("script")
    assert head.elements.count("title") == 1


async def test_a_link_that_was_made_up_or_has_ended_gets_a_page_that_says_so(
    keyed: TestGateway, alice: httpx.AsyncClient, connections: Connections
) -> None:
    video, url = await share_finished(connections, alice)
    listed = (await alice.get(f"{video.url}/shares")).json()["data"]
    await alice.delete(f"{video.url}/shares/{listed[0]['id']}")
    for path, status in [("/s/made-up", 404), (url, 410)]:
        answer = await keyed.http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert "og:title" not in answer.text
        assert '<div id="studio">' in answer.text, "the page itself explains"
        head = await keyed.http.head(path)
        assert (head.status_code, head.content) == (status, b"")
