"""Any topic, with a model: the whole pipeline, the real Gemini client for words and voice, a stand-in for Gemini."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from api_client import ApiClient, assert_in_sync
from e2e.model_answers import answer_with_late_mistake, answers
from standins.behaviour import StandIn
from standins.gemini import gemini

from lectern.cli.runner.stack import run_stack


async def read_footage(client: ApiClient, url: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The frames of a scene's footage, in grey."""
    response = await client.http.get(url)
    argv = ["ffmpeg", "-v", "error", "-i", "pipe:", "-pix_fmt", "gray", "-vf", "scale=320:180", "-f", "rawvideo", "-"]
    raw = await asyncio.to_thread(subprocess.run, argv, input=response.content, capture_output=True, check=True)
    return np.frombuffer(raw.stdout, np.uint8).reshape(-1, 180, 320).astype(float)


@pytest.mark.slow
async def test_a_model_writes_and_draws_a_video_about_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with gemini(StandIn(otherwise=answers)) as script:
        monkeypatch.setenv("GEMINI_API_KEY", "a-key-that-must-not-leak")
        monkeypatch.setenv("LECTERN_GEMINI_URL", script.url)
        async with run_stack(tmp_path / "home") as stack:
            client = ApiClient(stack.url)
            body = {
                "topic": "Why is the sea salty?",
                "options": {"quality": "draft", "max_cost_usd": 5.0},
            }
            video = str((await client.http.post("/v1/videos", json=body)).json()["id"])
            shown = await client.wait_for_outcome(video)
            assert shown["status"] == "completed", shown
            assert not any(scene["degraded"] for scene in shown["scenes"]), shown["scenes"]
            assert shown["title"] == "Why the sky is blue"
            assert [scene["origin"] for scene in shown["scenes"]] == ["model", "model"]
            tried = [(attempt["strategy"], attempt["rule"]) for attempt in shown["scenes"][1]["attempts"]]
            assert tried == [("draft", "AttributeError"), ("lines", ""), ("look", "")]
            models = [item for item in shown["usage"]["items"] if item["kind"] == "model"]
            tasks = {item["task"]: item["requests"] for item in models}
            assert tasks == {"script": 2, "fact-check": 1, "code": 2, "repair": 1, "critique": 2}
            [voice] = [item for item in shown["usage"]["items"] if item["kind"] == "voice"]
            assert (voice["name"], voice["requests"]) == ("gemini/Kore", 2), "both scenes say the same: spoken once"
            assert voice["cost_usd"] > 0
            assert 0 < shown["usage"]["cost_usd"] < 5
            assert_in_sync(await client.download(video, "video", tmp_path / "v.mp4"))
            assert "not-carried" not in [note["code"] for note in shown["notes"]]
            before, after = [await read_footage(client, scene["footage"]) for scene in shown["scenes"]]
            assert len(np.unique(after[0])) > 20, "the picture is not empty"
            assert np.abs(before[-1] - after[0]).mean() < 0.2, "the cut is not seen"
            assert np.abs(before[-1] - before[0]).mean() > 0.2
            assert "a-key-that-must-not-leak" not in json.dumps(shown)
            await client.http.aclose()
        logs = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
        assert b"a-key-that-must-not-leak" not in logs, "the key reached the log, the store or a file"


@pytest.mark.slow
async def test_code_that_raises_only_while_it_is_drawn_is_repaired_and_shown_as_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gemini(StandIn(otherwise=answer_with_late_mistake)) as script:
        monkeypatch.setenv("GEMINI_API_KEY", "a-key")
        monkeypatch.setenv("LECTERN_GEMINI_URL", script.url)
        async with run_stack(tmp_path / "home") as stack:
            client = ApiClient(stack.url)
            body = {"topic": "Why is the sea salty?", "options": {"quality": "draft", "critique": False}}
            video = str((await client.http.post("/v1/videos", json=body)).json()["id"])
            shown = await client.wait_for_outcome(video)
            assert shown["status"] == "completed", shown
            first, second = shown["scenes"]
            assert [(each["strategy"], each["rule"]) for each in first["attempts"]] == [("draft", "")]
            tried = [(each["strategy"], each["rule"]) for each in second["attempts"]]
            assert tried == [("draft", ""), ("render", "scene-error"), ("lines", "")]
            assert "TypeError" in second["attempts"][1]["finding"]
            assert (second["origin"], second["degraded"]) == ("model", None)
            assert_in_sync(await client.download(video, "video", tmp_path / "v.mp4"))
            await client.http.aclose()
    asked = [json.dumps(request) for request in script.requests]
    assert sum("Cannot handle this data type" in request for request in asked) == 1, (
        "one repair was asked for, with its reason"
    )
