"""The work of the commands that find, show and change videos, on the Python client."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from lectern.cli.api import make_refusal
from lectern.cli.api_connection import connect_api
from lectern.cli.exit_status import OK, USAGE, command_exit
from lectern.cli.kept_answers import find_answers
from lectern.cli.outputs import SUFFIXES, prepare_folder
from lectern.cli.terminal import encode_json, make_text
from lectern.client import AsyncClient, LecternError
from lectern.client.models import Share, Video, VideoSummary
from lectern.language.slugs import slug

ARCHIVE = "archive"
_COLUMNS = ("id", "status", "", "length", "created", "title")


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where the videos are: a Lectern's address, or this machine's home; and whether programs read the output."""

    url: str
    home: Path
    json: bool


@asynccontextmanager
async def open_client(address: Address, *, only_asks: bool = False) -> AsyncIterator[AsyncClient]:
    """A client of the Lectern at an address, or of this machine's. Its errors are raised as CommandExit.

    Who `only_asks` is content with a runner that makes no videos.
    """
    messages = Console(stderr=True, highlight=False, markup=False)
    try:
        connecting = connect_api(address.url, address.home, messages.print, only_asks=only_asks)
        async with connecting as api, AsyncClient(api.url) as client:
            yield client
    except LecternError as error:
        raise make_refusal(error) from error
    except ValueError as error:
        raise command_exit(
            USAGE, "address-unusable", "This cannot be asked for", f"{error}.", "Correct it, and try again."
        ) from error
    except OSError as error:
        raise command_exit(
            USAGE, "cannot-write", "The file cannot be written", f"{error}.", "Choose another folder with --out."
        ) from error


async def list_videos(words: str, statuses: list[str], limit: int, address: Address) -> int:
    """Prints videos, newest first."""
    kept = None if words or statuses else find_answers(address.url, address.home)
    found = kept.list_videos(limit, VideoSummary) if kept else None
    if found is None:
        found = await _ask_for_videos(words, statuses, limit, address)
    if address.json:
        for video in found:
            print_json(video)
        return OK
    if not found:
        Console(stderr=True).print('There are none. Make one: lectern make "How does photosynthesis work?"')
        return OK
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for video in found:
        length = f"{video.seconds:.0f} s" if video.seconds else ""
        created = video.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
        cells = (video.id, video.status, f"{video.progress}%", length, created, video.title)
        table.add_row(*map(make_text, cells))
    Console(highlight=False, soft_wrap=True).print(table)
    return OK


async def _ask_for_videos(words: str, statuses: list[str], limit: int, address: Address) -> list[VideoSummary]:
    found: list[VideoSummary] = []
    async with open_client(address, only_asks=True) as client:
        cursor: str | None = None
        while len(found) < limit:
            wanted = min(limit - len(found), 100)
            page = await client.videos.list(limit=wanted, after=cursor, status=statuses or None, q=words or None)
            found += page.data
            cursor = page.next_cursor
            if cursor is None:
                break
    return found


async def show_video(video_id: str, address: Address) -> int:
    """Prints one video with its scenes."""
    kept = find_answers(address.url, address.home)
    video = kept.find_video(video_id, Video) if kept else None
    if video is None:
        async with open_client(address, only_asks=True) as client:
            video = await client.videos.get(video_id)
    print_video(video, address)
    return OK


async def cancel_video(video_id: str, reason: str, address: Address) -> int:
    """Ends a video in the making."""
    async with open_client(address) as client:
        print_video(await client.videos.cancel(video_id, reason), address)
    return OK


async def delete_video(video_id: str, confirm: Callable[[str], bool], address: Address) -> int:
    """Deletes a video for good, if `confirm` agrees to its title."""
    async with open_client(address) as client:
        video = await client.videos.get(video_id)
        if not confirm(video.title):
            return OK
        await client.videos.delete(video_id)
    if address.json:
        print_json({"id": video_id, "deleted": True})
    return OK


async def show_script(video_id: str, address: Address) -> int:
    """Prints a video's script: Markdown, or JSON for programs and where Markdown cannot express it."""
    async with open_client(address) as client:
        if address.json:
            print_json(await client.scripts.get(video_id))
            return OK
        text, _ = await client.scripts.get_markdown(video_id)
    if sys.stdout.isatty():  # nothing in it may act on the terminal
        text = "".join(char for char in text if char.isprintable() or char in "\n\t")
    typer.echo(text)
    return OK


async def replace_script(video_id: str, markdown: str, address: Address) -> int:
    """Replaces a video's script, unless somebody changes it at the same moment."""
    async with open_client(address) as client:
        _, tag = await client.scripts.get_markdown(video_id)
        print_video(await client.scripts.put_markdown(video_id, markdown, tag), address)
    return OK


async def redo_scene(
    video_id: str, scene: int, direction: str | None, voice: str | None, narration: list[str], address: Address
) -> int:
    """Makes one scene again."""
    async with open_client(address) as client:
        changes = {"direction": direction, "voice": voice, "narration": narration or None}
        given = {name: value for name, value in changes.items() if value is not None}
        print_video(await client.scenes.redo(video_id, scene, **given), address)  # type: ignore[arg-type]
    return OK


async def download_file(video_id: str, kind: str, folder: Path, address: Address) -> int:
    """Downloads one file of a video, or all of them as a zip, and prints its path."""
    prepare_folder(folder)
    async with open_client(address) as client:
        video = await client.videos.get(video_id)
        name = slug(video.title, "video")
        if kind == ARCHIVE:
            file = await client.videos.download_archive(video.id, folder / f"{name}.zip")
        else:
            file = await client.videos.download(video.id, folder / f"{name}{SUFFIXES[kind]}", kind)
    if address.json:
        print_json({"kind": kind, "file": str(file.resolve())})
    else:
        typer.echo(os.fspath(file))
    return OK


async def share_video(video_id: str, days: float, address: Address) -> int:
    """Makes a link to a finished video, and prints it."""
    async with open_client(address) as client:
        share: Share = await client.videos.share(video_id, expires_in=round(days * 86_400))
        url = f"{client.url}{share.url}" if share.url.startswith("/") else share.url
    if address.json:
        print_json(msgspec.structs.replace(share, url=url))
    else:
        typer.echo(url)
    return OK


def print_json(value: object) -> None:
    """One JSON object on one line."""
    sys.stdout.write(encode_json(value).decode() + "\n")


def print_video(video: Video, address: Address) -> None:
    """One video for people, or for programs."""
    if address.json:
        print_json(video)
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(make_text(video.title or video.topic or video.id, "bold"))
    facts = [video.status, video.stage or "", f"{video.progress}%", f"revision {video.revision}"]
    facts += [f"{video.seconds:.0f} s"] if video.seconds else []
    facts += [f"${video.usage.cost_usd:.2f}"] if video.usage.cost_usd else []
    console.print(make_text("  ".join(filter(None, (video.id, *facts)))))
    if video.error is not None:
        console.print(make_text(f"{video.error.detail} {video.error.remedy}", "red"))
    if video.waiting is not None:
        console.print(make_text(f"waits: {video.waiting.problem.detail}", "yellow"))
    for scene in video.scenes:
        trouble = scene.error or scene.degraded
        console.print(make_text(f"  {scene.number:>2}  {scene.status:<9} {scene.title}"))
        if trouble is not None:
            console.print(make_text(f"      {trouble.detail} {trouble.remedy}", "yellow"))
    for note in video.notes:
        console.print(make_text(f"  note: {note.text}"))
