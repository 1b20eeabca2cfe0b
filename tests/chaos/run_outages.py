"""Ten minutes without the store, the log or the provider: work waits, says why, goes on by itself, and loses no attempt.

`make outages` runs it (OUTAGE_SECONDS=600). No clock is changed: an outage lasts as long as it says.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
from api_client import ApiClient, assert_in_sync
from standins.behaviour import Fails, Move, StandIn
from standins.gemini import gemini

from chaos.films import Film
from chaos.paid import answer_for_film
from lectern.cli.runner.stack import Stack, run_stack
from lectern.contracts import events as e
from lectern.worker import JetStreamEventLog, connect_nats

SECONDS = float(os.environ.get("OUTAGE_SECONDS", "600"))
AFTER_SECONDS = 300.0  # work looks again after 160 s at most; then it is done on a machine that may be busy
TOLD_SECONDS = 90.0  # until the API and /readyz say what is away: a publication is tried for a minute

pytestmark = pytest.mark.timeout(SECONDS + AFTER_SECONDS + 300)


@asynccontextmanager
async def running_film(folder: Path, film: Film, until: type[e.Event]) -> AsyncIterator[tuple[Stack, ApiClient, str]]:
    """A film that is being made and has come as far as an event."""
    with stamina.set_testing(False):
        async with run_stack(folder / "home") as stack:
            client = ApiClient(stack.url, stack.nats_url, stack.nats_login)
            answer = await client.http.post("/v1/videos", json=film.to_request())
            video = str(answer.json()["id"])
            while not any(isinstance(event, until) for event in await read_events(stack, video)):
                await asyncio.sleep(0.2)
            yield stack, client, video
            await client.http.aclose()


async def read_events(stack: Stack, video: str) -> list[e.AnyEvent]:
    """The video's log."""
    nats = await connect_nats(stack.nats_url, "test", stack.nats_login)
    try:
        return [event for _, event in await JetStreamEventLog(nats).read(video)]
    finally:
        await nats.close()


async def assert_finished_untroubled(stack: Stack, client: ApiClient, video: str, folder: Path) -> None:
    """It is completed once, plays, and each event was brought by a first attempt."""
    shown = await client.wait_for_outcome(video, seconds=AFTER_SECONDS)
    assert shown["status"] == "completed", shown
    assert_in_sync(await client.download(video, "video", folder / "film.mp4"))
    log = await read_events(stack, video)
    assert {event.attempt for event in log} == {1}
    assert not any(isinstance(event, e.SceneFailed | e.VideoFailed) for event in log)
    assert sum(isinstance(event, e.VideoCompleted) for event in log) == 1


async def wait_until_told(client: ApiClient, video: str, code: str) -> dict[str, Any]:
    """The video as soon as the API shows that it waits for this."""
    return await client.wait_until(video, lambda shown: code in str(shown.get("waiting")), seconds=TOLD_SECONDS)


async def ask_readiness(client: ApiClient, status: int) -> dict[str, Any]:
    """The checks of `/readyz` once it has this status."""
    async with asyncio.timeout(TOLD_SECONDS):
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await client.http.get("/readyz")
                if answer.status_code == status:
                    checks: dict[str, Any] = answer.json()["checks"]
                    return checks
            await asyncio.sleep(0.5)


async def test_without_the_store(tmp_path: Path) -> None:
    async with running_film(tmp_path, Film(3, by_model=False, ending=""), e.ScenePlanned) as (stack, client, video):
        async with stack.without("store"):
            waiting = asyncio.create_task(asyncio.sleep(SECONDS))
            shown = await wait_until_told(client, video, "store-unavailable")
            assert "object store" in str(shown["waiting"]), shown["waiting"]
            assert "failed" in (await ask_readiness(client, 503))["store"]
            refused = await client.http.post("/v1/videos", json=Film(4, by_model=False, ending="").to_request())
            assert (refused.status_code, "Retry-After" in refused.headers) == (503, True), refused.text
            await waiting
        await ask_readiness(client, 200)
        await assert_finished_untroubled(stack, client, video, tmp_path)


async def test_without_the_log(tmp_path: Path) -> None:
    async with running_film(tmp_path, Film(3, by_model=False, ending=""), e.ScenePlanned) as (stack, client, video):
        async with stack.without("nats"):
            waiting = asyncio.create_task(asyncio.sleep(SECONDS))
            assert "failed" in (await ask_readiness(client, 503))["stream"]
            refused = await client.http.post("/v1/videos", json=Film(4, by_model=False, ending="").to_request())
            assert (refused.status_code, "Retry-After" in refused.headers) == (503, True), refused.text
            assert "event log" in refused.json()["detail"], refused.text
            await waiting
        await ask_readiness(client, 200)
        await assert_finished_untroubled(stack, client, video, tmp_path)


async def test_without_the_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_away = True

    def answer(request: dict[str, Any]) -> Move:
        return Fails(503) if is_away else answer_for_film(request)

    async with gemini(StandIn(otherwise=answer)) as provider:
        monkeypatch.setenv("GEMINI_API_KEY", "a-key")
        monkeypatch.setenv("LECTERN_GEMINI_URL", provider.url)
        monkeypatch.setenv("LECTERN_GEMINI_TTS", "false")
        film = Film(4, by_model=True, ending="")
        async with running_film(tmp_path, film, e.VideoRequested) as (stack, client, video):
            waiting = asyncio.create_task(asyncio.sleep(SECONDS))
            shown = await wait_until_told(client, video, "provider-unavailable")
            assert str(shown["waiting"]), shown["waiting"]
            await waiting
            asked = len(provider.requests)
            is_away = False
            await assert_finished_untroubled(stack, client, video, tmp_path)
    assert asked <= 10 + 8 * SECONDS / 60, "a provider that is away is asked ever more rarely"
