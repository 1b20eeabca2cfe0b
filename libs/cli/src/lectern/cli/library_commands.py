"""The commands that find, show and change videos, and their options."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from lectern.cli.exit_status import USAGE, command_exit
from lectern.cli.options import Home, Json, Out, Url, run_command
from lectern.cli.runner.home import DEFAULT_HOME

library_app = typer.Typer()

_Id = Annotated[str, typer.Argument(metavar="ID", help="The video's id, as `lectern list` shows it.")]
_File = Literal[
    "video", "captions_vtt", "captions_srt", "captions_ass", "chapters_vtt", "transcript", "thumbnail", "archive"
]


@library_app.command("list")
def list_all(
    words: Annotated[str, typer.Argument(help="Only videos with these words in title or topic.")] = "",
    status: Annotated[list[str] | None, typer.Option(help="This status, e.g. completed; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 20,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """List videos, newest first."""
    from lectern.cli import library

    address = library.Address(url=url, home=home, json=json)
    run_command(lambda: library.list_videos(words, [*(status or ())], limit, address), json=json)


@library_app.command()
def show(video: _Id, json: Json = False, url: Url = "", home: Home = DEFAULT_HOME) -> None:
    """Show a video: its status, its scenes and their problems, what it cost."""
    from lectern.cli import library

    address = library.Address(url=url, home=home, json=json)
    run_command(lambda: library.show_video(video, address), json=json)


@library_app.command()
def cancel(
    video: _Id,
    reason: Annotated[str, typer.Option(help="Why, for its log.")] = "",
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Cancel a video in the making. What was made is kept."""
    from lectern.cli import library

    address = library.Address(url=url, home=home, json=json)
    run_command(lambda: library.cancel_video(video, reason, address), json=json)


@library_app.command()
def delete(
    video: _Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Delete a video for good: its files, scripts and history."""
    from lectern.cli import library

    def confirm(title: str) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            raise command_exit(
                USAGE, "not-confirmed", "Nobody can be asked", f"{title!r} would be deleted for good.", "Add --yes."
            )
        return typer.confirm(f"Delete {title!r} for good?")

    address = library.Address(url=url, home=home, json=json)
    run_command(lambda: library.delete_video(video, confirm, address), json=json)


@library_app.command()
def script(
    video: _Id,
    replace: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE.md", help="Replace it by this file."),
    ] = None,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Print a video's script, or replace it; only scenes that changed are made again."""
    from lectern.cli import library
    from lectern.cli.document import read_document

    address = library.Address(url=url, home=home, json=json)
    if replace is None:
        run_command(lambda: library.show_script(video, address), json=json)

    async def put() -> int:
        return await library.replace_script(video, read_document(replace).markdown, address)

    run_command(put, json=json)


@library_app.command()
def redo(
    video: _Id,
    scene: Annotated[int, typer.Argument(min=1, help="Its number, counted from 1.")],
    direction: Annotated[str | None, typer.Option(help="What you want to see; needs a model.")] = None,
    voice: Annotated[str | None, typer.Option(help="A voice or a locale for this scene alone.")] = None,
    narration: Annotated[list[str] | None, typer.Option(help="New narration; once for each beat.")] = None,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Make one scene again. The versions before are kept as takes."""
    from lectern.cli import library

    address = library.Address(url=url, home=home, json=json)
    run_command(lambda: library.redo_scene(video, scene, direction, voice, narration or [], address), json=json)


@library_app.command()
def download(
    video: _Id,
    file: Annotated[_File, typer.Option(help="Which file; the archive is all of them in one zip.")] = "video",
    out: Out = Path("."),
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Download a file of a video, and print its path. A broken connection goes on where it broke."""
    from lectern.cli import library

    address = library.Address(url=url, home=home, json=json)
    run_command(lambda: library.download_file(video, file, out, address), json=json)


@library_app.command()
def share(
    video: _Id,
    days: Annotated[float, typer.Option(min=0.001, max=366, help="How long the link works.")] = 7.0,
    json: Json = False,
    url: Url = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Make a link to a finished video for people without a key, and print it."""
    from lectern.cli import library

    address = library.Address(url=url, home=home, json=json)
    run_command(lambda: library.share_video(video, days, address), json=json)
