"""The routes of older clients, called as those clients call them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from unit.gateway.gateways import TestGateway, gateway_in_process, wait_until
from unit.gateway.published_video import OUT_OF_MEMORY, PublishedVideo

from lectern.contracts import events as e
from lectern.worker import Connections

TIMESTAMP = 1763769600123  # as `Date.now()` gives it


async def submit(http: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await http.post("/createvideo", json=body)


def adopt(connections: Connections, video_id: str, **fields: Any) -> PublishedVideo:
    """The events of a video that a client has requested."""
    video = PublishedVideo(connections, **fields)
    video.video_id = video_id
    return video


async def test_a_client_submits_under_a_numeric_id_and_polls_until_it_is_done(
    gateway: TestGateway, connections: Connections
) -> None:
    http = gateway.http
    answer = await submit(http, input="Explain tides", id=TIMESTAMP)
    assert answer.status_code == 200
    assert {**answer.json(), "videoId": ""} == {
        "success": True, "message": "Video generation started", "userId": TIMESTAMP, "videoId": "",
    }  # fmt: skip
    assert answer.headers["deprecation"].startswith("@")
    assert answer.headers["link"] == '</v1/videos>; rel="successor-version"'
    video = adopt(connections, answer.json()["videoId"])

    async def poll() -> dict[str, Any]:
        polled = await http.get(f"/status/{TIMESTAMP}")
        assert (polled.status_code, polled.headers["retry-after"]) == (200, "3")
        assert polled.headers["cache-control"] == "no-store"
        found: dict[str, Any] = polled.json()
        return found

    status = await poll()
    assert (status["message"], status["isprocessing"]) == ("Step 1 of 5: writing the script", True)
    assert (status["isdone"], status["iserror"], status["video_uri"]) == (False, False, None)
    await video.write_script()
    await video.plan(1)
    await video.plan(2)
    assert (await poll())["message"] == "Step 2 of 5: recording the narration"
    fields = video._scene_fields(1)
    await video.publish(
        e.SceneNarrated, **{name: fields[name] for name in ("scene", "script_key", "options", "narration")}
    )
    await video.render(2)
    status = await poll()
    assert status["message"] == "Step 3 of 5: writing the animation (Attempt 1 of 4)"
    assert (status["currentScene"], status["totalScenes"]) == (2, 2)
    await video.code(1)
    await video.publish(e.SceneRefused, **fields, problem=OUT_OF_MEMORY)
    assert (await poll())["message"] == "Step 3 of 5: writing the animation (Attempt 2 of 4)"
    await video.publish(e.SceneCoded, **fields, version=2)
    assert (await poll())["message"] == "Step 4 of 5: rendering the animation (Attempt 2 of 4)"
    await video.render(1)
    assert (await poll())["message"] == "Step 5 of 5: putting picture and sound together"
    await video.complete()
    status = await poll()
    assert (status["isprocessing"], status["isdone"], status["iserror"]) == (False, True, False)
    assert status["video_uri"] == f"http://gateway/v1/videos/{video.video_id}/content"
    assert status["progress"] == 100


async def test_the_same_id_again_is_the_same_video_whatever_comes_with_it(gateway: TestGateway) -> None:
    answers = await asyncio.gather(*(submit(gateway.http, input="Tides", id=TIMESTAMP) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    ids = {answer.json()["videoId"] for answer in answers if answer.status_code == 200}
    for repeated in (TIMESTAMP, str(TIMESTAMP), float(TIMESTAMP)):
        ids.add((await submit(gateway.http, input="Other", id=repeated)).json()["videoId"])
    assert len(ids) == 1


async def test_a_failed_or_deleted_video_is_an_error_to_its_client(
    gateway: TestGateway, connections: Connections
) -> None:
    video = adopt(connections, (await submit(gateway.http, input="Tides", id="a")).json()["videoId"])
    await video.fail()
    status = (await gateway.http.get("/status/a")).json()
    assert (status["isprocessing"], status["isdone"], status["iserror"]) == (False, False, True)
    assert status["message"] == OUT_OF_MEMORY.sentence()
    await gateway.http.delete(video.url)
    gone = await gateway.http.get("/status/a")
    assert (gone.status_code, gone.json()["iserror"]) == (404, True)


@pytest.mark.parametrize("name", ["7", "x" * 65, "%00", "..%2f", "01a01f2e-7c1b-7d3a-9a55-0d2b8d1c4f60"])
async def test_an_unknown_id_is_an_error_of_the_same_shape(http: httpx.AsyncClient, name: str) -> None:
    answer = await http.get(f"/status/{name}")
    if answer.headers["content-type"] == "application/problem+json":
        assert name == "..%2f", "which is another path"
        return
    assert answer.status_code == 404
    assert {name: answer.json()[name] for name in ("isprocessing", "isdone", "iserror", "video_uri")} == {
        "isprocessing": False, "isdone": False, "iserror": True, "video_uri": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b'{"input": "", "id": 1}', b'{"input": "  ", "id": 1}', b'{"id": 1}', b'{"input": 3, "id": 1}',
        b'{"input": "a"}', b'{"input": "a", "id": null}', b'{"input": "a", "id": true}', b'{"input": "a", "id": []}',
        b'{"input": "a", "id": ""}', b'{"input": "a\\u0000", "id": 1}', b"[]", b"", b"nonsense",
        b'{"input": "a", "id": "' + b"x" * 65 + b'"}',
    ],
)  # fmt: skip
async def test_a_submission_that_says_too_little_is_a_400_with_an_error(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/createvideo", content=body)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert answer.json()["error"]


async def ask(gateway: TestGateway, path: str, **headers: str) -> tuple[asyncio.Task[httpx.Response], str]:
    """A request that waits for its video, and the video's id."""
    task = asyncio.create_task(gateway.http.post(path, json={"topic": "Tides"}, headers=headers))

    async def waits() -> bool:
        return bool(gateway.deps.hub.watched)

    await wait_until(waits)
    return task, next(iter(gateway.deps.hub.watched))


