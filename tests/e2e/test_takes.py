"""Takes with the whole pipeline: a scene gets its user's own code, a direction, and an earlier take back."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from api_client import ApiClient, assert_in_sync
from e2e.model_answers import answers
from standins.behaviour import StandIn
from standins.gemini import gemini

from lectern.cli.runner.stack import run_stack

LESSON = """
# Two colours

## The first

Here is something small.

It is all there is.

- Small

## The second

And here is the rest.

- The rest
"""
BROKEN = """class Mine(NarratedScene):
    def construct(self):
        with self.beat():
            self.add(Rectangle(width=20, height=12, fill_color="#ff0000", fill_opacity=1))
        with self.beat():
            self.play(Create(Circel()))
"""
MENDED = BROKEN.replace("Create(Circel())", "Wait(0.2)")
PYTHON = {"Content-Type": "text/x-python"}
DIRECTION = "Show it as a number line."


async def read_colour(film: Path) -> tuple[int, int, int]:
    """The colour of the first second, above what the opening lays over it."""
    process = await asyncio.create_subprocess_exec(
        "ffmpeg", "-v", "error", "-ss", "0.8", "-i", str(film), "-frames:v", "1",
        "-vf", "crop=2:2:iw/2+40:ih/6,scale=1:1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    pixels, _ = await process.communicate()
    return pixels[0], pixels[1], pixels[2]


@pytest.mark.slow
async def test_a_users_own_code_is_checked_mended_shown_and_taken_back(tmp_path: Path) -> None:
    async with run_stack(tmp_path / "home") as stack:
        client = ApiClient(stack.url)
        video = await client.create_video(LESSON)
        shown = await client.wait_for_outcome(video)
        assert shown["status"] == "completed", shown
        scene, http = f"/v1/videos/{video}/scenes/1", client.http
        first = (await http.get(f"{scene}/footage")).content

        refused = await http.put(f"{scene}/code", content=BROKEN, headers=PYTHON)
        assert (refused.status_code, refused.json()["code"]) == (422, "code-refused"), refused.text
        [error] = refused.json()["errors"]
        assert error["pointer"] == "line 6"
        assert "Circel" in error["detail"]
        found = (await http.post(f"{scene}/code/check", content=MENDED, headers=PYTHON)).json()
        assert found["ok"] is True, found

        taken = await http.put(f"{scene}/code", content=MENDED, headers=PYTHON)
        assert taken.status_code == 202, taken.text
        shown = await client.wait_for_outcome(video)
        assert (shown["status"], shown["revision"]) == ("completed", 2)
        assert (shown["scenes"][0]["origin"], shown["scenes"][0]["degraded"]) == ("author", None)
        assert (await http.get(f"{scene}/code")).text == MENDED.rstrip()
        red, green, blue = await read_colour(await client.download(video, "video", tmp_path / "own.mp4"))
        assert red > 200, (red, green, blue)
        assert max(green, blue) < 60, (red, green, blue)
        spoken_before = [item for item in shown["usage"]["items"] if item["kind"] == "voice"]

        chosen = await http.post(f"{scene}/takes/1/choose")
        assert chosen.status_code == 202, chosen.text
        shown = await client.wait_for_outcome(video)
        assert (shown["status"], shown["revision"]) == ("completed", 3)
        assert (shown["scenes"][0]["take"], shown["scenes"][0]["takes"]) == (1, 2)
        assert (await http.get(f"{scene}/footage")).content == first, "byte for byte what it was"
        script = (await http.get(f"/v1/videos/{video}/script")).json()
        assert script["scenes"][0]["visual"]["kind"] == "bullets"
        renders = sum(item["requests"] for item in shown["usage"]["items"] if item["kind"] == "render")
        assert renders == 3, "the two scenes, and the first with its own code"
        assert [item for item in shown["usage"]["items"] if item["kind"] == "voice"] == spoken_before
        film = await client.download(video, "video", tmp_path / "back.mp4")
        assert (await read_colour(film))[0] < 100, "the red is gone"
        assert_in_sync(film)
        await http.aclose()


def count_requests(script: StandIn) -> int:
    return len(script.requests)


@pytest.mark.slow
async def test_a_direction_reaches_the_model_and_other_forms_of_the_video_ask_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gemini(StandIn(otherwise=answers)) as script:
        monkeypatch.setenv("GEMINI_API_KEY", "a-key")
        monkeypatch.setenv("LECTERN_GEMINI_URL", script.url)
        async with run_stack(tmp_path / "home") as stack:
            client = ApiClient(stack.url)
            body: dict[str, Any] = {
                "topic": "Why is the sea salty?",
                "options": {"quality": "draft", "critique": False},
            }
            video = str((await client.http.post("/v1/videos", json=body)).json()["id"])
            assert (await client.wait_for_outcome(video))["status"] == "completed"
            before = count_requests(script)
            redone = await client.http.post(f"/v1/videos/{video}/scenes/2/redo", json={"direction": DIRECTION})
            assert redone.status_code == 202, redone.text
            shown = await client.wait_for_outcome(video)
            assert shown["status"] == "completed", shown
            assert (shown["scenes"][1]["direction"], shown["scenes"][1]["take"]) == (DIRECTION, 2)
            asked = [json.dumps(request) for request in script.requests[before:]]
            assert len(asked) == 2, "a draft and its repair; nothing is spoken again"
            assert all(DIRECTION in request for request in asked)

            before = count_requests(script)
            variants = [{"theme": "light"}, {"quality": "standard"}]
            made = await client.http.post(f"/v1/videos/{video}/variants", json={"variants": variants})
            assert made.status_code == 202, made.text
            for given, variant in zip(variants, made.json()["data"], strict=True):
                other = await client.wait_for_outcome(str(variant["id"]))
                assert other["status"] == "completed", other
                assert other["parent"] == video
                assert other["options"] | given == other["options"]
                assert [scene["origin"] for scene in other["scenes"]] == ["model", "model"]
                assert not any(scene["degraded"] for scene in other["scenes"])
                assert other["usage"]["cost_usd"] == 0
            assert count_requests(script) == before, "words, voice and code are the original's"
            await client.http.aclose()
