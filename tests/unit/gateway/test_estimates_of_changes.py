"""What a variant or a redo would take: what is there already is free and takes no time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.references import CodeContext
from lectern.contracts.requests import LIST_VOICES, ListVoices, VoiceList, VoiceOffer
from lectern.worker import Connections, Responder

DEAR = VoiceOffer(id="dear", language="en", gender="", engine="x", timing="exact", usd_per_million=1_000_000.0)
CHARACTERS = len("This is part 1.") + len("and so forth")  # of a scene; a dollar each


@pytest.fixture
async def video(connections: Connections) -> AsyncIterator[PublishedVideo]:
    """A finished video that a model drew, all of it in the store, spoken by a dear voice."""

    async def offer(message: ListVoices) -> VoiceList:
        return VoiceList(voices=(DEAR,), chosen="dear")

    def fail(error: Exception) -> VoiceList:
        raise error

    video = PublishedVideo(connections)
    await video.request()
    await video.write_script()
    for number in (1, 2):
        names = {kind: f"{kind}{number}" for kind in ("n", "a", "c", "f")}
        for name in names.values():
            await video.store.put(name, b"x", "application/octet-stream")
        await video.publish(
            e.SceneRendered,
            scene=number,
            script_key=video.script_key,
            options=video.options,
            narration=e.NarrationRef(key=names["n"], audio_key=names["a"], seconds=4.0, beats=2),
            code=e.CodeRef(key=names["c"], origin="model"),
            footage=e.FootageRef(key=names["f"], frames=120, fps=30),
        )
    await video.complete()
    async with connections.bus.answering(Responder(request=LIST_VOICES, handler=offer, failed=fail)):
        yield video


async def estimate(http: httpx.AsyncClient, video: PublishedVideo, variant: dict[str, Any]) -> dict[str, Any]:
    answer = await http.post(f"{video.url}/variants/estimate", json={"variants": [variant]})
    assert answer.status_code == 200, answer.text
    [found] = answer.json()["data"]
    return dict(found)


async def estimate_redo(http: httpx.AsyncClient, video: PublishedVideo, **body: Any) -> dict[str, Any]:
    answer = await http.post(f"{video.url}/scenes/1/redo/estimate", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_another_look_costs_nothing_and_has_the_very_same_length(
    http: httpx.AsyncClient, video: PublishedVideo
) -> None:
    for variant in ({"theme": "light"}, {"quality": "high"}, {"music": "calm"}):
        found = await estimate(http, video, variant)
        assert found["cost_usd"] == {"low": 0.0, "high": 0.0}, variant
        assert found["seconds"] == {"low": 8.0, "high": 8.0}


async def test_another_voice_speaks_every_character_again(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    found = await estimate(http, video, {"voice": "dear"})
    assert found["cost_usd"]["low"] == 2 * CHARACTERS
    assert found["seconds"]["low"] < found["seconds"]["high"]


async def test_another_shape_may_need_the_model_again(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    found = await estimate(http, video, {"aspect": "9:16"})
    assert 0 == found["cost_usd"]["low"] < found["cost_usd"]["high"]


async def test_what_has_expired_is_made_and_paid_again(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    await video.store.delete("a1")
    found = await estimate(http, video, {"theme": "light"})
    assert CHARACTERS <= found["cost_usd"]["low"] < 2 * CHARACTERS, "one scene is spoken again"


async def test_a_redo_is_of_one_scene_and_its_words_are_paid_where_they_are_spoken_again(
    http: httpx.AsyncClient, video: PublishedVideo
) -> None:
    fresh = await estimate_redo(http, video)
    assert fresh["scenes"] == {"low": 1, "high": 1}
    assert fresh["cost_usd"]["low"] == CHARACTERS
    directed = await estimate_redo(http, video, direction="Show a number line.")
    assert directed["seconds"] == {"low": 4.0, "high": 4.0}
    assert 0 == directed["cost_usd"]["low"] < directed["cost_usd"]["high"], "only the model"
    reworded = await estimate_redo(http, video, narration=["Four."])
    assert reworded["cost_usd"]["low"] == len("Four.")
    assert (await http.get(video.url)).json()["revision"] == 1, "nothing is begun"


async def test_a_redo_counts_the_scenes_that_go_on_with_its_things(
    http: httpx.AsyncClient, video: PublishedVideo
) -> None:
    """They keep their words, and are drawn again by their code or, where that no longer fits, by a model."""
    alone = await estimate_redo(http, video, direction="Show a number line.")
    await video.publish(
        e.SceneRendered,
        scene=2,
        revision=2,
        script_key=video.script_key,
        options=video.options,
        narration=e.NarrationRef(key="n2", audio_key="a2", seconds=4.0, beats=2),
        code=e.CodeRef(key="c2", origin="model", context=CodeContext(before=("c1",))),
        footage=e.FootageRef(key="f2", frames=120, fps=30),
    )
    followed = await estimate_redo(http, video, direction="Show a number line.")
    assert (alone["scenes"]["low"], followed["scenes"]["low"]) == (1, 2)
    assert followed["seconds"] == {"low": 8.0, "high": 8.0}
    assert followed["cost_usd"]["low"] == alone["cost_usd"]["low"] == 0.0
    assert followed["cost_usd"]["high"] > alone["cost_usd"]["high"]
    assert "0 footages" in " ".join(followed["basis"])
