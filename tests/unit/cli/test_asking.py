"""A runner that was started for a question: it has what answers, and nobody takes it for one that makes videos."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from lectern.cli.api_connection import LocalRunner
from lectern.cli.runner.home import Endpoint, claim_home
from lectern.cli.runner.stack import run_stack

ADDRESSES = {"pid": 1, "url": "http://127.0.0.1:1", "nats_url": "nats://127.0.0.1:2", "s3_endpoint": ""}


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
async def test_a_runner_that_only_answers_knows_videos_and_voices_without_a_store(tmp_path: Path) -> None:
    async with run_stack(tmp_path, only_answers=True) as stack, httpx.AsyncClient(base_url=stack.url) as http:
        assert set(stack.members) == {"nats", "gateway", "voice"}
        assert stack.endpoint.only_answers
        assert (await http.get("/v1/videos")).json()["data"] == []
        assert (await http.get("/v1/videos/none")).status_code == httpx.codes.NOT_FOUND
        assert (await http.get("/v1/voices", params={"language": "en"}, timeout=30)).json()["data"]
