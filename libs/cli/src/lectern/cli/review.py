"""Letting a person read and change the script before the video is made."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import tempfile
from pathlib import Path

from lectern.cli import scripttext
from lectern.cli.api import Api, Json
from lectern.cli.display import Display
from lectern.cli.exits import CANCELLED, OK, Stop, stop


async def review(api: Api, video: Json, display: Display) -> None:
    """Shows the script in $EDITOR (or a file to edit), sends what was changed, and approves it.

    Raises Stop: 0 with what to do next when there is no terminal to ask on, 130 when the script was emptied.
    """
    video_id = str(video["id"])
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise stop(
            OK,
            "awaiting-approval",
            "The script waits for your approval",
            f"Read it at {api.url}/v1/videos/{video_id}/script; this is not a terminal, so nothing can be asked here.",
            f"Approve it: curl -X POST {api.url}/v1/videos/{video_id}/approve; then `lectern watch {video_id}`.",
        )
    script = await api.script(video_id)
    with tempfile.TemporaryDirectory(prefix="lectern-") as folder, display.paused():
        file = Path(folder) / "script.md"
        before = scripttext.to_text(script)
        await asyncio.to_thread(file.write_text, before, encoding="utf-8")
        while True:
            await _edit(file, display)
            after = await asyncio.to_thread(file.read_text, encoding="utf-8")
            try:
                changed = scripttext.to_script(after, script)
                if changed is None:
                    await api.cancel(video_id, "the script was emptied in review")
                    raise stop(CANCELLED, "given-up", "The video was given up", "The script was emptied.", "")
                if after != before:
                    script = await api.replace_script(video_id, changed)
                    before = after
                break
            except Stop as refused:
                if refused.status in (OK, CANCELLED):
                    raise
                display.problem(refused.problem)
                await _enter("Press Enter to edit again (Ctrl-C gives the video up). ")
    await api.approve(video_id)


async def _edit(file: Path, display: Display) -> None:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        display.say(f"The script is in {file}. Edit it if you like ($EDITOR would open it for you).")
        await _enter("Press Enter when the video may be made from it. ")
        return
    try:
        process = await asyncio.create_subprocess_exec(*shlex.split(editor), str(file))
        await process.wait()
    except OSError as error:
        display.say(f"{editor} does not start ({error.strerror}); the script is in {file}.")
        await _enter("Press Enter when the video may be made from it. ")


async def _enter(prompt: str) -> None:
    """Waits for Enter without a thread, which Ctrl-C could not end."""
    loop = asyncio.get_running_loop()
    pressed = asyncio.Event()
    sys.stderr.write(prompt)
    sys.stderr.flush()
    loop.add_reader(sys.stdin.fileno(), pressed.set)
    try:
        await pressed.wait()
        sys.stdin.readline()
    finally:
        loop.remove_reader(sys.stdin.fileno())
