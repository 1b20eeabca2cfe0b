"""Looking at videos: one, read from the log; many, read from views that can always be made again."""

from __future__ import annotations

import asyncio

import httpx
import msgspec
import pytest
from unit.gateway.serving import Running, running, until
from unit.gateway.story import OUT_OF_MEMORY, Story

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.topology import VIDEO_VIEWS
from lectern.gateway.views import VERSION, View, Views
from lectern.worker import Connections, Settings

pytestmark = pytest.mark.slow


async def listed(http: httpx.AsyncClient, **query: object) -> list[str]:
    """Ids on a page, newest first."""
    answer = await http.get("/v1/videos", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [video["id"] for video in answer.json()["data"]]


async def test_a_video_shows_each_scene_as_far_as_it_is(api: Running, connections: Connections) -> None:
    story = Story(connections, scenes=3)
    await story.requested()
    await story.scripted()
    for scene in (1, 2, 3):
        await story.planned(scene)
    await story.rendered(1)
    await story.coded(2, degraded=OUT_OF_MEMORY)
    await story.scene_failed(3)
    video = (await api.http.get(story.url)).json()
    assert (video["status"], video["stage"], video["title"]) == ("in_progress", "rendering", "The leaf")
    assert (video["scene_count"], video["scenes_rendered"]) == (3, 1)
    one, two, three = video["scenes"]
    assert (one["status"], one["seconds"], one["footage"]) == ("rendered", 4.5, f"{story.url}/scenes/1/footage")
    assert (two["status"], two["footage"], two["degraded"]["code"]) == ("coded", None, "out-of-memory")
    assert (three["status"], three["error"]["remedy"]) == ("failed", "Simplify it.")
    assert 0 < video["progress"] < 100
    assert video["urls"]["content"] is None


async def test_a_finished_video_links_its_files(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.made(e.Output(kind="video", key="k", media_type="video/mp4", bytes=7))
    video = (await api.http.get(story.url)).json()
    assert (video["status"], video["progress"], video["stage"], video["seconds"]) == ("completed", 100, None, 9.0)
    assert video["completed_at"]
    assert video["outputs"] == [
        {"kind": "video", "url": f"{story.url}/content?variant=video", "media_type": "video/mp4", "bytes": 7}
    ]


async def test_a_failed_video_says_why_in_the_words_of_the_problem(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested()
    await story.failed()
    video = (await api.http.get(story.url)).json()
    assert video["status"] == "failed"
    assert video["error"]["type"].endswith("/out-of-memory")
    assert video["error"]["remedy"] == "Simplify it."


async def test_a_video_that_did_not_change_is_not_sent_again(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested()
    tag = (await api.http.get(story.url)).headers["etag"]
    assert (await api.http.get(story.url, headers={"If-None-Match": tag})).status_code == 304
    await story.scripted()
    assert (await api.http.get(story.url, headers={"If-None-Match": tag})).status_code == 200


@pytest.mark.parametrize(
    "video_id", ["0190a5a2-7c00-7000-8000-000000000000", "nope", "*", "%3E", "a.b", "..%2f..%2fetc"]
)
async def test_an_id_that_is_none_is_not_found_and_reaches_no_subject(http: httpx.AsyncClient, video_id: str) -> None:
    for path in ("", "/events", "/script", "/content"):
        answer = await http.get(f"/v1/videos/{video_id}{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_pages_hold_every_video_once_newest_first(api: Running, connections: Connections) -> None:
    stories = [Story(connections) for _ in range(7)]
    for story in stories:
        await story.requested()
    await until(lambda: _count(api.http, 7))
    pages, cursor = [], None
    while True:
        query = {"limit": 3, **({"after": cursor} if cursor else {})}
        page = (await api.http.get("/v1/videos", params=query)).json()
        pages.append([video["id"] for video in page["data"]])
        cursor = page["next_cursor"]
        assert page["has_more"] is (cursor is not None)
        if cursor is None:
            break
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [video_id for page in pages for video_id in page] == [story.video_id for story in reversed(stories)]


async def _count(http: httpx.AsyncClient, wanted: int) -> bool:
    return len(await listed(http, limit=100)) == wanted


async def test_a_list_can_be_of_one_status(api: Running, connections: Connections) -> None:
    waiting, finished = Story(connections), Story(connections)
    await waiting.requested()
    await finished.made()

    async def settled() -> bool:
        return await listed(api.http, status="completed") == [finished.video_id]

    await until(settled)
    assert await listed(api.http, status="queued") == [waiting.video_id]
    assert await listed(api.http, status="failed") == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limit=0", "?limit"), ("limit=x", "?limit"), ("status=done", "?status"), ("after=7", "?after")],
)
async def test_a_list_query_that_makes_no_sense_is_refused(http: httpx.AsyncClient, query: str, pointer: str) -> None:
    answer = await http.get(f"/v1/videos?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_views_are_made_again_after_the_bucket_was_lost(settings: Settings, connections: Connections) -> None:
    stories = [Story(connections) for _ in range(3)]
    async with running(settings, connections) as server:
        for story in stories:
            await story.made()

        async def all_done() -> bool:
            return len(await listed(server.http, status="completed")) == 3

        await until(all_done)
    js = connections.nats.jetstream()
    await js.purge_stream(f"KV_{VIDEO_VIEWS}")
    bucket = await js.key_value(VIDEO_VIEWS)
    await bucket.put(stories[0].video_id, b'{"version":0}')  # of a version before ours
    for video in (stories[1].video_id, new_id()):  # one behind its log, and one that has none
        summary = msgspec.Raw(msgspec.json.encode({"id": video}))
        outdated = View(version=VERSION, seq=1, events=1, status="queued", summary=summary)
        await bucket.put(video, msgspec.json.encode(outdated))
    async with running(settings, _again(connections)) as server:

        async def restored() -> bool:
            ids = await listed(server.http, limit=100)
            return sorted(ids) == sorted(story.video_id for story in stories) and ids == await listed(
                server.http, status="completed"
            )

        await until(restored)


def _again(connections: Connections) -> Connections:
    """The same connections with metrics of their own, as a second process would have."""

    return Connections.over(connections.nats, connections.store)


async def test_an_older_view_never_replaces_a_newer_one(connections: Connections) -> None:
    views = Views(connections.nats)
    await views.start()
    video_id = new_id()

    def view(seq: int) -> View:
        return View(
            version=VERSION, seq=seq, events=seq, status="queued", summary=msgspec.Raw(f'{{"s":{seq}}}'.encode())
        )

    written = await asyncio.gather(*(views.write(video_id, view(seq)) for seq in (3, 9, 1, 7, 2, 8)))
    assert any(written)
    assert await views.write(video_id, view(5)) is False
    entry = await (await connections.nats.jetstream().key_value(VIDEO_VIEWS)).get(video_id)
    assert msgspec.json.decode(entry.value or b"", type=View).seq == 9
    await views.close()


async def test_two_replicas_list_the_same(settings: Settings, connections: Connections) -> None:
    async with running(settings, connections) as one, running(settings, _again(connections)) as two:
        stories = [Story(connections) for _ in range(12)]
        await asyncio.gather(*(story.made() for story in stories))
        for server in (one, two):

            async def complete(http: httpx.AsyncClient = server.http) -> bool:
                return len(await listed(http, status="completed", limit=100)) == 12

            await until(complete, 10)
        assert await listed(one.http) == await listed(two.http)
