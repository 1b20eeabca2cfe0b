"""The commands that find, show and change videos, against a real gateway."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from unit.cli.command import CommandResult, invoke_in_thread, invoke_lectern
from unit.gateway.conftest import _log_only_warnings
from unit.gateway.gateways import TestGateway, gateway_on_a_port
from unit.gateway.keyed import add_key
from unit.gateway.published_video import PublishedVideo

from lectern.cli.exit_status import OK, UNAVAILABLE, USAGE
from lectern.contracts import events as e
from lectern.worker import Connections
from lectern.worker.testing import memory_connections

__all__ = ["_log_only_warnings"]


@pytest.fixture
def connections() -> Connections:
    return memory_connections()


@pytest.fixture
async def gateway(connections: Connections) -> AsyncIterator[TestGateway]:
    async with gateway_on_a_port(connections) as running:
        yield running


@pytest.fixture
async def video(gateway: TestGateway, connections: Connections) -> PublishedVideo:
    """A finished video whose file is in the store."""
    published = PublishedVideo(connections)
    key = f"videos/{published.video_id}/r1/video.mp4"
    await connections.store.put(key, b"film", "video/mp4")
    await published.request()
    await published.write_script()
    await published.render(1)
    await published.render(2)
    await published.complete(e.Output(kind="video", key=key, media_type="video/mp4", bytes=4))
    return published


async def run(gateway: TestGateway, folder: Path, *args: str, **environment: str) -> CommandResult:
    return await invoke_in_thread(*args, home=folder / "home", LECTERN_API=gateway.url, **environment)


def read_lines(result: CommandResult) -> list[dict[str, Any]]:
    assert result.status == OK, result.err
    return [json.loads(line) for line in result.out.splitlines()]


async def test_videos_are_listed_and_shown(gateway: TestGateway, video: PublishedVideo, tmp_path: Path) -> None:
    listed = await run(gateway, tmp_path, "list")
    assert listed.status == OK
    assert all(word in listed.out for word in (video.video_id, "completed", "The leaf"))
    assert [each["id"] for each in read_lines(await run(gateway, tmp_path, "list", "leaf", "--json"))] == [
        video.video_id
    ]
    assert read_lines(await run(gateway, tmp_path, "list", "--status", "failed", "--json")) == []
    shown = await run(gateway, tmp_path, "show", video.video_id)
    assert all(word in shown.out for word in ("The leaf", "completed", "Part 1", "Part 2"))
    (whole,) = read_lines(await run(gateway, tmp_path, "show", video.video_id, "--json"))
    assert whole == (await gateway.http.get(f"/v1/videos/{video.video_id}")).json()


async def test_a_list_goes_on_over_pages(gateway: TestGateway, tmp_path: Path) -> None:
    requests = [{"topic": f"Why is number {number} odd?"} for number in range(100)]
    await gateway.http.post("/v1/batches", json={"requests": requests})
    await gateway.http.post("/v1/videos", json={"topic": "And one more?"})
    assert len(read_lines(await run(gateway, tmp_path, "list", "--limit", "101", "--json"))) == 101


async def test_a_script_is_printed_and_replaced(gateway: TestGateway, video: PublishedVideo, tmp_path: Path) -> None:
    (script,) = read_lines(await run(gateway, tmp_path, "script", video.video_id, "--json"))
    assert [scene["title"] for scene in script["scenes"]] == ["Part 1", "Part 2"]
    missing = await run(gateway, tmp_path, "script", video.video_id, "--from", str(tmp_path / "none.md"))
    assert missing.status == USAGE


async def test_a_file_is_downloaded_and_its_path_printed(
    gateway: TestGateway, video: PublishedVideo, tmp_path: Path
) -> None:
    result = await run(gateway, tmp_path, "download", video.video_id, "--out", str(tmp_path / "films"))
    assert Path(result.out.strip()).read_bytes() == b"film"
    refused = await run(gateway, tmp_path, "download", video.video_id, "--file", "transcript", "--json")
    assert refused.status == USAGE
    assert json.loads(refused.out)["problem"]["code"] == "no-such-output"


async def test_a_share_link_is_whole(gateway: TestGateway, video: PublishedVideo, tmp_path: Path) -> None:
    result = await run(gateway, tmp_path, "share", video.video_id, "--days", "1")
    link = result.out.strip()
    assert link.startswith(f"{gateway.url}/s/")
    assert (await gateway.http.get(f"/v1/shared/{link.rsplit('/', 1)[1]}")).status_code == 200


async def test_a_scene_is_redone_and_the_video_cancelled(
    gateway: TestGateway, video: PublishedVideo, tmp_path: Path
) -> None:
    args = ("redo", video.video_id, "1", "--narration", "It drinks light.", "--narration", "And so on.", "--json")
    (redone,) = read_lines(await run(gateway, tmp_path, *args))
    assert (redone["status"], redone["revision"]) == ("in_progress", 2)
    (cancelled,) = read_lines(await run(gateway, tmp_path, "cancel", video.video_id, "--json"))
    assert cancelled["status"] == "cancelled"


async def test_nothing_is_deleted_unasked(gateway: TestGateway, video: PublishedVideo, tmp_path: Path) -> None:
    unasked = await run(gateway, tmp_path, "delete", video.video_id)
    assert unasked.status == USAGE
    assert "--yes" in unasked.err
    assert (await gateway.http.get(f"/v1/videos/{video.video_id}")).status_code == 200
    assert (await run(gateway, tmp_path, "delete", video.video_id, "--yes")).status == OK
    gone = await run(gateway, tmp_path, "show", video.video_id)
    assert gone.status == USAGE
    assert "→" in gone.err


async def test_a_remote_lectern_is_shown_the_key(connections: Connections, tmp_path: Path) -> None:
    async with gateway_on_a_port(connections, require_keys=True) as gateway:
        _, headers = await add_key(gateway.deps, "ada")
        token = headers["Authorization"].split()[1]
        refused = await run(gateway, tmp_path, "list")
        assert refused.status == UNAVAILABLE
        assert "key" in refused.err
        assert (await run(gateway, tmp_path, "list", LECTERN_API_KEY=token)).status == OK


def test_the_version_is_printed(tmp_path: Path) -> None:
    result = invoke_lectern("--version", home=tmp_path)
    assert (result.status, result.out.split()[0]) == (OK, "lectern")
