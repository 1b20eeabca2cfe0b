"""From a topic or a file to a finished video on disk, and watching one that is being made."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from lectern.cli import outputs
from lectern.cli.api import Api, Json
from lectern.cli.board import Board
from lectern.cli.display import Display
from lectern.cli.document import is_file_name, read_document
from lectern.cli.exits import CANCELLED, FAILED, OK, USAGE, Stop, stop
from lectern.cli.interrupt import Interrupted, Interruption
from lectern.cli.music import track
from lectern.cli.reach import reach
from lectern.cli.review import review
from lectern.contracts.problems import Problem

CANCEL_LIMIT = 10.0  # seconds a cancelled video's workers have to say so


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for. `options` and `wishes` are the API's, as given; `music` as it was typed."""

    source: str
    options: dict[str, Any]
    lane: str
    wishes: dict[str, Any]
    out: Path
    show: bool
    music: str | None = None


async def make(order: Order, url: str, home: Path, display: Display) -> int:
    """Makes the video; returns the exit status. Raises Stop for everything that keeps it from being made."""
    outputs.prepare(order.out)
    source, images = _source(order.source)
    options, music = order.options, track(order.music) if order.music else None
    with Interruption() as interruption:
        async with reach(url, home, display.say) as api:
            await _upload_images(api, source, images)
            if isinstance(music, Path):
                music = await api.upload(music.name, await asyncio.to_thread(music.read_bytes))
            if music:
                options = {**options, "music": music}
            video = await api.create({**source, **order.wishes, "options": options, "lane": order.lane})
            return await _to_its_end(api, video["id"], order.out, display, interruption, show=order.show)


class Dubbing(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for. `request` is the API's, without the translation."""

    video_id: str
    request: dict[str, Any]
    translation: Path | None
    out: Path
    show: bool


async def dub(order: Dubbing, url: str, home: Path, display: Display) -> int:
    """Makes a video in another language; returns the exit status. Raises Stop."""
    outputs.prepare(order.out)
    source: Json = {}
    images: dict[str, Path] = {}
    if order.translation:
        source, images = _source(str(order.translation))
    with Interruption() as interruption:
        async with reach(url, home, display.say) as api:
            await _upload_images(api, source, images)
            video = await api.dub(order.video_id, {**source, **order.request})
            return await _to_its_end(api, video["id"], order.out, display, interruption, show=order.show)


async def _upload_images(api: Api, source: Json, images: dict[str, Path]) -> None:
    """Uploads a document's images and names them in it."""
    ids = {}
    for name, file in images.items():
        ids[name] = await api.upload(file.name, await asyncio.to_thread(file.read_bytes))
    if ids:
        source["document"]["assets"] = ids


async def watch(video_id: str, out: Path | None, url: str, home: Path, display: Display) -> int:
    """Follows a video to its end; with `out` its files are fetched then. Ctrl-C only stops watching."""
    if out:
        outputs.prepare(out)
    async with reach(url, home, display.say) as api:
        video = await _followed(api, video_id, Board(), display)
        return await _ended(api, video, out, display, show=False)


async def _to_its_end(
    api: Api, video_id: str, out: Path, display: Display, interruption: Interruption, *, show: bool
) -> int:
    board = Board()
    try:
        video = await interruption.run(_followed(api, video_id, board, display))
    except Interrupted:
        display.say("Cancelling; Ctrl-C again leaves at once")
        await api.cancel(video_id, "Ctrl-C")
        try:
            async with asyncio.timeout(CANCEL_LIMIT):
                video = await _followed(api, video_id, board, display)
        except TimeoutError:
            video = await api.video(video_id)
        if video["status"] != "completed":  # it may have been finished a moment before
            display.result("cancelled", video, {})
            return CANCELLED
    return await _ended(api, video, out, display, show=show)


async def _followed(api: Api, video_id: str, board: Board, display: Display) -> Json:
    """The video once it has ended. On the way its script is reviewed when it waits for that."""
    reviewed = False
    async for event in api.watch(video_id):
        board.apply(event)
        display.event(board, event)
        if event.get("video", {}).get("status") == "awaiting_approval" and not reviewed:
            reviewed = True  # an edit shows the same status once more, before the approval is seen
            await review(api, event["video"], display)
    return await api.video(video_id)


async def _ended(api: Api, video: Json, out: Path | None, display: Display, *, show: bool) -> int:
    status = str(video["status"])
    if status == "completed":
        files = await outputs.fetch(api, video, out) if out else {}
        display.result(status, video, files)
        if show and "video" in files:
            _open(files["video"])
        return OK
    if status == "failed":
        error = video["error"] or {}
        raise Stop(FAILED, msgspec.convert({name: value for name, value in error.items() if value}, Problem))
    display.result(status, video, {})
    return CANCELLED


def _source(source: str) -> tuple[Json, dict[str, Path]]:
    if is_file_name(source):
        document = read_document(Path(source))
        return {"document": {"markdown": document.markdown}}, document.images
    if not source.strip():
        raise stop(
            USAGE,
            "empty-topic",
            "There is no topic",
            "The topic is empty.",
            'Ask a question, such as lectern make "How does photosynthesis work?"',
        )
    return {"topic": source}, {}


def _open(file: Path) -> None:
    """Shows the video where there is a desktop; says nothing where there is none."""
    opener = shutil.which("xdg-open" if sys.platform != "darwin" else "open")
    desktop = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if opener and desktop:
        subprocess.Popen([opener, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
