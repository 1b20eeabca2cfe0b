"""Letting the user read and edit the script before the video is made."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import tempfile
from pathlib import Path

import httpx

from lectern.cli.api import Api, ApiRefusal, JsonObject
from lectern.cli.display import Display
from lectern.cli.exit_status import CANCELLED, OK, USAGE, command_exit

INSTRUCTIONS = """<!-- Edit the script, save it and close the editor: the video is then made from it.
     `## ` starts a scene; a paragraph is one beat of narration. Save an empty file to cancel the video. -->

"""


async def review(api: Api, video: JsonObject, display: Display) -> None:
    """Opens the script in $EDITOR, sends it back if it was edited, and approves it.

    Raises CommandExit: 0 with the next steps when there is no terminal, 130 when the script was emptied.
    """
    video_id = str(video["id"])
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise command_exit(
            OK,
            "awaiting-approval",
            "The script is waiting for your approval",
            f"There is no terminal to ask on. Read the script at {api.url}/v1/videos/{video_id}/script.",
            f"curl -X POST {api.url}/v1/videos/{video_id}/approve, then: lectern watch {video_id} --out .",
        )
    script, tag = await api.script_text(video_id)
    with tempfile.TemporaryDirectory(prefix="lectern-") as folder, display.pause():
        file = Path(folder) / "script.md"
        await asyncio.to_thread(file.write_text, INSTRUCTIONS + script, encoding="utf-8")
        while True:
            await _edit(file, display)
            text = await asyncio.to_thread(file.read_text, encoding="utf-8")
            edited = text.replace(INSTRUCTIONS.strip(), "").strip()
            if not edited:
                await api.cancel(video_id, "the script was emptied in review")
                raise command_exit(CANCELLED, "given-up", "The video was cancelled", "Its script was emptied.", "")
            if edited == script.strip():
                break
            try:
                await api.replace_script_text(video_id, edited + "\n", tag)
                break
            except ApiRefusal as refusal:
                if refusal.status != USAGE:
                    raise
                display.show_problem(refusal.problem)
                if refusal.http_status == httpx.codes.PRECONDITION_FAILED:
                    tag = await _save_theirs(api, video_id, file.with_name("theirs.md"), display)
                await _wait_for_enter("Press Enter to edit again, Ctrl-C to cancel the video. ")
    await api.approve(video_id)


async def _save_theirs(api: Api, video_id: str, file: Path, display: Display) -> str:
    """Writes the script that somebody else saved meanwhile to a file; returns its ETag."""
    theirs, tag = await api.script_text(video_id)
    await asyncio.to_thread(file.write_text, theirs, encoding="utf-8")
    display.show_message(f"The other version is in {file}; saving yours again replaces it.")
    return tag


async def _edit(file: Path, display: Display) -> None:
    """Returns when the user has finished editing. A terminal editor has the terminal to itself meanwhile."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor:
        try:
            process = await asyncio.create_subprocess_exec(*shlex.split(editor), str(file))
            await process.wait()
            return
        except OSError as error:
            display.show_message(f"{editor} does not start: {error.strerror}.")
    display.show_message(f"The script is in {file}; edit it if you like. Set $EDITOR to have it opened.")
    await _wait_for_enter("Press Enter to make the video from it, Ctrl-C to cancel the video. ")


async def _wait_for_enter(prompt: str) -> None:
    """Waits for Enter without a thread, which Ctrl-C could not interrupt."""
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
