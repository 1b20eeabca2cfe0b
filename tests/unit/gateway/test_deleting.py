"""DELETE: what is gone, what stays, and that nothing comes back."""

from __future__ import annotations

import asyncio

import pytest
from unit.gateway.gateways import TestGateway, gateway_in_process, gateway_over_servers, read_blocks, wait_until
from unit.gateway.keyed import client_of
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts import keys, subjects
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.topology import ERASER, VIDEOS
from lectern.gateway.erasing import erase_video
from lectern.worker import Connections, Settings, Stage
from lectern.worker.dead_letters import DeadLetter
from lectern.worker.testing import MemoryDeadLetters, MemoryObjectStore, deliver

PROBLEM = Problem(code="x", title="x", detail="It broke.", remedy="Mend it.")


async def finish_with_files(connections: Connections, video: PublishedVideo) -> None:
    """A finished video with its files, and what it has cached."""
    key = keys.output(video.video_id, 1, "video.mp4")
    await connections.store.put(key, b"film", "video/mp4")
    await connections.store.put("cache/footage/aa.mp4", b"shared", "video/mp4")
    await connections.store.put(keys.document(video.video_id), b"# Mine", "text/markdown")
    await video.finish(e.Output(kind="video", key=key, media_type="video/mp4", bytes=4))


async def test_a_deleted_video_is_gone_with_all_that_was_its_own(
    gateway: TestGateway, connections: Connections
) -> None:
    http = gateway.http
    video, other = PublishedVideo(connections), PublishedVideo(connections)
    await finish_with_files(connections, video)
    await other.request()
    sequence = (await video.read())[0].sequence
    await connections.tallies.create(f"scripter-fast.{sequence}", b"{}")
    letter = DeadLetter(
        stage="voice", consumer="voice-fast", subject=f"videos.fast.{video.video_id}.scenes.1.planned",
        sequence=3, data=b"{}", problem=PROBLEM, reason="x",
    )  # fmt: skip
    await connections.dead_letters.store(letter)
    answer = await http.delete(video.url)
    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("", "/events", "/script", "/content", "/scenes/1/footage"):
        gone = await http.get(video.url + path)
        assert (gone.status_code, gone.json()["code"]) == (410, "video-deleted"), path
    for path in ("/cancel", "/retry", "/approve", "/scenes/1/redo"):
        assert (await http.post(video.url + path)).status_code == 410, path
    assert (await http.patch(video.url, json={"title": "x"})).status_code == 410
    listed = (await http.get("/v1/videos")).json()["data"]
    assert [each["id"] for each in listed] == [other.video_id]
    assert isinstance(connections.store, MemoryObjectStore)
    assert connections.store.keys() == ["cache/footage/aa.mp4"], "what others may share expires by itself"
    assert [type(event) for event in (await video.read()).events] == [e.VideoDeleted]
    assert await connections.tallies.get(f"scripter-fast.{sequence}") is None
    assert isinstance(connections.dead_letters, MemoryDeadLetters)
    assert connections.dead_letters.letters == []


