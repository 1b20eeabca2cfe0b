"""The files of a real video: scenes with their voice before it is finished, and one archive in which everything plays."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from api_client import ApiClient, assert_in_sync, probe_decoded

from lectern.cli.runner.stack import run_stack

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiClient]:
    """One running Lectern for all of these."""
    async with run_stack(tmp_path_factory.mktemp("home")) as stack:
        client = ApiClient(stack.url, stack.nats_url, stack.nats_login)
        yield client
        await client.http.aclose()


async def test_a_scene_plays_with_its_voice_before_the_video_is_finished(client: ApiClient, tmp_path: Path) -> None:
    video = await client.create_video()
    shown = await client.wait_until(video, lambda shown: any(scene["video"] for scene in shown["scenes"]))
    scene = next(scene for scene in shown["scenes"] if scene["video"])
    path = tmp_path / "scene.mp4"
    path.write_bytes((await client.http.get(scene["video"])).content)
    assert_in_sync(path)
    streams = {stream["codec_type"]: stream for stream in probe_decoded(path)["streams"]}
    assert float(streams["audio"]["duration"]) == pytest.approx(scene["seconds"], abs=0.01)
    assert (await client.http.get(scene["still"])).content[:2] == b"\xff\xd8"
    words = (await client.http.get(scene["words"])).json()
    assert words["words"][-1]["end"] <= scene["seconds"]
    await client.wait_for_outcome(video)


async def test_everything_in_the_archive_opens_and_plays(client: ApiClient, tmp_path: Path) -> None:
    video = await client.create_video()
    shown = await client.wait_for_outcome(video)
    assert shown["status"] == "completed", shown
    answer = await client.http.get(f"/v1/videos/{video}/archive", timeout=60)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == int(answer.headers["content-length"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
        names = set(archive.namelist())
    listed = (await client.http.get(f"/v1/videos/{video}/artifacts")).json()["data"]
    assert {each["name"] for each in listed} == names
    sizes = {each["name"]: each["bytes"] for each in listed if each["bytes"] is not None}
    assert all((tmp_path / name).stat().st_size == size for name, size in sizes.items())
    for scene in tmp_path.glob("scenes/*"):
        assert_in_sync(scene / "scene.mp4")
        assert {stream["codec_type"] for stream in probe_decoded(scene / "footage.mp4")["streams"]} == {"video"}
        for sound in ("narration.m4a", "narration.flac"):
            assert probe_decoded(scene / sound)["streams"][0]["codec_type"] == "audio"
        assert "class" in (scene / "scene.py").read_text() or "def " in (scene / "scene.py").read_text()
    assert_in_sync(tmp_path / "video.mp4")
    for picture in ("contact-sheet.jpg", "thumbnail.jpg"):
        assert probe_decoded(tmp_path / picture)["streams"][0]["codec_name"] == "mjpeg"
    transcript = json.loads((tmp_path / "transcript.json").read_text())
    assert [scene["title"] for scene in transcript["scenes"]] == ["The Moon pulls", "Two bulges"]
    assert transcript["seconds"] == pytest.approx(shown["seconds"], abs=0.001)
    assert (tmp_path / "script.md").read_text().startswith("# ")


async def test_each_stage_of_a_real_video_says_how_long_it_took(client: ApiClient) -> None:
    video = await client.create_video(theme="light")
    shown = await client.wait_for_outcome(video)
    for scene in shown["scenes"]:
        for stage in ("voicing", "coding", "rendering"):
            assert scene["timings"][stage]["worked_seconds"] > 0
    assert shown["scenes"][0]["timings"]["voicing"]["cached"] is True, "an earlier video has the same words"
    assert shown["timings"]["completed_seconds"] >= shown["timings"]["first_scene_seconds"] > 0
    estimate = await client.http.post("/v1/videos/estimate", json={"topic": "Tides"})
    assert estimate.json()["done_in_seconds"] is not None
    assert {each["workers"] for each in (await client.http.get("/v1/queue")).json()["data"]} == {1}
