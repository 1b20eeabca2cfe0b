"""The client against a real gateway, and through connections that break."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import msgspec
import pytest
from unit.gateway.gateways import TestGateway, gateway_on_a_port
from unit.gateway.keyed import add_key
from unit.gateway.published_video import PublishedVideo

from lectern.client import (
    AsyncClient,
    Client,
    ConnectionFailed,
    ForeignAnswer,
    IncompleteDownload,
    NotAllowed,
    NotThere,
    RequestRefused,
    RetryPolicy,
    StateConflict,
    VideoEvent,
)
from lectern.client.models import StreamedDeletion, Video
from lectern.contracts import events as e
from lectern.worker import Connections

QUICK = RetryPolicy(first_pause=0.001, longest_pause=0.01)
FILM = random.Random(3).randbytes(300_001)
KEY = "lk_test"


@pytest.fixture
async def client(served: TestGateway) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(served.url, "", policy=QUICK) as client:
        yield client


def client_over(answer: Callable[[httpx.Request], httpx.Response], policy: RetryPolicy = QUICK) -> AsyncClient:
    """A client whose requests are answered by a function."""
    return AsyncClient("http://lectern", KEY, policy=policy, transport=httpx.MockTransport(answer))


class Pieces(httpx.AsyncByteStream):
    """An answer in pieces, which may break after the last."""

    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self._pieces = pieces
        self._breaks = breaks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._breaks:
            raise httpx.ReadError("broken")


class BreakingTransport(httpx.AsyncHTTPTransport):
    """Connections that break, the more has come the later: after so many bytes of the first answer, and so on."""

    def __init__(self, after_bytes: int) -> None:
        super().__init__()
        self.broken = 0
        self.requests: list[httpx.Request] = []
        self._after_bytes = after_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = BrokenStream(self, response.stream, self._after_bytes * (1 + len(self.requests)))
        return response


class BrokenStream(httpx.AsyncByteStream):
    """An answer that breaks off after so many bytes, if it is as long."""

    def __init__(self, transport: BreakingTransport, stream: httpx.AsyncByteStream, left: int) -> None:
        self._transport = transport
        self._stream = stream
        self._left = left

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk[: self._left]
            self._left -= len(chunk)
            if self._left < 0:
                self._transport.broken += 1
                raise httpx.ReadError("broken")

    async def aclose(self) -> None:
        await self._stream.aclose()


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    body = {"code": code, "title": "No", "detail": "It is so.", "remedy": "Do this.", "retryable": True}
    return httpx.Response(status, json=body, headers=headers)


async def publish_finished(connections: Connections) -> PublishedVideo:
    video = PublishedVideo(connections)
    key = f"videos/{video.video_id}/r1/video.mp4"
    await connections.store.put(key, FILM, "video/mp4")
    await video.request()
    await video.write_script()
    for scene in (1, 2):
        await video.render(scene)
    await video.complete(e.Output(kind="video", key=key, media_type="video/mp4", bytes=len(FILM)))
    return video


async def test_a_video_is_requested_found_renamed_cancelled_and_deleted(client: AsyncClient) -> None:
    video = await client.videos.create(
        topic="Why is the sky blue?", options={"quality": "draft"}, metadata={"course": "7b"}
    )
    assert (video.status, video.options.quality) == ("queued", "draft")
    found = [each.id async for each in client.videos.iterate(metadata={"course": "7b"})]
    assert found == [video.id]
    assert [each async for each in client.videos.iterate(metadata={"course": "8a"})] == []
    assert (await client.videos.describe(video.id, title="Sky")).title == "Sky"
    assert (await client.videos.cancel(video.id, "enough")).status == "cancelled"
    assert (await client.videos.wait(video.id)).status == "cancelled"
    await client.videos.delete(video.id)
    with pytest.raises(NotThere) as deleted:
        await client.videos.get(video.id)
    assert deleted.value.code == "video-deleted"


async def test_a_refused_request_names_its_fields_and_what_to_do(client: AsyncClient) -> None:
    with pytest.raises(RequestRefused) as refused:
        await client.videos.create(topic="Sky", options={"quality": "hd"})  # type: ignore[typeddict-item]
    assert refused.value.code == "validation-error"
    assert refused.value.fields[0].pointer == "/options/quality"
    assert refused.value.remedy in str(refused.value)
    assert refused.value.request_id


async def test_the_sync_client_does_the_same(served: TestGateway) -> None:
    def use() -> list[str]:
        with Client(served.url, "", policy=QUICK) as client:
            video = client.make(topic="Why is the sky blue?")
            video.cancel()
            types = [event.type for event in video.events(after=0)]
            assert video.state.status == "cancelled"
            assert [each.id for each in client.videos.iterate()] == [video.id]
            return types

    assert await asyncio.to_thread(use) == ["video.requested", "video.cancelled"]


async def test_a_batch_says_in_place_what_was_refused(client: AsyncClient) -> None:
    batch = await client.batches.create([{"topic": "Why is the sky blue?"}, {"topic": ""}])
    assert (batch.counts.total, batch.counts.refused) == (2, 1)
    refused = batch.items[1].problem
    assert refused is not None
    assert refused.code == "validation-error"
    assert [each.id for each in (await client.batches.list()).data] == [batch.id]


async def test_a_script_is_edited_in_place_and_a_stale_edit_is_refused(
    client: AsyncClient, connections: Connections
) -> None:
    published = PublishedVideo(connections, review=True)
    await published.request()
    await published.write_script()
    script = await client.scripts.get(published.video_id)
    script.scenes[0].beats[0].text = "A leaf drinks light."
    edited = await client.scripts.put(published.video_id, script)
    assert edited.status == "awaiting_approval"
    assert (await client.scripts.get(published.video_id)).scenes[0].beats[0].text == "A leaf drinks light."
    with pytest.raises(StateConflict) as stale:
        await client.scripts.put(published.video_id, script)
    assert stale.value.code == "stale-script"


async def test_a_share_is_made_read_and_ended(client: AsyncClient, connections: Connections) -> None:
    video = await publish_finished(connections)
    share = await client.videos.share(video.video_id, expires_in=60)
    token = share.url.rsplit("/", 1)[-1]
    assert (await client.installation.get_shared(token)).title == "The leaf"
    await client.videos.end_share(video.video_id, share.id)
    with pytest.raises(NotThere):
        await client.installation.get_shared(token)


async def test_events_end_with_the_outcome_and_their_state_is_whole(
    client: AsyncClient, connections: Connections
) -> None:
    published = await publish_finished(connections)
    seen = [event async for event in client.videos.follow(published.video_id, after=0)]
    assert [event.type for event in seen][-1] == "video.completed"
    first, last = seen[0], seen[-1]
    assert isinstance(first, VideoEvent)
    assert isinstance(last, VideoEvent)
    assert isinstance(last.video, Video)
    assert [scene.title for scene in last.video.scenes] == ["Part 1", "Part 2"]
    assert len({event.seq for event in seen if isinstance(event, VideoEvent)}) == len(seen)


@pytest.mark.slow
async def test_events_go_on_where_they_were_after_each_broken_connection(
    served: TestGateway, connections: Connections
) -> None:
    published = await publish_finished(connections)
    breaking = BreakingTransport(after_bytes=900)
    async with AsyncClient(served.url, "", transport=breaking) as client:
        seen = [event async for event in client.videos.follow(published.video_id, after=0)]
    async with AsyncClient(served.url, "") as client:
        expected = [event async for event in client.videos.follow(published.video_id, after=0)]
    assert breaking.broken > 1
    assert seen == expected


async def test_a_deletion_ends_the_stream(client: AsyncClient) -> None:
    video = await client.make(topic="Why is the sky blue?")
    seen = []
    async for event in video.events():
        seen.append(event)
        if len(seen) == 1:
            await client.videos.delete(video.id)
    assert isinstance(seen[-1], StreamedDeletion)


async def test_a_download_goes_on_where_its_connection_broke(
    served: TestGateway, connections: Connections, tmp_path: Path
) -> None:
    published = await publish_finished(connections)
    breaking = BreakingTransport(after_bytes=40_000)
    async with AsyncClient(served.url, "", policy=QUICK, transport=breaking) as client:
        file = await client.videos.download(published.video_id, tmp_path / "films" / "leaf.mp4")
    assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(FILM).digest()
    assert breaking.broken >= 2
    assert "Range" not in breaking.requests[0].headers
    assert all(request.headers["If-Range"] for request in breaking.requests[1:])
    assert list(file.parent.iterdir()) == [file]


async def test_a_file_that_changed_meanwhile_begins_again(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "Range" not in request.headers:
            return httpx.Response(
                200, headers={"ETag": '"1"', "Content-Length": "8"}, stream=Pieces(b"old-", breaks=True)
            )
        assert request.headers["If-Range"] == '"1"'
        return httpx.Response(200, headers={"ETag": '"2"'}, stream=Pieces(b"new file"))

    async with client_over(answer) as client:
        file = await client.videos.download("v", tmp_path / "film.mp4")
    assert file.read_bytes() == b"new file"


async def test_a_file_that_ends_early_is_never_taken_for_whole(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"the one before")

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Length": "8"}, stream=Pieces(b"short"))

    async with client_over(answer) as client:
        with pytest.raises(IncompleteDownload):
            await client.videos.download("v", tmp_path / "film.mp4")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"the one before"]


async def test_the_key_does_not_follow_a_redirect_to_the_store(tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.host == "lectern":
            return httpx.Response(307, headers={"Location": "https://store.example.org/film?signature=1"})
        return httpx.Response(200, stream=Pieces(b"film"))

    async with client_over(answer) as client:
        await client.videos.download("v", tmp_path / "film.mp4")
    assert asked[0].headers["Authorization"] == f"Bearer {KEY}"
    assert "Authorization" not in asked[1].headers


@pytest.mark.parametrize("trouble", ["unavailable", "broken", "in progress", "too many"])
async def test_a_repeated_request_has_the_same_key_so_that_nothing_is_made_twice(trouble: str) -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 3:
            return problem(422, "validation-error")
        match trouble:
            case "unavailable":
                return problem(503, "dependency-unavailable", **{"Retry-After": "0"})
            case "in progress":
                return problem(409, "idempotency-in-progress")
            case "too many":
                return problem(429, "rate-limited", **{"Retry-After": "0"})
        raise httpx.ReadError("broken")

    async with client_over(answer) as client:
        with pytest.raises(RequestRefused):
            await client.videos.create(topic="Sky")
    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_what_may_have_been_done_is_not_done_again_without_a_key() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ReadError("broken")

    async with client_over(answer) as client:
        with pytest.raises(ConnectionFailed):
            await client.keys.create(name="second")
        assert asked == ["/v1/keys"]
        with pytest.raises(ConnectionFailed):
            await client.keys.list()
    assert len(asked) == 1 + QUICK.attempts


async def test_an_answer_of_something_else_is_not_taken_for_lecterns() -> None:
    async with client_over(lambda _: httpx.Response(502, text="<html>proxy</html>")) as client:
        with pytest.raises(ForeignAnswer, match="proxy"):
            await client.videos.get("v")
    async with client_over(lambda _: httpx.Response(200, json=[])) as client:
        with pytest.raises(ForeignAnswer):
            await client.videos.get("v")


async def test_fields_and_events_that_are_newer_than_the_client_are_ignored(client: AsyncClient) -> None:
    video = await client.videos.create(topic="Why is the sky blue?")
    newer = {**json.loads(msgspec.json.encode(video)), "mood": "blue", "stage": "dreaming"}

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/events"):
            return httpx.Response(200, json=newer)
        event = {"seq": 1, "time": "2026-01-01T00:00:00Z", "revision": 1, "video": {**newer, "status": "failed"}}
        blocks = ({"type": "unheard.of"}, {"type": "video.dreamt", **event})
        text = "".join(f"data: {json.dumps(each)}\n\n" for each in blocks)
        return httpx.Response(200, text=text, headers={"Content-Type": "text/event-stream"})

    async with client_over(answer) as other:
        assert (await other.videos.get(video.id)).stage == "dreaming"
        assert [event.type async for event in other.videos.follow(video.id)] == ["video.dreamt"]


async def test_waiting_ends_with_its_timeout(client: AsyncClient) -> None:
    video = await client.make(topic="Why is the sky blue?")
    with pytest.raises(TimeoutError, match="queued"):
        await video.wait(timeout=0.05)


async def test_another_owners_video_does_not_exist(connections: Connections) -> None:
    async with gateway_on_a_port(connections, require_keys=True) as gateway:
        tokens = [(await add_key(gateway.deps, owner))[1]["Authorization"].split()[1] for owner in ("ada", "bob")]
        async with AsyncClient(gateway.url, tokens[0]) as ada, AsyncClient(gateway.url, tokens[1]) as bob:
            video = await ada.videos.create(topic="Why is the sky blue?")
            assert (await ada.installation.get_account()).owner == "ada"
            with pytest.raises(NotThere):
                await bob.videos.get(video.id)
        async with AsyncClient(gateway.url, "") as nobody:
            with pytest.raises(NotAllowed) as refused:
                await nobody.videos.get(video.id)
            assert refused.value.code == "unauthenticated"


async def test_a_proxy_that_has_no_server_for_a_moment_does_not_end_a_stream(client: AsyncClient) -> None:
    video = await client.videos.create(topic="Why is the sky blue?")
    failed = {**json.loads(msgspec.json.encode(video)), "status": "failed"}
    event = {"type": "video.failed", "seq": 1, "time": "2026-01-01T00:00:00Z", "revision": 1, "video": failed}
    answers = iter(
        [
            httpx.Response(502, text="<html>no server</html>"),
            problem(503, "dependency-unavailable"),
            httpx.Response(
                200, text=f"retry: 1\ndata: {json.dumps(event)}\n\n", headers={"Content-Type": "text/event-stream"}
            ),
        ]
    )
    async with client_over(lambda _: next(answers)) as other:
        assert [event.type async for event in other.videos.follow(video.id)] == ["video.failed"]
    async with client_over(lambda _: httpx.Response(404, text="<html>no page</html>")) as other:
        with pytest.raises(ForeignAnswer):
            _ = [event async for event in other.videos.follow(video.id)]
