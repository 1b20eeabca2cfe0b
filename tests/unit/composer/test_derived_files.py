"""Files that are made on demand: a scene with its voice, a still, the narration for players, a contact sheet."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from api_client import assert_in_sync, probe_decoded
from unit.composer.sample_inputs import encode_footage, encode_narration

from lectern.composer.contact_sheet import choose_columns, measure_tile
from lectern.composer.deps import ComposerDeps
from lectern.composer.metrics import ComposerMetrics
from lectern.composer.requests import build_responder
from lectern.contracts.derived_files import (
    AnyDerivedFile,
    ContactSheet,
    NarrationCopy,
    SceneStill,
    SceneVideo,
    SheetTile,
    derived_key,
    derived_media_type,
)
from lectern.contracts.requests import FileMade, MakeFile
from lectern.worker import Connections
from lectern.worker.testing import MemoryObjectStore, memory_connections

FPS, FRAMES, SIZE = 30, 75, (160, 90)
SCENE = SceneVideo(footage_key="f.mp4", audio_key="a.flac", frames=FRAMES, fps=FPS, language="de")


@pytest.fixture
async def connections() -> Connections:
    """A store with one scene's footage and a narration that is 700 samples too short."""
    connections = memory_connections()
    await connections.store.put("f.mp4", encode_footage(FRAMES, fps=FPS, size=SIZE, detail=True), "video/mp4")
    await connections.store.put("a.flac", encode_narration(FRAMES * 1600 - 700), "audio/flac")
    return connections


async def make(connections: Connections, file: AnyDerivedFile) -> FileMade:
    deps = ComposerDeps(metrics=ComposerMetrics(connections.meter))
    responder = build_responder(connections.store, deps, None, connections.metrics)
    try:
        return await responder.handler(MakeFile(file=file))
    except Exception as error:
        return responder.failed(error)


@pytest.mark.slow
async def test_a_scene_has_its_picture_unchanged_and_its_voice_to_the_frame(
    connections: Connections, tmp_path: Path
) -> None:
    made = await make(connections, SCENE)
    assert made.problem is None
    path = tmp_path / "scene.mp4"
    path.write_bytes(await connections.store.get(made.key))
    assert made.bytes == path.stat().st_size
    streams = {stream["codec_type"]: stream for stream in probe_decoded(path)["streams"]}
    assert (streams["video"]["codec_name"], int(streams["video"]["nb_read_frames"])) == ("h264", FRAMES)
    assert (streams["audio"]["codec_name"], streams["audio"]["channels"]) == ("aac", 2)
    assert streams["audio"]["tags"]["language"] == "deu"
    assert float(streams["audio"]["duration"]) == pytest.approx(FRAMES / FPS, abs=0.001)
    assert_in_sync(path)


@pytest.mark.slow
async def test_a_file_is_made_once_however_many_ask(connections: Connections) -> None:
    store = connections.store
    assert isinstance(store, MemoryObjectStore)
    deps = ComposerDeps(metrics=ComposerMetrics(connections.meter))
    responder = build_responder(store, deps, None, connections.metrics)
    made = await asyncio.gather(*(responder.handler(MakeFile(file=SCENE)) for _ in range(3)))
    assert {answer.key for answer in made} == {derived_key(SCENE)}
    first = await store.head(made[0].key)
    await store.put("f.mp4", b"no footage any more", "video/mp4")
    assert (await responder.handler(MakeFile(file=SCENE))).key == made[0].key
    assert await store.head(made[0].key) == first


@pytest.mark.slow
async def test_a_still_is_a_small_picture_of_the_end(connections: Connections, tmp_path: Path) -> None:
    made = await make(connections, SceneStill(footage_key="f.mp4", frames=FRAMES, fps=FPS))
    path = tmp_path / "still.jpg"
    path.write_bytes(await connections.store.get(made.key))
    picture = probe_decoded(path)["streams"][0]
    assert (picture["codec_name"], picture["width"], picture["height"]) == ("mjpeg", 640, 360)


@pytest.mark.slow
async def test_a_narration_is_copied_for_players_without_flac(connections: Connections, tmp_path: Path) -> None:
    made = await make(connections, NarrationCopy(audio_key="a.flac"))
    path = tmp_path / "narration.m4a"
    path.write_bytes(await connections.store.get(made.key))
    sound = probe_decoded(path)["streams"][0]
    assert sound["codec_name"] == "aac"
    assert float(sound["duration"]) == pytest.approx((FRAMES * 1600 - 700) / 48_000, abs=0.001)


@pytest.mark.slow
async def test_a_contact_sheet_has_every_tile(connections: Connections, tmp_path: Path) -> None:
    frames = [0, 20, 74, *range(20)]
    tiles = tuple(
        SheetTile(footage_key="f.mp4", frame=frame, fps=FPS, label=f"1.{number}': %{{n}}")
        for number, frame in enumerate(frames)
    )
    made = await make(connections, ContactSheet(tiles=tiles, width=160, height=90))
    assert made.problem is None, made.problem
    path = tmp_path / "sheet.jpg"
    path.write_bytes(await connections.store.get(made.key))
    picture = probe_decoded(path)["streams"][0]
    columns = choose_columns(23, 320, 180)
    rows = -(-23 // columns)
    assert (picture["width"], picture["height"]) == (columns * 320 + (columns + 1) * 6, rows * 180 + (rows + 1) * 6)


@pytest.mark.parametrize(("shape", "columns"), [((16, 9), 4), ((9, 16), 8), ((1, 1), 6)])
def test_a_sheet_is_about_as_wide_as_it_is_high(shape: tuple[int, int], columns: int) -> None:
    width, height = measure_tile(*shape)
    assert width % 2 == height % 2 == 0
    assert choose_columns(25, width, height) == columns
    assert choose_columns(1, width, height) == 1


async def test_footage_that_is_none_is_refused_with_a_remedy(connections: Connections) -> None:
    await connections.store.put("f.mp4", b"#EXTM3U\n/etc/passwd", "video/mp4")
    made = await make(connections, SCENE)
    assert made.problem is not None
    assert (made.problem.code, made.key) == ("footage-unfit", "")
    assert "Redo" in made.problem.remedy


async def test_what_has_expired_is_gone(connections: Connections) -> None:
    made = await make(connections, SceneStill(footage_key="nowhere", frames=1, fps=30))
    assert made.problem is not None
    assert made.problem.code == "gone"


def test_equal_inputs_have_one_key_and_other_inputs_another() -> None:
    again = SceneVideo(footage_key="f.mp4", audio_key="a.flac", frames=FRAMES, fps=FPS, language="de")
    assert derived_key(again) == derived_key(SCENE)
    other = SceneStill(footage_key="f.mp4", frames=FRAMES, fps=FPS)
    assert derived_key(other) != derived_key(SCENE)
    assert derived_key(SCENE).startswith("cache/scene-video/")
    assert derived_media_type(other) == "image/jpeg"