async def test_deleting_again_and_ten_times_at_once_answers_the_same(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    answers = await asyncio.gather(*(gateway.http.delete(video.url) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {204}
    assert (await gateway.http.delete(video.url)).status_code == 204
    assert len(await video.read()) == 1


@pytest.mark.parametrize("video_id", ["0190a5a2-7c00-7000-8000-000000000000", "nope", "*", "%3E"])
async def test_what_does_not_exist_cannot_be_deleted(gateway: TestGateway, video_id: str) -> None:
    assert (await gateway.http.delete(f"/v1/videos/{video_id}")).status_code == 404


async def test_an_idempotency_key_that_made_a_deleted_video_is_free_again(gateway: TestGateway) -> None:
    send = {"json": {"topic": "Rain"}, "headers": {"Idempotency-Key": "one"}}
    first = (await gateway.http.post("/v1/videos", **send)).json()  # type: ignore[arg-type]
    await gateway.http.delete(first["urls"]["self"])
    again = await gateway.http.post("/v1/videos", **send)  # type: ignore[arg-type]
    assert again.status_code == 202
    assert "idempotent-replayed" not in again.headers
    assert again.json()["id"] != first["id"]


async def test_followers_of_a_deleted_video_are_told_and_sent_away(
    served: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.request()
    async with served.http.stream("GET", f"{video.url}/events") as answer:
        blocks = aiter(read_blocks(answer))
        await anext(blocks)
        await anext(blocks)
        await served.http.delete(video.url)
        last = [block async for block in blocks]
    assert [(block.name, block.data["video_id"]) for block in last] == [("video.deleted", video.video_id)]
    assert "video" not in last[0].data


async def test_a_late_answer_of_a_handler_that_was_still_running_is_dropped(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.write_script()
    stage = Stage("voice")

    async def speak(event: e.ScenePlanned, job: object) -> e.SceneFailed:
        await gateway.http.delete(video.url)
        await connections.store.put(keys.output(video.video_id, 1, "late.mp4"), b"late", "video/mp4")
        return e.SceneFailed(video_id=video.video_id, scene=1, stage="voice", problem=PROBLEM)

    stage.on(e.ScenePlanned, slots=1)(speak)  # type: ignore[arg-type]
    planned = e.ScenePlanned(video_id=video.video_id, scene=1, script_key="s", options=video.options)
    await deliver(stage, planned, connections)
    assert [type(event) for event in (await video.read()).events] == [e.VideoDeleted]
    assert (await gateway.http.get(video.url)).status_code == 410
    assert (await gateway.http.get("/v1/videos")).json()["data"] == []
    await erase_video(gateway.deps, video.video_id)  # as the eraser does at its next look
    assert await connections.store.list_keys(keys.video_folder(video.video_id)) == []


async def test_a_store_that_is_away_delays_the_files_and_not_the_deletion(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await finish_with_files(connections, video)
    assert isinstance(connections.store, MemoryObjectStore)
    connections.store.available = False
    assert (await gateway.http.delete(video.url)).status_code == 204
    assert (await gateway.http.get(video.url)).status_code == 410
    connections.store.available = True
    assert len(await video.read()) > 1, "what is needed to find the rest stays until the files are gone"
    await erase_video(gateway.deps, video.video_id)
    assert len(await video.read()) == 1
    assert connections.store.keys() == ["cache/footage/aa.mp4"]


async def test_owners_delete_list_and_batch_only_their_own(connections: Connections) -> None:
    async with (
        gateway_in_process(connections, require_keys=True) as gateway,
        client_of(gateway, "ann") as ann,
        client_of(gateway, "bob") as bob,
    ):
        sent = {"Idempotency-Key": "one"}
        video = (await ann.post("/v1/videos", json={"topic": "Rain"}, headers=sent)).json()
        batch = (await ann.post("/v1/batches", json={"requests": [{"topic": "Sun"}]})).json()
        older = (await ann.post("/createvideo", json={"input": "Snow", "id": 7})).json()
        path, unknown = video["urls"]["self"], f"/v1/videos/{new_id()}"
        for method in ("GET", "DELETE"):
            foreign, absent = await bob.request(method, path), await bob.request(method, unknown)
            assert (foreign.status_code, absent.status_code) == (404, 404)
            assert foreign.json()["title"] == absent.json()["title"]
        assert (await bob.patch(path, json={"title": "x"})).status_code == 404
        assert (await bob.get(batch["urls"]["self"])).status_code == 404
        assert (await bob.post(batch["urls"]["cancel"])).status_code == 404
        assert (await bob.get("/v1/batches")).json()["data"] == []
        assert (await bob.get(f"/v1/videos?after={new_id()}")).json()["data"] == []
        assert (await bob.get("/status/7")).status_code == 404
        assert (await ann.get("/status/7")).json()["videoId"] == older["videoId"]
        assert (await bob.post("/createvideo", json={"input": "Hail", "id": 7})).json()["videoId"] != older["videoId"]
        assert (await ann.delete(path)).status_code == 204
        assert ((await ann.get(path)).status_code, (await bob.get(path)).status_code) == (410, 404)
        again = await ann.post("/v1/videos", json={"topic": "Rain"}, headers=sent)
        assert "idempotent-replayed" not in again.headers
        assert gateway.http.headers.get("authorization") is None
        assert (await gateway.http.delete(path)).status_code == 401


async def test_the_links_of_a_deleted_video_end_with_it(connections: Connections) -> None:
    async with gateway_in_process(connections, signing_key="k" * 32) as gateway:
        video = PublishedVideo(connections)
        await video.finish()
        link = (await gateway.http.post(f"{video.url}/shares", json={})).json()
        assert await gateway.deps.access.shares.get(video.video_id)
        await gateway.http.delete(video.url)
        assert await gateway.deps.access.shares.get(video.video_id) is None
        opened = await gateway.http.get(link["url"].replace("/s/", "/v1/shared/"))
        assert opened.status_code == 410


async def test_a_gateways_eraser_works_in_the_name_of_the_videos_owner(connections: Connections) -> None:
    async with gateway_in_process(connections, require_keys=True) as gateway, client_of(gateway, "ann") as ann:
        sent = {"Idempotency-Key": "one"}
        video = (await ann.post("/v1/videos", json={"topic": "Rain"}, headers=sent)).json()
        await connections.event_log.publish(e.VideoDeleted(video_id=video["id"], owner="ann"))
        await erase_video(gateway.deps, video["id"])
        again = await ann.post("/v1/videos", json={"topic": "Rain"}, headers=sent)
        assert again.json()["id"] != video["id"]


async def test_a_key_that_made_several_forms_is_forgotten_with_any_of_them(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    send = {"json": {"variants": [{"theme": "light"}, {"aspect": "9:16"}]}, "headers": {"Idempotency-Key": "k"}}
    first = (await gateway.http.post(f"{video.url}/variants", **send)).json()["data"]  # type: ignore[arg-type]
    await gateway.http.delete(first[1]["urls"]["self"])
    again = await gateway.http.post(f"{video.url}/variants", **send)  # type: ignore[arg-type]
    assert "idempotent-replayed" not in again.headers


@pytest.mark.slow
async def test_a_deletion_is_finished_by_the_next_gateway_when_the_first_is_killed(
    settings: Settings, server_connections: Connections
) -> None:
    video, other = PublishedVideo(server_connections), PublishedVideo(server_connections)
    async with gateway_over_servers(settings, server_connections) as first:
        for each in (video, other):
            await finish_with_files(server_connections, each)

        async def listed() -> bool:
            return len((await first.http.get("/v1/videos")).json()["data"]) == 2

        await wait_until(listed)
    # A process that died right after it had recorded the deletion:
    await video.publish(e.VideoDeleted)
    folder = keys.video_folder(video.video_id)
    assert await server_connections.store.list_keys(folder)
    async with gateway_over_servers(settings, server_connections) as second:

        async def erased() -> bool:
            return not await server_connections.store.list_keys(folder) and len(await video.read()) == 1

        await wait_until(erased, 20)
        assert (await second.http.get(video.url)).status_code == 410
        assert (await second.http.get(other.url)).status_code == 200

        async def unlisted() -> bool:
            return [each["id"] for each in (await second.http.get("/v1/videos")).json()["data"]] == [other.video_id]

        await wait_until(unlisted)
        consumer = await server_connections.nats.jetstream().consumer_info(VIDEOS, ERASER)
        assert consumer.num_ack_pending == 1, "it is looked at again later"
        late = e.SceneFailed(video_id=video.video_id, scene=1, stage="voice", problem=PROBLEM)
        await server_connections.event_log.publish(late)

        async def dropped() -> bool:
            return len(await video.read()) == 1

        await wait_until(dropped, 20)
        js = server_connections.nats.jetstream()
        assert (await js.stream_info(VIDEOS, subjects_filter=subjects.video(video.video_id))).state.subjects == {
            f"videos.fast.{video.video_id}.deleted": 1
        }
