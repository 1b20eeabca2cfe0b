"""A runner that was started for a question: it has what answers, and nobody takes it for one that makes videos."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from nats.aio.client import Client
from unit.cli.command import invoke_in_thread
from unit.gateway.gateways import gateway_over_servers

from lectern.cli.api_connection import LocalRunner
from lectern.cli.kept_answers import KeptAnswers, find_answers
from lectern.cli.runner.answering import CollectedAnswers, collect_answers, keep_answers
from lectern.cli.runner.home import Endpoint, Home, claim_home
from lectern.cli.runner.made_with import digest_surroundings
from lectern.cli.runner.stack import Stack, run_stack
from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.requests import LIST_VOICES, ListVoices, VoiceList
from lectern.contracts.topology import DAY, VIDEOS
from lectern.worker import Connections, EventLog, JetStreamEventLog, ObjectStore, Responder, Settings, connect_nats

ADDRESSES = {"pid": 1, "url": "http://127.0.0.1:1", "nats_url": "nats://127.0.0.1:2", "s3_endpoint": ""}
RAW_VIDEO = msgspec.Raw(b'{"id": "one"}')


class StartedRunner(LocalRunner):
    """Starts nothing, and says so."""

    async def _start(self) -> str:
        return "one of its own"


def write_nothing(_: str) -> None:
    """Nobody reads the messages."""


async def test_who_asks_is_content_with_a_runner_that_only_answers(tmp_path: Path) -> None:
    with claim_home(tmp_path) as home, home.announce(Endpoint(**ADDRESSES, only_answers=True)):
        assert await StartedRunner(tmp_path, write_nothing, only_asks=True).find_or_start() == ADDRESSES["url"]


async def test_who_makes_a_video_waits_until_such_a_runner_is_gone_and_starts_a_whole_one(tmp_path: Path) -> None:
    with claim_home(tmp_path) as home, home.announce(Endpoint(**ADDRESSES, only_answers=True)):
        finding = asyncio.create_task(StartedRunner(tmp_path, write_nothing).find_or_start())
        done, _ = await asyncio.wait({finding}, timeout=0.3)
        assert not done
    assert await finding == "one of its own"


async def test_a_whole_runner_serves_both(tmp_path: Path) -> None:
    with claim_home(tmp_path) as home, home.announce(Endpoint(**ADDRESSES)):
        for only_asks in (True, False):
            runner = StartedRunner(tmp_path, write_nothing, only_asks=only_asks)
            assert await runner.find_or_start() == ADDRESSES["url"]


@pytest.mark.slow
async def test_a_runner_that_only_answers_knows_videos_and_voices_without_a_store_and_leaves_its_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lectern.cli.runner.answering.PATIENCE_SECONDS", 120.0)
    async with run_stack(tmp_path, only_answers=True, keeps_answers=True) as stack:
        async with httpx.AsyncClient(base_url=stack.url) as http:
            assert set(stack.members) == {"nats", "gateway", "voice"}
            assert stack.endpoint.only_answers
            assert (await http.get("/v1/videos")).json()["data"] == []
            assert (await http.get("/v1/videos/none")).status_code == httpx.codes.NOT_FOUND
            assert (await http.get("/v1/voices", params={"language": "en"}, timeout=30)).json()["data"]
            voices = (await http.get("/v1/voices")).json()["data"]
        video = await cancel_at_once(stack)
        assert find_answers("", tmp_path) is None, "whoever runs knows better"
    listed = await invoke_in_thread("list", "--json", home=tmp_path)
    shown = await invoke_in_thread("show", video, "--json", home=tmp_path)
    told = await invoke_in_thread("voices", "--json", home=tmp_path)
    assert (listed.status, shown.status, told.status) == (0, 0, 0), listed.err
    assert [json.loads(line)["id"] for line in listed.out.splitlines()] == [video]
    assert json.loads(shown.out)["error"] is None
    assert [json.loads(line) for line in told.out.splitlines()] == voices
    assert "Starting" not in listed.err + shown.err + told.err, "nothing was started for it"


async def cancel_at_once(stack: Stack) -> str:
    """A video that was requested and cancelled."""
    nats = await connect_nats(stack.nats_url, "test", stack.nats_login)
    log, video = JetStreamEventLog(nats), new_id()
    await log.publish(e.VideoRequested(video_id=video, brief=Brief(topic="Tides"), options=VideoOptions()))
    await log.publish(e.VideoCancelled(video_id=video))
    await nats.close()
    return video


def keep(home: Path, **changes: Any) -> None:
    """Answers of a runner, about one video of two."""
    videos = {"complete": False, "videos": (RAW_VIDEO,), "shown": {"one": RAW_VIDEO}, "voices": ()}
    given = {"surroundings": digest_surroundings(home, os.environ), "believed_until": None, **videos}
    KeptAnswers(**{**given, **changes}).write(Home.at(home))


def test_answers_hold_for_what_was_asked_then_and_in_the_same_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path)
    kept = find_answers("", tmp_path)
    assert kept is not None
    assert kept.list_videos(1, dict) == [{"id": "one"}]
    assert kept.list_videos(2, dict) is None, "there is another one"
    assert kept.find_video("one", dict) == {"id": "one"}
    assert kept.find_video("two", dict) is None
    assert find_answers("https://lectern.example.org", tmp_path) is None
    with monkeypatch.context() as keyed:
        keyed.setenv("LECTERN_API_KEY", "another owner's")
        assert find_answers("", tmp_path) is None
    monkeypatch.setenv("GEMINI_API_KEY", "new")
    assert find_answers("", tmp_path) is None, "it brings other voices"


def test_answers_are_not_believed_once_a_video_may_be_forgotten_or_another_runner_has_started(tmp_path: Path) -> None:
    keep(tmp_path, believed_until=time.time() + 60)
    assert find_answers("", tmp_path) is not None
    keep(tmp_path, believed_until=time.time() - 1)
    assert find_answers("", tmp_path) is None
    keep(tmp_path)
    with claim_home(tmp_path):
        pass  # it is killed, and leaves no answers
    assert find_answers("", tmp_path) is None


async def test_answers_given_before_something_happened_are_not_kept(nats: Client, tmp_path: Path) -> None:
    keep(tmp_path)
    kept = find_answers("", tmp_path)
    assert kept is not None
    home = Home.at(tmp_path)
    home.answers.unlink()
    last = (await nats.jetstream().stream_info(VIDEOS)).state.last_seq
    await JetStreamEventLog(nats).publish(e.VideoDescribed(video_id=new_id(), title="New"))
    await keep_answers(home, CollectedAnswers(answers=kept, last=last), nats)
    assert not home.answers.exists()
    await keep_answers(home, CollectedAnswers(answers=kept, last=last + 1), nats)
    assert find_answers("", tmp_path) == kept


@pytest.mark.slow
async def test_answers_are_left_only_where_all_has_ended_and_the_list_has_what_the_log_has(
    settings: Settings, nats: Client, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lectern.cli.runner.answering.PATIENCE_SECONDS", 120.0)
    connections = Connections.over(nats, store)
    offers: Responder[ListVoices, VoiceList] = Responder(
        request=LIST_VOICES, handler=offer_nothing, failed=lambda _: VoiceList(voices=())
    )
    async with gateway_over_servers(settings, connections) as gateway, connections.bus.answering(offers):
        runner = Endpoint(pid=1, url=gateway.url, nats_url="", s3_endpoint="", keep_history_days=2)

        async def collect() -> CollectedAnswers | None:
            return await collect_answers(Home.at(tmp_path), runner, nats)

        video = new_id()
        await request(connections.event_log, video)
        assert await collect() is None, "it is being made"
        await connections.event_log.publish(e.VideoCancelled(video_id=video))
        collected = await collect()
        assert collected is not None
        assert list(collected.answers.shown) == [video]
        assert collected.answers.believed_until == pytest.approx(time.time() + 2 * DAY - 3600, abs=600)
        strange = new_id()
        await request(connections.event_log, strange, owner="school")
        await connections.event_log.publish(e.VideoCancelled(video_id=strange, owner="school"))
        assert await collect() is None, "another owner's, which the list does not have"


async def request(log: EventLog, video: str, owner: str = "") -> None:
    """Requests a video."""
    await log.publish(e.VideoRequested(video_id=video, owner=owner, brief=Brief(topic="Tides"), options=VideoOptions()))


async def offer_nothing(_: ListVoices) -> VoiceList:
    """A voice service without an engine."""
    return VoiceList(voices=())
