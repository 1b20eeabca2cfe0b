"""Making, dubbing and watching videos: from a topic or a file to finished files on disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from lectern.cli import outputs
from lectern.cli.api import Api, JsonObject
from lectern.cli.api_connection import connect_api
from lectern.cli.brand import BrandFile, read_brand
from lectern.cli.display import Display
from lectern.cli.document import is_file_name, read_document
from lectern.cli.exit_status import CANCELLED, FAILED, OK, USAGE, CommandExit, command_exit
from lectern.cli.interrupts import Interrupted, InterruptHandler
from lectern.cli.made_before import Wish
from lectern.cli.music import find_track
from lectern.cli.natural_voices.install import has_voices, hint_at_voices
from lectern.cli.progress import VideoProgress
from lectern.cli.review import review
from lectern.contracts.problems import Problem

OnMade: TypeAlias = Callable[[JsonObject, dict[str, Path]], None]
CANCEL_TIMEOUT_SECONDS = 10.0  # until the workers of a cancelled video have stopped


class MakeArguments(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `lectern make`. `brief` and `options` are fields of the API, `music` is as the user typed it."""

    source: str
    brief: dict[str, Any]
    options: dict[str, Any]
    lane: str
    out: Path
    show: bool
    music: str | None = None
    brand: Path | None = None
    prompts: Path | None = None
    again: bool = False


