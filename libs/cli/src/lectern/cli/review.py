"""Letting a person read and change the script before the video is made."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import tempfile
from pathlib import Path

from lectern.cli.api import Api, Json
from lectern.cli.display import Display
from lectern.cli.exits import CANCELLED, OK, USAGE, Stop, stop

HEAD = """<!-- Change what you like, save and close: the video is then made from this.
     `## ` begins a scene; a paragraph is one beat of narration. An empty file gives the video up. -->

"""


CHANGED = "precondition-failed"  # somebody else saved a script while this one was being edited


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
            f"Read it at {api.url}/v1/videos/{video_id}/script; this is no terminal, so nothing can be asked here.",
            f"curl -X POST {api.url}/v1/videos/{video_id}/approve, then: lectern watch {video_id} --out .",
        )
    script, tag = await api.script_text(video_id)
    with tempfile.TemporaryDirectory(prefix="lectern-") as folder, display.paused():
        file = Path(folder) / "script.md"
        await asyncio.to_thread(file.write_text, HEAD + script, encoding="utf-8")
        while True:
            await _edit(file, display)
            edited = (await asyncio.to_thread(file.read_text, encoding="utf-8")).replace(HEAD.strip(), "").strip()
            if not edited:
                await api.cancel(video_id, "the script was emptied in review")
                raise stop(CANCELLED, "given-up", "The video was given up", "Its script was emptied.", "")
            if edited == script.strip():
                break
            try:
                await api.replace_script_text(video_id, edited + "\n", tag)
                break
            except Stop as refused:
                if refused.status != USAGE:
                    raise
                display.problem(refused.problem)
                if refused.problem.code == CHANGED:
                    theirs, tag = await api.script_text(video_id)
                    other = file.with_name("theirs.md")
                    await asyncio.to_thread(other.write_text, theirs, encoding="utf-8")
                    display.say(f"What the script is now lies in {other}; saving yours again replaces it.")
                await _enter("Press Enter to edit again, Ctrl-C to give the video up. ")
    await api.approve(video_id)


async def _edit(file: Path, display: Display) -> None:
    """Returns when the user is done with the file. A terminal editor has the terminal to itself meanwhile."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor:
        try:
            process = await asyncio.create_subprocess_exec(*shlex.split(editor), str(file))
            await process.wait()
            return
        except OSError as error:
            display.say(f"{editor} does not start: {error.strerror}.")
    display.say(f"The script is in {file}. Edit it if you like; $EDITOR would open it for you.")
    await _enter("Press Enter to have the video made from it, Ctrl-C to give it up. ")


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
