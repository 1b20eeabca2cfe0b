"""`lectern mcp` as an assistant meets it: the SDK's own client over standard input and output, a real gateway behind."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError
from unit.gateway.conftest import _log_only_warnings
from unit.gateway.gateways import gateway_on_a_port
from unit.gateway.keyed import add_key
from unit.gateway.published_video import PublishedVideo

from lectern.cli.assistants.script_edits import SceneEdit, edit_scenes
from lectern.client.models import ScriptDocument
from lectern.contracts import events as e
from lectern.worker import Connections
from lectern.worker.testing import memory_connections

__all__ = ["_log_only_warnings"]


@pytest.fixture
def connections() -> Connections:
    return memory_connections()


@contextlib.asynccontextmanager
async def assistant(url: str, folder: Path, *args: str, **environment: str) -> AsyncIterator[Client]:
    """An assistant that has started `lectern mcp`."""
    command = ["-m", "lectern.cli", "mcp", "--url", url, "--out", str(folder / "saved"), *args]
    env = {"LECTERN_HOME": str(folder / "home"), **environment}
    async with Client(StdioServerParameters(command=sys.executable, args=command, env=env)) as client:
        yield client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


async def fail(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return " ".join(getattr(each, "text", "") for each in result.content)


async def publish_finished(connections: Connections) -> PublishedVideo:
    video = PublishedVideo(connections)
    base = f"videos/{video.video_id}/r1"
    await connections.store.put(f"{base}/video.mp4", b"film", "video/mp4")
    await connections.store.put(f"{base}/t.txt", b"A leaf drinks light.", "text/plain")
    await video.request()
    await video.write_script()
    for scene in (1, 2):
        await video.render(scene)
    await video.complete(
        e.Output(kind="video", key=f"{base}/video.mp4", media_type="video/mp4", bytes=4),
        e.Output(kind="transcript", key=f"{base}/t.txt", media_type="text/plain", bytes=20),
    )
    return video


@pytest.mark.slow
async def test_a_video_is_made_with_its_script_reviewed_first(connections: Connections, tmp_path: Path) -> None:
    async with gateway_on_a_port(connections) as gateway, assistant(gateway.url, tmp_path) as client:
        made = await call(client, "make_video", topic="Why is the sky blue?", max_cost_usd=50)
        shown = (await gateway.http.get(f"/v1/videos/{made['id']}")).json()
        assert (shown["options"]["review"], shown["options"]["max_cost_usd"]) == (True, 1.0)

        video = PublishedVideo(connections, review=True)
        await video.request()
        await video.write_script()
        waited = await call(client, "wait_for_video", video_id=video.video_id, seconds=5)
        assert waited["status"] == "awaiting_approval"
        assert "get_script" in waited["next_step"]
        script = await call(client, "get_script", video_id=video.video_id)
        edit = {"scene": 2, "narration": ["It drinks light.", "And so on.", "Every day."]}
        edited = await call(client, "edit_script", video_id=video.video_id, revision=script["revision"], scenes=[edit])
        assert edited["scenes"][1]["narration"] == edit["narration"]
        assert edited["scenes"][0] == script["scenes"][0]
        stale = await fail(client, "edit_script", video_id=video.video_id, revision=99, scenes=[edit])
        assert "stale-script" in stale
        approved = await call(client, "approve_script", video_id=video.video_id, script_revision=edited["revision"])
        assert approved["status"] == "in_progress"


@pytest.mark.slow
async def test_waiting_reports_progress_and_what_is_finished_can_be_read_and_saved(
    connections: Connections, tmp_path: Path
) -> None:
    async with gateway_on_a_port(connections) as gateway, assistant(gateway.url, tmp_path) as client:
        video = await publish_finished(connections)
        heard: list[float] = []

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            heard.append(progress)

        result = await client.call_tool("wait_for_video", {"video_id": video.video_id}, progress_callback=hear)
        assert result.structured_content is not None
        assert result.structured_content["status"] == "completed"
        assert heard == [100]
        transcript = await client.call_tool("get_transcript", {"video_id": video.video_id})
        assert "drinks light" in str(transcript.content)
        resource = await client.read_resource(f"lectern://videos/{video.video_id}/transcript")
        assert "drinks light" in str(resource.contents)
        listed = json.loads((await client.read_resource("lectern://videos")).contents[0].text)  # type: ignore[union-attr]
        assert [each["id"] for each in listed] == [video.video_id]
        found = await call(client, "list_videos", status=["completed"])
        assert [each["id"] for each in found["videos"]] == [video.video_id]
        await client.call_tool("save_video", {"video_id": video.video_id})
        saved = list((tmp_path / "saved").iterdir())
        assert [each.read_bytes() for each in saved] == [b"film"]


@pytest.mark.slow
async def test_a_refusal_tells_the_assistant_what_to_do(connections: Connections, tmp_path: Path) -> None:
    async with gateway_on_a_port(connections, require_keys=True) as gateway:
        _, headers = await add_key(gateway.deps, "ada")
        token = headers["Authorization"].split()[1]
        async with assistant(gateway.url, tmp_path, "--max-cost", "0.25", LECTERN_API_KEY=token) as client:
            assert "validation-error" in await fail(client, "make_video")
            assert "not-found" in await fail(client, "get_video", video_id="0190f5fe-0000-7000-8000-000000000000")
            made = await call(client, "make_video", topic="Why is the sky blue?")
            shown = (await gateway.http.get(f"/v1/videos/{made['id']}", headers=headers)).json()
            assert shown["options"]["max_cost_usd"] == 0.25
        async with assistant(gateway.url, tmp_path) as client:
            assert "unauthenticated" in await fail(client, "list_videos")
            with pytest.raises(MCPError, match="unauthenticated"):
                await client.read_resource("lectern://videos")


def test_what_an_edit_leaves_out_stays() -> None:
    plan = {
        **dict.fromkeys(("idea", "purpose", "shows", "form", "transition"), ""),
        "direction": "a number line",
        "carries": [],
    }
    beats = [
        {"text": text, "spoken": f"{text}!", "show": "a leaf", "speaker": "Ada", "pause": 0.5}
        for text in ("one", "two")
    ]
    scene = {"title": "Light", "beats": beats, "visual": None, "plan": plan, "voice": ""}
    script = msgspec.convert(
        {
            **dict.fromkeys(("title", "language", "angle", "audience", "question", "idea"), ""),
            "scenes": [scene],
            "sources": [],
            "pronunciations": {},
            "symbols": [],
            "doubts": [],
            "cast": "",
            "revision": 1,
            "approved": False,
        },
        ScriptDocument,
    )
    edited = edit_scenes(script, [SceneEdit(scene=1, narration=["one", "deux", "trois"])]).scenes[0]
    assert [beat.spoken for beat in edited.beats] == ["one!", "", ""]
    assert [beat.show for beat in edited.beats] == ["a leaf", "a leaf", ""]
    assert {beat.speaker for beat in edited.beats} == {"Ada"}
    assert (edited.title, edited.plan.direction) == ("Light", "a number line")
    assert [beat.text for beat in script.scenes[0].beats] == ["one", "two"]
    with pytest.raises(ValueError, match="no scene 2"):
        edit_scenes(script, [SceneEdit(scene=2, title="x")])
