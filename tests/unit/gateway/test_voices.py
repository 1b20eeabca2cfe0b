"""Listing voices, and refusing those that are not available."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from lectern.voice.requests import responder
from lectern.voice.table import load_voices
from lectern.worker import Connections

VOICES = tuple(voice for voice in load_voices() if voice.engine in ("espeak", "silent"))


@pytest.fixture
async def voice_service(connections: Connections) -> AsyncIterator[None]:
    """A voice service that answers."""
    async with connections.bus.answering(responder(VOICES)):
        yield


@pytest.mark.usefixtures("voice_service")
async def test_voices_are_listed_by_language(http: httpx.AsyncClient) -> None:
    every = (await http.get("/v1/voices")).json()["data"]
    assert {voice["id"] for voice in every} == {voice.id for voice in VOICES}
    english = (await http.get("/v1/voices", params={"language": "en"})).json()["data"]
    assert {voice["language"] for voice in english} == {"en-US", "en-GB"}
    assert all(voice["timing"] == "exact" for voice in english)


@pytest.mark.usefixtures("voice_service")
async def test_an_unavailable_voice_is_refused_with_similar_ones(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/videos", json={"topic": "Rain", "options": {"voice": "en-UK"}})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/options/voice"
    assert "en-GB" in error["detail"]
    for good in ("en-GB", "de", "silent"):
        answer = await http.post("/v1/videos", json={"topic": "Rain", "options": {"voice": good}})
        assert answer.status_code == 202, answer.text


async def test_without_a_voice_service_voices_are_503_and_videos_are_accepted(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/v1/voices")
    assert answer.status_code == 503
    assert answer.json()["code"] == "dependency-unavailable"
    assert answer.headers["Retry-After"]
    taken = await http.post("/v1/videos", json={"topic": "Rain", "options": {"voice": "en-UK"}})
    assert taken.status_code == 202


@pytest.mark.parametrize("cost", [0, -1, 5000])
async def test_a_cost_limit_must_be_positive_and_at_most_1000(http: httpx.AsyncClient, cost: float) -> None:
    answer = await http.post("/v1/videos", json={"topic": "Rain", "options": {"max_cost_usd": cost}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/options/max_cost_usd"