async def test_a_client_that_waits_gets_the_finished_upright_video(
    gateway: TestGateway, connections: Connections
) -> None:
    task, video_id = await ask(gateway, "/create-video")
    video = adopt(connections, video_id)
    assert (await video.read()).state.requested.options.aspect == "9:16"  # type: ignore[union-attr]
    await video.write_script()
    await video.complete()
    answer = await task
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True, "video_url": f"http://gateway{video.url}/content", "video_id": video_id, "scenes_count": 2,
            "message": "Video created successfully", "status_url": None,
        },
    )  # fmt: skip


async def test_a_video_that_takes_longer_is_answered_with_where_to_look(gateway: TestGateway) -> None:
    task, video_id = await ask(gateway, "/create-video", Prefer="wait=1")
    answer = await task
    assert (answer.status_code, answer.json()["video_url"]) == (202, None)
    assert answer.json()["status_url"] == f"http://gateway/v1/videos/{video_id}"
    assert (answer.json()["success"], answer.json()["video_id"]) == (True, video_id)


async def test_a_video_that_fails_while_its_client_waits_is_no_success(
    gateway: TestGateway, connections: Connections
) -> None:
    task, video_id = await ask(gateway, "/create-video")
    await adopt(connections, video_id).fail()
    answer = await task
    assert (answer.status_code, answer.json()["success"]) == (500, False)
    assert answer.json()["message"] == OUT_OF_MEMORY.sentence()


async def test_a_script_is_written_and_waits_for_its_user(gateway: TestGateway, connections: Connections) -> None:
    task, video_id = await ask(gateway, "/generate-script")
    await adopt(connections, video_id, review=True).write_script()
    answer = await task
    assert answer.status_code == 200
    assert answer.json()["scenes"] == [
        {"scene_number": n, "visuals": "bullets: one; two", "narration": f"This is part {n}. And so on."}
        for n in (1, 2)
    ]
    assert (await gateway.http.get(f"/v1/videos/{video_id}")).json()["status"] == "awaiting_approval"


@pytest.mark.parametrize("path", ["/create-video", "/generate-script"])
@pytest.mark.parametrize("body", [{}, {"topic": ""}, {"topic": 3}, {"topic": None}])
async def test_a_topic_is_needed(http: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    answer = await http.post(path, json=body)
    assert (answer.status_code, answer.json()["success"]) == (400, False)


async def test_health_is_readiness(http: httpx.AsyncClient) -> None:
    answer = await http.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "healthy")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/createvideo"), ("GET", "/status/1"), ("POST", "/create-video"), ("POST", "/generate-script"),
        ("GET", "/health"),
    ],
)  # fmt: skip
async def test_the_routes_are_off_elsewhere_unless_they_are_switched_on(
    connections: Connections, method: str, path: str
) -> None:
    async with gateway_in_process(connections, compat_routes=False) as gateway:
        gateway.http.event_hooks = {}  # what is switched off is no longer as published
        answer = await gateway.http.request(method, path, json={"topic": "a"} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-route")
        settings = gateway.deps.settings
        assert not settings.model_copy(update={"host": "0.0.0.0", "compat_routes": None}).serves_older_clients()
        assert settings.model_copy(update={"host": "0.0.0.0", "compat_routes": True}).serves_older_clients()
        assert settings.model_copy(update={"host": "127.0.0.1", "compat_routes": None}).serves_older_clients()
