"""Parts of Lectern are killed in the middle of a video; it is still finished, exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_client import SPINNING, ApiClient, assert_in_sync

from lectern.cli.runner.stack import Stack, run_stack
from lectern.contracts import events as e
from lectern.worker import JetStreamEventLog, connect_nats

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    """Every service in a process of its own."""
    async with run_stack(tmp_path / "home", separate=True, renderers=1) as stack:
        yield stack


async def create_rendering_video(client: ApiClient, **options: object) -> str:
    """Creates a video and waits until its first scene is being rendered."""
    video = await client.create_video(SPINNING, **options)
    await client.wait_until(video, lambda shown: shown["scenes"] and shown["scenes"][0]["status"] == "coded")
    return video


async def assert_finished_once(stack: Stack, client: ApiClient, video: str, folder: Path) -> None:
    shown = await client.wait_for_outcome(video, seconds=200)
    assert shown["status"] == "completed", shown
    assert not any(scene.get("degraded") for scene in shown["scenes"]), shown["scenes"]
    assert_in_sync(await client.download(video, "video", folder / "v.mp4"))
    nats = await connect_nats(stack.nats_url, "test", stack.nats_login)
    log = [event for _, event in await JetStreamEventLog(nats).read(video)]
    await nats.close()
    outcomes = [event for event in log if isinstance(event, e.VideoCompleted | e.VideoFailed | e.VideoCancelled)]
    assert len(outcomes) == 1
    await client.http.aclose()


@pytest.mark.parametrize("name", ["renderer"])
async def test_a_worker_killed_in_the_middle_of_its_job_is_replaced_and_the_job_finished(
    stack: Stack, tmp_path: Path, name: str
) -> None:
    client = ApiClient(stack.url)
    video = await create_rendering_video(client, quality="high")
    stack.kill(name)
    await assert_finished_once(stack, client, video, tmp_path)


async def test_every_service_is_killed_once_along_the_way(stack: Stack, tmp_path: Path) -> None:
    client = ApiClient(stack.url)
    video = await client.create_video(SPINNING)
    for name in ("scripter", "voice", "coder", "renderer", "composer", "gateway"):
        stack.kill(name)
        await asyncio.sleep(0.7)  # spread over the video's life, wherever it then is
    await assert_finished_once(stack, client, video, tmp_path)


@pytest.mark.parametrize("name", ["nats", "store"])
async def test_work_resumes_after_a_server_was_down_for_ten_seconds(stack: Stack, tmp_path: Path, name: str) -> None:
    client = ApiClient(stack.url)
    video = await create_rendering_video(client)
    async with stack.without(name):
        await asyncio.sleep(10)
    await assert_finished_once(stack, client, video, tmp_path)
