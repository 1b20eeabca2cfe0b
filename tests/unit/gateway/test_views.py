"""Showing a video, read from the log, and listing videos, read from views."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import httpx
import msgspec
import pytest
from unit.gateway.gateways import TestGateway
from unit.gateway.published_video import OUT_OF_MEMORY, PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.gateway.mapping import map_summary
from lectern.gateway.views import VERSION, View, Views
from lectern.worker import Connections
from lectern.worker.testing import MemoryKeyValueStore


async def list_ids(http: httpx.AsyncClient, **query: object) -> list[str]:
    """Ids on a page, newest first."""
    answer = await http.get("/v1/videos", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [video["id"] for video in answer.json()["data"]]


async def test_a_video_shows_the_state_of_each_scene(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections, scenes=3)
    await video.request()
    await video.write_script()
    for scene in (1, 2, 3):
        await video.plan(scene)
    await video.render(1)
    await video.code(2, degraded=OUT_OF_MEMORY)
    await video.fail_scene(3)
    shown = (await gateway.http.get(video.url)).json()
    assert (shown["status"], shown["stage"], shown["title"]) == ("in_progress", "rendering", "The leaf")
    assert (shown["scene_count"], shown["scenes_rendered"]) == (3, 1)
    one, two, three = shown["scenes"]
    assert (one["status"], one["seconds"], one["footage"]) == ("rendered", 4.5, f"{video.url}/scenes/1/footage")
    assert (two["status"], two["footage"], two["degraded"]["code"]) == ("coded", None, "out-of-memory")
    assert (three["status"], three["error"]["remedy"]) == ("failed", "Simplify it.")
    assert 0 < shown["progress"] < 100
    assert shown["urls"]["content"] is None


async def test_a_scene_that_waits_shows_for_what_and_since_when(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections, scenes=2)
    await video.request()
    await video.write_script()
    await video.plan(1)
    problem = Problem(code="store-full", title="Full", detail="The disk of the object store is full.", remedy="Wait.")
    since = e.now()
    await video.publish(e.SceneDelayed, scene=1, stage="voice", problem=problem, since=since)
    shown = (await gateway.http.get(video.url)).json()
    assert shown["waiting"] == shown["scenes"][0]["waiting"]
    assert shown["scenes"][1]["waiting"] is None
    assert (shown["waiting"]["stage"], shown["waiting"]["problem"]["detail"]) == ("voice", problem.detail)
    assert datetime.fromisoformat(shown["waiting"]["since"]) == since
    assert shown["error"] is None
    await video.render(1)
    shown = (await gateway.http.get(video.url)).json()
    assert (shown["waiting"], shown["scenes"][0]["waiting"]) == (None, None)


async def test_a_finished_video_links_its_files(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.finish(e.Output(kind="video", key="k", media_type="video/mp4", bytes=7))
    shown = (await gateway.http.get(video.url)).json()
    assert (shown["status"], shown["progress"], shown["stage"], shown["seconds"]) == ("completed", 100, None, 9.0)
    assert shown["completed_at"]
    assert shown["outputs"] == [
        {"kind": "video", "url": f"{video.url}/content?variant=video", "media_type": "video/mp4", "bytes": 7}
    ]


async def test_a_failed_video_shows_its_problem(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.fail()
    shown = (await gateway.http.get(video.url)).json()
    assert shown["status"] == "failed"
    assert shown["error"]["type"].endswith("/out-of-memory")
    assert shown["error"]["remedy"] == "Simplify it."


async def test_an_unchanged_video_is_not_sent_again(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    tag = (await gateway.http.get(video.url)).headers["etag"]
    assert (await gateway.http.get(video.url, headers={"If-None-Match": tag})).status_code == 304
    await video.write_script()
    assert (await gateway.http.get(video.url, headers={"If-None-Match": tag})).status_code == 200


@pytest.mark.parametrize(
    "video_id", ["0190a5a2-7c00-7000-8000-000000000000", "nope", "*", "%3E", "a.b", "..%2f..%2fetc"]
)
async def test_a_malformed_video_id_is_not_found(http: httpx.AsyncClient, video_id: str) -> None:
    for path in ("", "/events", "/script", "/content"):
        answer = await http.get(f"/v1/videos/{video_id}{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_pages_hold_every_video_once_newest_first(gateway: TestGateway, connections: Connections) -> None:
    videos = [PublishedVideo(connections) for _ in range(7)]
    for video in videos:
        await video.request()
    pages, cursor = [], None
    while True:
        query = {"limit": 3, **({"after": cursor} if cursor else {})}
        page = (await gateway.http.get("/v1/videos", params=query)).json()
        pages.append([video["id"] for video in page["data"]])
        cursor = page["next_cursor"]
        assert page["has_more"] is (cursor is not None)
        if cursor is None:
            break
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [video_id for page in pages for video_id in page] == [video.video_id for video in reversed(videos)]


async def test_a_list_can_be_filtered_by_status(gateway: TestGateway, connections: Connections) -> None:
    waiting, finished = PublishedVideo(connections), PublishedVideo(connections)
    await waiting.request()
    await finished.finish()
    assert await list_ids(gateway.http, status="completed") == [finished.video_id]
    assert await list_ids(gateway.http, status="queued") == [waiting.video_id]
    assert await list_ids(gateway.http, status="failed") == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limit=0", "?limit"), ("limit=x", "?limit"), ("status=done", "?status"), ("after=7", "?after")],
)
async def test_an_invalid_list_query_is_refused(http: httpx.AsyncClient, query: str, pointer: str) -> None:
    answer = await http.get(f"/v1/videos?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_view_whose_summary_changes_has_a_new_version(connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.fail()
    log = await video.read()
    summary = json.loads(map_summary(log.state, log[0].event).model_dump_json())
    varying = ("id", "created_at", "urls")
    assert {name: value for name, value in summary.items() if name not in varying} == {
        "object": "video",
        "status": "failed",
        "stage": None,
        "progress": 0,
        "title": "How does a leaf work?",
        "lane": "fast",
        "completed_at": None,
        "revision": 1,
        "scene_count": 0,
        "scenes_rendered": 0,
        "seconds": None,
        "error": {
            "type": "/problems/out-of-memory",
            "title": "Out of memory",
            "status": None,
            "detail": "The scene needs too much memory.",
            "instance": None,
            "code": "out-of-memory",
            "remedy": "Simplify it.",
            "stage": None,
            "scene": None,
            "attempt": None,
            "retryable": False,
            "errors": [],
        },
        "waiting": None,
        "topic": "How does a leaf work?",
        "aspect": "16:9",
        "language": "en",
        "thumbnail": None,
        "scenes_degraded": 0,
        "metadata": {},
        "external_id": "",
        "batch": None,
        "parent": None,
    }, "raise views.VERSION with this, or lists go on showing stored summaries of the old form"
    assert VERSION == 6


async def test_an_older_view_never_replaces_a_newer_one() -> None:
    bucket = MemoryKeyValueStore()
    views = Views(bucket)
    await views.start()
    video_id = new_id()

    def view(seq: int) -> View:
        return View(
            version=VERSION, seq=seq, events=seq, status="queued", summary=msgspec.Raw(f'{{"s":{seq}}}'.encode())
        )

    written = await asyncio.gather(*(views.write(video_id, view(seq)) for seq in (3, 9, 1, 7, 2, 8)))
    assert any(written)
    assert await views.write(video_id, view(5)) is False
    entry = await bucket.get(video_id)
    assert entry is not None
    assert msgspec.json.decode(entry.value or b"", type=View).seq == 9
    await views.close()
