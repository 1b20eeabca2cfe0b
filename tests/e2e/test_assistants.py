"""An assistant makes a video: the protocol's own client, `lectern mcp` as a process, a whole Lectern behind it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from api_client import TIDES, assert_in_sync
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from lectern.cli.runner.stack import run_stack


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return dict(result.structured_content or {})


async def wait(client: Client, video_id: str, heard: list[float]) -> dict[str, Any]:
    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    status: dict[str, Any] = {}
    for _ in range(10):
        arguments = {"video_id": video_id, "seconds": 30}
        result = await client.call_tool("wait_for_video", arguments, progress_callback=hear)
        status = dict(result.structured_content or {})
        if status["status"] not in ("queued", "in_progress"):
            break
    return status


async def test_an_assistant_reviews_a_script_makes_the_video_and_saves_it(tmp_path: Path) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved"
    async with run_stack(home):
        args = ["-m", "lectern.cli", "mcp", "--home", str(home), "--out", str(saved)]
        async with Client(StdioServerParameters(command=sys.executable, args=args)) as client:
            video = await call(client, "make_video", markdown=TIDES, quality="draft")
            assert (await wait(client, video["id"], []))["status"] == "awaiting_approval"
            script = await call(client, "get_script", video_id=video["id"])
            words = ["The pull of the Moon lifts the sea.", *script["scenes"][0]["narration"][1:]]
            edit = {"scene": 1, "narration": words}
            script = await call(client, "edit_script", video_id=video["id"], revision=script["revision"], scenes=[edit])
            await call(client, "approve_script", video_id=video["id"], script_revision=script["revision"])
            heard: list[float] = []
            done = await wait(client, video["id"], heard)
            assert done["status"] == "completed", done
            assert heard[-1] == 100
            transcript = await client.call_tool("get_transcript", {"video_id": video["id"]})
            assert words[0] in str(transcript.content)
            await client.call_tool("save_video", {"video_id": video["id"]})
    (file,) = saved.iterdir()
    assert_in_sync(file)
