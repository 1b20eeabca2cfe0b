"""The client of the API against a small server: watching videos across lost connections."""

from __future__ import annotations

import pytest
from unit.cli.responses import respond, serve, stream

from lectern.cli import api
from lectern.cli.api import Api
from lectern.cli.exit_status import UNAVAILABLE, USAGE, CommandExit

RETRY = "retry: 1\n: draining\n\n"
QUEUED = 'id: 1\nevent: video.snapshot\ndata: {"type": "video.snapshot", "video": {"status": "queued"}}\n\n'
ENDED = 'id: 2\ndata: {"type": "video.completed",\ndata:  "video": {"status": "completed"}}\n\n'
NOT_FOUND = {"code": "not-found", "title": "No such video", "detail": "There is none.", "remedy": "Check the id."}


async def watch(url: str) -> list[str]:
    async with Api(url) as client:
        return [event["type"] async for event in client.watch("some-id")]


@pytest.mark.parametrize("cut", [False, True], ids=["ended", "cut"])
async def test_a_lost_stream_is_continued_after_its_last_event(cut: bool) -> None:
    async with serve([stream(RETRY + QUEUED, cut=cut), respond(503), stream(RETRY + ENDED)]) as (url, requests):
        assert await watch(url) == ["video.snapshot", "video.completed"]
    assert [request.headers.get("Last-Event-ID") for request in requests] == [None, "1", "1"]


async def test_a_stream_that_breaks_after_a_long_silence_is_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "UNREACHABLE_TIMEOUT_SECONDS", 0.2)
    async with serve([stream(RETRY + QUEUED, cut=True, silence=0.3), stream(ENDED)]) as (url, _):
        assert await watch(url) == ["video.snapshot", "video.completed"]


async def test_an_api_that_stays_unreachable_ends_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "UNREACHABLE_TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr(api, "RECONNECT_SECONDS", 0.01)
    async with serve([stream(RETRY + QUEUED, cut=True), *[respond(503)] * 100]) as (url, requests):
        with pytest.raises(CommandExit) as raised:
            await watch(url)
    assert raised.value.status == UNAVAILABLE
    assert 2 < len(requests) < 100


async def test_an_event_that_was_not_finished_is_dropped() -> None:
    unfinished = QUEUED + 'id: 2\ndata: {"type": "half'
    async with serve([stream(RETRY + unfinished), stream(ENDED)]) as (url, requests):
        assert await watch(url) == ["video.snapshot", "video.completed"]
    assert requests[1].headers["Last-Event-ID"] == "1"


async def test_line_separators_inside_an_event_do_not_split_it() -> None:
    title = 'data: {"type": "video.completed", "video": {"status": "completed", "title": "a\u2028b\x85c"}}\n\n'
    async with serve([stream(title)]) as (url, _):
        assert await watch(url) == ["video.completed"]


async def test_a_stream_without_content_ends_the_watch() -> None:
    async with serve([respond(204)]) as (url, _):
        assert await watch(url) == []


async def test_a_video_that_does_not_exist_is_reported_with_the_api_s_problem() -> None:
    async with serve([respond(404, NOT_FOUND)]) as (url, _):
        with pytest.raises(CommandExit) as raised:
            await watch(url)
    assert (raised.value.status, raised.value.problem.code) == (USAGE, "not-found")


@pytest.mark.parametrize("body", [None, "Not found", ["no", "page"], {"error": "no page"}])
async def test_an_answer_that_is_not_lectern_s_is_unavailable(body: object) -> None:
    async with serve([respond(404, body)]) as (url, _):
        with pytest.raises(CommandExit) as raised:
            await watch(url)
    assert (raised.value.status, raised.value.problem.code) == (UNAVAILABLE, "not-lectern")
