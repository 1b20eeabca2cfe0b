"""Every file of a video: listed with its size, on one sheet, and in one archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from unit.gateway.published_video import PublishedVideo
from unit.gateway.test_scene_files import NARRATION

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.derived_files import CONTACT_SHEET_TILES, ContactSheet, derived_key, derived_media_type
from lectern.contracts.narration import BeatSpan, Narration
from lectern.contracts.requests import MAKE_FILE, FileMade, MakeFile
from lectern.gateway.contact_sheet import choose_tiles
from lectern.gateway.zip_stream import ZipEntry, measure_zip, write_zip
from lectern.worker import Connections, Responder

FILM = bytes(range(256)) * 4000
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
async def video(connections: Connections) -> PublishedVideo:
    """A finished video of two scenes."""
    video, store = PublishedVideo(connections), connections.store
    await store.put_json("n", NARRATION)
    for key, data in {"a": b"fLaC", "footage": FILM, "code1": b"one", "code2": b"two", "v": FILM, "t": b"Text"}.items():
        await store.put(key, data, "")
    await store.put(keys.script_markdown(video.script_key), b"# The leaf", "text/markdown")
    await video.finish(
        e.Output(kind="video", key="v", media_type="video/mp4", bytes=len(FILM)),
        e.Output(kind="transcript", key="t", media_type="text/plain", bytes=4),
    )
    return video


@pytest.fixture
async def made(connections: Connections) -> AsyncIterator[list[MakeFile]]:
    """What a composer was asked to make."""
    asked: list[MakeFile] = []

    async def answer(message: MakeFile) -> FileMade:
        asked.append(message)
        await connections.store.put(derived_key(message.file), b"made", derived_media_type(message.file))
        return FileMade(key=derived_key(message.file), bytes=4)

    async with connections.bus.answering(Responder(request=MAKE_FILE, handler=answer, failed=lambda _: FileMade())):
        yield asked


async def test_every_file_is_listed_with_its_size(
    http: httpx.AsyncClient, video: PublishedVideo, made: list[MakeFile]
) -> None:
    listed = (await http.get(f"{video.url}/artifacts")).json()["data"]
    sizes = {(each["kind"], each["scene"]): each["bytes"] for each in listed}
    assert sizes[("video", None)] == sizes[("scene_footage", 2)] == len(FILM)
    assert sizes[("scene_narration_flac", 1)] == 4
    assert sizes[("scene_video", 1)] is None
    await http.get(f"{video.url}/scenes/1/video")
    again = (await http.get(f"{video.url}/artifacts")).json()["data"]
    assert {(each["kind"], each["scene"]): each["bytes"] for each in again}[("scene_video", 1)] == 4
    assert len({each["name"] for each in listed}) == len(listed)


async def test_every_listed_file_can_be_fetched(
    http: httpx.AsyncClient, video: PublishedVideo, made: list[MakeFile]
) -> None:
    for each in (await http.get(f"{video.url}/artifacts")).json()["data"]:
        if each["kind"] == "scene_code":
            continue
        answer = await http.get(each["url"])
        assert answer.status_code == 200, each
        assert answer.headers["content-type"].partition(";")[0] == each["media_type"].partition(";")[0], each


async def test_the_archive_holds_everything_under_readable_names(
    http: httpx.AsyncClient, video: PublishedVideo, made: list[MakeFile]
) -> None:
    head = await http.head(f"{video.url}/archive")
    answer = await http.get(f"{video.url}/archive")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert int(head.headers["content-length"]) == int(answer.headers["content-length"]) == len(answer.content)
    assert "the-leaf.zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert {"video.mp4", "transcript.txt", "script.json", "script.md", "contact-sheet.jpg"} <= set(names)
        scene = [name for name in names if name.startswith("scenes/02-part-2/")]
        assert {name.rpartition("/")[2] for name in scene} == {
            "scene.mp4", "footage.mp4", "still.jpg", "narration.m4a", "narration.flac", "words.json", "scene.py",
        }  # fmt: skip
        assert archive.read("video.mp4") == FILM
        assert archive.read("scenes/02-part-2/scene.py") == b"two"
        assert json.loads(archive.read("scenes/01-part-1/words.json"))["words"][0]["text"] == "Light"
        assert json.loads(archive.read("script.json"))["title"] == "The leaf"
        assert all(each.compress_type == zipfile.ZIP_STORED for each in archive.infolist())


async def test_what_has_expired_is_left_out_of_the_archive(
    http: httpx.AsyncClient, connections: Connections, made: list[MakeFile]
) -> None:
    video = PublishedVideo(connections)
    await connections.store.put("v", FILM, "")
    await video.finish(e.Output(kind="video", key="v", media_type="video/mp4", bytes=1))
    answer = await http.get(f"{video.url}/archive")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("video.mp4") == FILM
        assert not [name for name in archive.namelist() if name.endswith(("words.json", ".flac", "contact-sheet.jpg"))]


async def test_a_video_without_files_has_no_archive(http: httpx.AsyncClient, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    assert (await http.get(f"{video.url}/archive")).status_code == 409
    assert (await http.get(f"{video.url}/contact-sheet")).status_code == 409
    assert (await http.get(f"{video.url}/artifacts")).json()["data"] == []


async def test_the_contact_sheet_shows_the_last_frame_of_each_beat(
    http: httpx.AsyncClient, video: PublishedVideo, made: list[MakeFile]
) -> None:
    answer = await http.get(f"{video.url}/contact-sheet")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    sheet = made[0].file
    assert isinstance(sheet, ContactSheet)
    assert [(tile.label, tile.frame) for tile in sheet.tiles] == [("1.1", 89), ("1.2", 134), ("2.1", 89), ("2.2", 134)]
    assert (sheet.width, sheet.height) == (1280, 720)


@pytest.mark.parametrize(
    ("scenes", "beats", "tiles", "last"), [(3, 4, 12, "3.4"), (40, 3, 40, "40"), (250, 1, 100, "248")]
)
async def test_a_sheet_of_a_long_video_shows_scenes_instead(
    connections: Connections, scenes: int, beats: int, tiles: int, last: str
) -> None:
    video = PublishedVideo(connections, scenes=1)
    await video.request()
    await video.render(1)
    rendered = (await video.read()).state.scene_events[1].rendered
    assert rendered is not None
    spans = tuple(BeatSpan(start=place, end=place + 1.0, text="x") for place in range(beats))
    narration = Narration(seconds=4.5, samples=216_000, words=(), beats=spans, voice="t", engine="t", timing="exact")
    numbered = [e.SceneRendered(**{**_fields(rendered), "scene": number}) for number in range(1, scenes + 1)]
    chosen = choose_tiles(numbered, dict.fromkeys(range(1, scenes + 1), narration))
    assert len(chosen) == tiles <= CONTACT_SHEET_TILES
    assert chosen[-1].label == last


def _fields(event: e.SceneRendered) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


async def send(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_a_zip_is_as_long_as_foretold_and_never_held_whole() -> None:
    entries = [
        ZipEntry(name="größe/光.txt", size=6, open=lambda: send(b"abc", b"def")),
        ZipEntry(name="empty", size=0, open=lambda: send()),
        ZipEntry(name="film.mp4", size=len(FILM) * 3, open=lambda: send(FILM, FILM, FILM)),
    ]
    chunks = [chunk async for chunk in write_zip(entries, AT)]
    assert max(map(len, chunks)) < len(FILM) + 1000
    assert sum(map(len, chunks)) == measure_zip(entries)
    with zipfile.ZipFile(io.BytesIO(b"".join(chunks))) as archive:
        assert archive.testzip() is None
        assert archive.read("größe/光.txt") == b"abcdef"


async def test_a_file_that_is_cut_short_spoils_the_archive() -> None:
    with pytest.raises(ValueError, match="has 3 bytes, not 6"):
        async for _ in write_zip([ZipEntry(name="a", size=6, open=lambda: send(b"abc"))], AT):
            pass


def test_an_archive_of_over_two_gigabytes_has_no_foretold_length() -> None:
    assert measure_zip([ZipEntry(name="a", size=3 << 30, open=lambda: send())]) is None