class DubArguments(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `lectern dub`. `request` is the API's, without the translation."""

    video_id: str
    request: dict[str, Any]
    translation: Path | None
    out: Path
    show: bool


async def make(arguments: MakeArguments, url: str, home: Path, display: Display) -> int:
    """Makes a video and returns the exit status. Raises CommandExit when it cannot be made."""
    outputs.prepare_folder(arguments.out)
    source, images = _read_source(arguments.source)
    options, music = arguments.options, find_track(arguments.music) if arguments.music else None
    brand = read_brand(arguments.brand) if arguments.brand else None
    wish = None
    if not (url or arguments.prompts or options.get("review")):
        wish = Wish.describe(home, {**source, **arguments.brief, "options": options}, images, music, brand)
    if wish and not arguments.again and (found := wish.find_made(arguments.out)):
        display.show_message(f"Made before, as video {found.video['id']}; --again makes it anew")
        _show_completed(found.video, found.files, display, show=arguments.show)
        return OK
    with InterruptHandler() as interrupts:
        async with connect_api(url, home, display.show_message, prompts=arguments.prompts) as api:
            await _upload_images(api, source, images)
            if isinstance(music, Path):
                music = await api.upload(music)
            if music:
                options = {**options, "music": music}
            if brand:
                options = {**options, "brand": await _send_brand(api, brand)}
            video = await api.create({**source, **arguments.brief, "options": options, "lane": arguments.lane})
            note = wish.note_made if wish else None
            status = await _follow_or_cancel(
                api, video["id"], arguments.out, display, interrupts, show=arguments.show, note=note
            )
            if status == OK and not url and "voice" not in options:
                await _suggest_voice(api, home, video["id"], display)
            return status


async def _suggest_voice(api: Api, home: Path, video_id: str, display: Display) -> None:
    """Says how to get a natural voice where espeak-ng is the best that this machine has."""
    if has_voices(home) or os.environ.get("LECTERN_PIPER_VOICES"):
        return
    with contextlib.suppress(CommandExit):
        language = (await api.script(video_id))["language"]
        best = next(iter(await api.voices(language)), None)
        if best and best["engine"] == "espeak":
            display.show_message(hint_at_voices(language))


async def _send_brand(api: Api, brand: BrandFile) -> JsonObject:
    logo = {"logo": await api.upload(brand.logo)} if brand.logo else {}
    return {"colours": brand.colours, "font": brand.font, **logo}


async def dub(arguments: DubArguments, url: str, home: Path, display: Display) -> int:
    """Dubs a video and returns the exit status. Raises CommandExit when it cannot be dubbed."""
    outputs.prepare_folder(arguments.out)
    source: JsonObject = {}
    images: dict[str, Path] = {}
    if arguments.translation:
        source, images = _read_source(str(arguments.translation))
    with InterruptHandler() as interrupts:
        async with connect_api(url, home, display.show_message) as api:
            await _upload_images(api, source, images)
            video = await api.dub(arguments.video_id, {**source, **arguments.request})
            return await _follow_or_cancel(api, video["id"], arguments.out, display, interrupts, show=arguments.show)


async def watch(video_id: str, out: Path | None, url: str, home: Path, display: Display) -> int:
    """Follows a video to its end and downloads its files to `out`, if given. Ctrl-C only stops watching."""
    if out:
        outputs.prepare_folder(out)
    async with connect_api(url, home, display.show_message) as api:
        video = await _follow(api, video_id, VideoProgress(), display)
        return await _finish(api, video, out, display, show=False)


def _read_source(source: str) -> tuple[JsonObject, dict[str, Path]]:
    """The request's source, a document or a topic, and the document's images by name."""
    if is_file_name(source):
        document = read_document(Path(source))
        return {"document": {"markdown": document.markdown}}, document.images
    if not source.strip():
        raise command_exit(
            USAGE,
            "empty-topic",
            "There is no topic",
            "The topic is empty.",
            'Ask a question, such as lectern make "How does photosynthesis work?"',
        )
    return {"topic": source}, {}


async def _upload_images(api: Api, source: JsonObject, images: dict[str, Path]) -> None:
    """Uploads a document's images and adds their ids to the request's source."""
    ids = {name: await api.upload(file) for name, file in images.items()}
    if ids:
        source["document"]["assets"] = ids


async def _follow_or_cancel(
    api: Api,
    video_id: str,
    out: Path,
    display: Display,
    interrupts: InterruptHandler,
    *,
    show: bool,
    note: OnMade | None = None,
) -> int:
    """Follows a video to its end; Ctrl-C cancels it. Returns the exit status."""
    progress = VideoProgress()
    try:
        video = await interrupts.run(_follow(api, video_id, progress, display))
    except Interrupted:
        display.show_message("Cancelling; press Ctrl-C again to exit immediately")
        await api.cancel(video_id, "Ctrl-C")
        try:
            async with asyncio.timeout(CANCEL_TIMEOUT_SECONDS):
                video = await _follow(api, video_id, progress, display)
        except TimeoutError:
            video = await api.video(video_id)
        if video["status"] != "completed":  # it may have been completed a moment before
            display.show_result("cancelled", video, {})
            return CANCELLED
    return await _finish(api, video, out, display, show=show, note=note)


async def _follow(api: Api, video_id: str, progress: VideoProgress, display: Display) -> JsonObject:
    """The video once it has ended. Its script is reviewed on the way if it waits for approval."""
    reviewed = False
    async for event in api.watch(video_id):
        progress.apply(event)
        display.show_event(progress, event)
        if event.get("video", {}).get("status") == "awaiting_approval" and not reviewed:
            reviewed = True  # after an edit the same status comes once more, before the approval
            await review(api, event["video"], display)
    return await api.video(video_id)


async def _finish(
    api: Api, video: JsonObject, out: Path | None, display: Display, *, show: bool, note: OnMade | None = None
) -> int:
    """Reports a video that has ended and downloads its files, which `note` is told. Returns the exit status."""
    status = str(video["status"])
    if status == "completed":
        files = await outputs.download_outputs(api, video, out) if out else {}
        if note:
            await asyncio.to_thread(note, video, files)
        _show_completed(video, files, display, show=show)
        return OK
    if status == "failed":
        error = video["error"] or {}
        raise CommandExit(FAILED, msgspec.convert({name: value for name, value in error.items() if value}, Problem))
    display.show_result(status, video, {})
    return CANCELLED


def _show_completed(video: JsonObject, files: dict[str, Path], display: Display, *, show: bool) -> None:
    display.show_result("completed", video, files)
    if show and "video" in files:
        _open(files["video"])


def _open(file: Path) -> None:
    """Opens the video in the desktop's player; does nothing without a desktop."""
    opener = shutil.which("xdg-open" if sys.platform != "darwin" else "open")
    desktop = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if opener and desktop:
        subprocess.Popen([opener, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
