"""The list of videos with its filters, and what users call their videos."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from unit.gateway.gateways import TestGateway
from unit.gateway.published_video import OUT_OF_MEMORY, PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.gateway.filters import VideoFilter
from lectern.gateway.views import DELETED, VERSION, View, Views
from lectern.worker import Connections
from lectern.worker.testing import MemoryKeyValueStore


async def list_ids(http: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await http.get(f"/v1/videos?{query}")
    assert answer.status_code == 200, answer.text
    return [video["id"] for video in answer.json()["data"]]


async def create(http: httpx.AsyncClient, topic: str = "Rain", **fields: Any) -> dict[str, Any]:
    answer = await http.post("/v1/videos", json={"topic": topic, **fields})
    assert answer.status_code == 202, answer.text
    video: dict[str, Any] = answer.json()
    return video


async def test_a_video_shows_the_title_metadata_and_id_it_was_given(http: httpx.AsyncClient) -> None:
    given = {"title": "Week 3", "metadata": {"course": "7b", "é": ""}, "external_id": "order/17"}
    video = await create(http, **given)
    assert {name: video[name] for name in given} == given
    shown = (await http.get(video["urls"]["self"])).json()
    assert {name: shown[name] for name in given} == given
    listed = (await http.get("/v1/videos")).json()["data"][0]
    assert {name: listed[name] for name in given} == given


@pytest.mark.parametrize(
    ("patch", "title", "metadata"),
    [
        ({}, "Mine", {"a": "1", "b": "2"}),
        ({"title": "Yours"}, "Yours", {"a": "1", "b": "2"}),
        ({"title": None}, "Rain", {"a": "1", "b": "2"}),
        ({"metadata": {"a": None, "c": "3"}}, "Mine", {"b": "2", "c": "3"}),
        ({"metadata": None}, "Mine", {}),
        ({"metadata": {}}, "Mine", {"a": "1", "b": "2"}),
    ],
)
async def test_a_patch_changes_what_it_names_and_null_removes(
    gateway: TestGateway, patch: dict[str, Any], title: str, metadata: dict[str, str]
) -> None:
    video = await create(gateway.http, title="Mine", metadata={"a": "1", "b": "2"})
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = await gateway.http.patch(video["urls"]["self"], content=msgspec.json.encode(patch), headers=headers)
    assert answer.status_code == 200
    assert (answer.json()["title"], answer.json()["metadata"]) == (title, metadata)
    assert answer.json()["revision"] == 1
    log = await gateway.deps.event_log.read(video["id"])
    assert len(log) == 1 + ((title, metadata) != ("Mine", {"a": "1", "b": "2"})), "what changes nothing is no event"


async def test_of_many_patches_at_once_none_is_lost(http: httpx.AsyncClient) -> None:
    video = await create(http)
    answers = await asyncio.gather(
        *(http.patch(video["urls"]["self"], json={"metadata": {f"k{n}": str(n)}}) for n in range(8))
    )
    assert {answer.status_code for answer in answers} == {200}
    metadata = (await http.get(video["urls"]["self"])).json()["metadata"]
    assert metadata == {f"k{n}": str(n) for n in range(8)}


async def test_a_finished_video_is_renamed_without_being_made_again(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    answer = await gateway.http.patch(video.url, json={"title": "Better"})
    assert (answer.json()["status"], answer.json()["title"], answer.json()["revision"]) == ("completed", "Better", 1)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"metadata": {f"k{n}": "" for n in range(17)}}, "/metadata"),
    ({"metadata": {"k": "x" * 513}}, "/metadata/k"),
    ({"metadata": {"k" * 65: "x"}}, "/metadata"),
    ({"metadata": {"": "x"}}, "/metadata"),
    ({"metadata": {"k": "\u202e"}}, "/metadata/k"),
    ({"metadata": {"k": 3}}, "/metadata/k"),
    ({"title": "x" * 201}, "/title"),
    ({"title": "a\x00b"}, "/title"),
]


@pytest.mark.parametrize(("fields", "pointer"), REFUSED)
async def test_a_description_that_cannot_be_kept_is_refused(
    http: httpx.AsyncClient, fields: dict[str, Any], pointer: str
) -> None:
    video = await create(http)
    for answer in (
        await http.post("/v1/videos", json={"topic": "Rain", **fields}),
        await http.patch(video["urls"]["self"], json=fields),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"].startswith(pointer)


async def test_patches_cannot_add_up_to_more_metadata_than_a_video_may_have(http: httpx.AsyncClient) -> None:
    video = await create(http, metadata={f"a{n}": "" for n in range(16)})
    answer = await http.patch(video["urls"]["self"], json={"metadata": {"one": "more"}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/metadata")
    answer = await http.patch(video["urls"]["self"], json={"metadata": {"one": "more", "a0": None}})
    assert answer.status_code == 200


async def test_lists_are_filtered_by_status_metadata_ids_and_time(
    gateway: TestGateway, connections: Connections
) -> None:
    http = gateway.http
    leaf = await create(http, metadata={"course": "7b", "week": "3"}, external_id="x/1")
    rain = await create(http, metadata={"course": "7b", "week": "4"})
    done = PublishedVideo(connections)
    await done.finish()
    failed = PublishedVideo(connections)
    await failed.request()
    await failed.fail()
    assert await list_ids(http, "status=completed&status=failed") == [failed.video_id, done.video_id]
    assert await list_ids(http, "metadata[course]=7b") == [rain["id"], leaf["id"]]
    assert await list_ids(http, "metadata[course]=7b&metadata[week]=3") == [leaf["id"]]
    assert await list_ids(http, "metadata[course]=7") == []
    assert await list_ids(http, "external_id=x/1") == [leaf["id"]]
    after = quote(rain["created_at"])
    assert await list_ids(http, f"created_after={after}") == [failed.video_id, done.video_id]
    assert await list_ids(http, f"created_before={after}") == [leaf["id"]]
    assert await list_ids(http, "order=asc&limit=2") == [leaf["id"], rain["id"]]


async def test_a_search_finds_words_of_title_and_topic_whatever_their_case_and_accents(
    http: httpx.AsyncClient,
) -> None:
    eclair = await create(http, "Pourquoi l'éclair précède le tonnerre ?", title="Météo")
    street = await create(http, "Die Straße im Regen")
    for query, found in {
        "ECLAIR": [eclair],
        "tonnerre meteo": [eclair],
        "STRASSE": [street],
        "re": [street, eclair],
        "eclair regen": [],
        " ": [street, eclair],
    }.items():
        assert await list_ids(http, f"q={quote(query)}") == [video["id"] for video in found], query


async def test_a_dub_is_listed_under_its_original(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    dub = (await gateway.http.post(f"{video.url}/dub", json={"language": "de"})).json()
    assert dub["parent"] == video.video_id
    assert await list_ids(gateway.http, f"parent={video.video_id}") == [dub["id"]]


async def test_pages_hold_their_place_while_videos_come(http: httpx.AsyncClient) -> None:
    videos = [(await create(http))["id"] for _ in range(6)]
    first = (await http.get("/v1/videos?limit=2")).json()
    await create(http)
    second = (await http.get(f"/v1/videos?limit=2&after={first['next_cursor']}")).json()
    assert [video["id"] for video in second["data"]] == [videos[3], videos[2]]
    oldest = (await http.get("/v1/videos?limit=5&order=asc")).json()
    assert [video["id"] for video in oldest["data"]] == videos[:5]
    rest = (await http.get(f"/v1/videos?limit=5&order=asc&after={oldest['next_cursor']}")).json()
    assert [video["id"] for video in rest["data"]][:1] == videos[5:]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("created_after=yesterday", "?created_after"),
        ("status=completed&status=done", "?status"),
        ("order=up", "?order"),
        ("parent=x", "?parent"),
        ("batch=..", "?batch"),
        ("q=" + "x" * 201, "?q"),
        ("external_id=" + "x" * 129, "?external_id"),
        ("metadata[a]=" + "x" * 1000, "?metadata"),
        ("&".join(f"metadata[k{n}]=1" for n in range(17)), "?metadata"),
        ("metadata[a]=1&metadata[a]=2", "?metadata[a]"),
        ("limit=101", "?limit"),
    ],
)
async def test_an_impossible_filter_is_refused_by_name(http: httpx.AsyncClient, query: str, pointer: str) -> None:
    answer = await http.get(f"/v1/videos?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_card_has_what_it_shows(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.write_script()
    await video.code(1, degraded=OUT_OF_MEMORY)
    await video.complete(e.Output(kind="thumbnail", key="t", media_type="image/jpeg", bytes=3))
    (card,) = (await gateway.http.get("/v1/videos")).json()["data"]
    assert card["thumbnail"] == f"{video.url}/content?variant=thumbnail"
    assert (card["topic"], card["aspect"], card["language"]) == ("How does a leaf work?", "16:9", "en")
    assert (card["seconds"], card["scenes_degraded"]) == (9.0, 1)


def make_view(seq: int, owner: str = "", status: str = "queued") -> View:
    return View(
        version=VERSION, seq=seq, events=seq, status=status, owner=owner, summary=msgspec.Raw(f'{{"s":{seq}}}'.encode())
    )


async def test_a_list_never_shows_another_owners_videos() -> None:
    views = Views(MemoryKeyValueStore())
    await views.start()
    for owner in ("ann", "bob", ""):
        for seq in range(1, 4):
            await views.write(new_id(), make_view(seq, owner))
    for owner in ("ann", "bob", ""):
        found, _ = views.page(VideoFilter(owner=owner), limit=100)
        assert [view.owner for view in found] == [owner] * 3
    assert views.page(VideoFilter(owner="eve"), limit=100) == ([], None)
    foreign = next(video_id for video_id in views.ids() if (views.get(video_id) or make_view(0)).owner == "bob")
    assert all(view.owner == "ann" for view in views.page(VideoFilter(owner="ann"), limit=9, after=foreign)[0])
    await views.close()


async def test_a_deleted_videos_view_keeps_its_place_so_that_no_late_one_takes_it() -> None:
    views = Views(MemoryKeyValueStore())
    await views.start()
    video_id = new_id()
    await views.write(video_id, make_view(3))
    await views.write(video_id, make_view(7, status=DELETED))
    assert views.page(VideoFilter(), limit=9) == ([], None)
    assert not await views.write(video_id, make_view(5))
    assert views.page(VideoFilter(), limit=9) == ([], None)
    assert views.ids() == [video_id], "a rebuild finds it, and removes it with the last of its log"
    await views.close()
