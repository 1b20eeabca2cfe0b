"""No program reads an input as anything but what it should be."""

from __future__ import annotations

import re
from pathlib import Path

import av
import numpy as np
import pytest

from lectern.media import (
    FINISHED_VIDEO,
    FLAC,
    FOOTAGE,
    FOOTAGE_LIST,
    MUSIC,
    FfmpegCommand,
    MediaInput,
    ProcessFailed,
    Shot,
    build_stills_command,
    input_args,
    probe_media,
    run_ffmpeg,
)

ROOT = Path(__file__).parents[3]


def encode_film(path: Path, colour: tuple[int, int, int]) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            picture = np.full((48, 64, 3), colour, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


@pytest.fixture
def polyglot(tmp_path: Path) -> Path:
    """A black film to MP4; to DASH, for which ffmpeg takes it, a playlist that names a red film."""
    encode_film(tmp_path / "secret.mp4", (255, 0, 0))
    encode_film(tmp_path / "honest.mp4", (0, 0, 0))
    head = (
        "\n\n\n\n    <MPD profiles='urn:mpeg:dash:profile:isoff-on-demand:2011' type='static' "
        "mediaPresentationDuration='PT1S'><Period><AdaptationSet contentType='video'><Representation id='1' "
        f"mimeType='video/mp4' codecs='avc1.42c00a' bandwidth='1'><BaseURL>file://{tmp_path}/secret.mp4</BaseURL>"
        "</Representation></AdaptationSet></Period></MPD>\0"
    ).encode()
    length, film = int.from_bytes(head[:4]), bytearray((tmp_path / "honest.mp4").read_bytes())
    at = film.index(b"stco") + 12
    film[at : at + 4] = (int.from_bytes(film[at : at + 4]) + length).to_bytes(4)
    with (tmp_path / "polyglot.mp4").open("wb") as file:  # sparse: it takes a few kilobytes
        file.write(head)
        file.seek(length)
        file.write(film)
    return tmp_path / "polyglot.mp4"


def read_redness(still: Path) -> float:
    with av.open(str(still)) as container:
        return float(next(container.decode(video=0)).to_ndarray(format="rgb24")[..., 0].mean())


async def test_footage_that_is_also_a_playlist_shows_nothing_but_itself(polyglot: Path) -> None:
    command = build_stills_command([Shot(name=polyglot.name, seconds="0.5", still="still.jpg")], longest_edge=64)
    await run_ffmpeg(command, folder=polyglot.parent, timeout=120)
    assert read_redness(polyglot.parent / "still.jpg") < 30
    media = await probe_media(polyglot, FOOTAGE)
    assert [track.frames for track in media.streams] == [10]


async def test_a_list_of_footage_opens_no_playlist(polyglot: Path) -> None:
    folder = polyglot.parent
    (folder / "list").write_text(f"ffconcat version 1.0\nfile {polyglot.name}\n")
    source = input_args(MediaInput(path="list", kind=FOOTAGE_LIST))
    command = FfmpegCommand(
        args=(*source, "-frames:v", "1", "-update", "1", "still.jpg"),
        reads=(polyglot.name, str(folder / "secret.mp4")),  # even where the file could be read
        writes=("still.jpg",),
    )
    with pytest.raises(ProcessFailed, match="exited with status"):
        await run_ffmpeg(command, folder=folder, timeout=120)
    assert not (folder / "still.jpg").exists()


async def test_a_playlist_is_no_music(tmp_path: Path) -> None:
    (tmp_path / "track").write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{tmp_path}/secret.mp3\n")
    command = FfmpegCommand(args=(*input_args(MediaInput(path="track", kind=MUSIC)), "-f", "null", "-"))
    with pytest.raises(ProcessFailed, match="exited with status"):
        await run_ffmpeg(command, folder=tmp_path, timeout=120)


async def test_a_codec_that_was_not_expected_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "film.mp4"), "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode(None))
    command = build_stills_command([Shot(name="film.mp4", seconds="0", still="still.jpg")], longest_edge=64)
    with pytest.raises(ProcessFailed):
        await run_ffmpeg(command, folder=tmp_path, timeout=120)
    assert not (tmp_path / "still.jpg").exists()


@pytest.mark.parametrize(
    "args",
    [
        ("-i", "film.mp4"),
        ("-f", "mp4", "-i", "film.mp4"),
        ("-protocol_whitelist", "file", "-format_whitelist", "mov", "-i", "film.mp4"),
        (*input_args(MediaInput(path="a.mp4", kind=FINISHED_VIDEO)), "-i", "b.mp4"),
    ],
)
def test_a_command_with_an_input_that_may_be_anything_cannot_be_built(args: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="may be anything"):
        FfmpegCommand(args=args)


def test_a_command_knows_its_inputs() -> None:
    sources = [MediaInput(path=name, kind=FLAC) for name in ("a.flac", "b.flac")]
    command = FfmpegCommand(args=tuple(arg for source in sources for arg in input_args(source)))
    assert command.inputs == ("a.flac", "b.flac")


def test_no_other_place_starts_a_media_program() -> None:
    """`lectern doctor` asks for their versions, and what a film was made with is told by where they are installed."""
    starting = {
        path.relative_to(ROOT).as_posix()
        for place in ("libs", "services")
        for path in (ROOT / place).glob("*/src/**/*.py")
        if re.search(r"""(["'])ff(?:mpeg|probe|play)\1""", path.read_text(encoding="utf-8"))
    }
    assert starting == {
        "libs/media/src/lectern/media/ffmpeg.py",
        "libs/cli/src/lectern/cli/doctor.py",
        "libs/cli/src/lectern/cli/runner/made_with.py",
    }


def test_nothing_but_the_sandbox_s_probe_decodes_media_in_process() -> None:
    importing = {
        path.relative_to(ROOT).as_posix()
        for place in ("libs", "services")
        for path in (ROOT / place).glob("*/src/**/*.py")
        if re.search(r"^\s*(?:import|from) (?:av|PIL|cv2|imageio|soundfile)\b", path.read_text(), re.MULTILINE)
    }
    assert importing == {
        "libs/scenekit/src/lectern/scenekit/cards.py",  # reads the sender's logo, within the sandbox
        "libs/scenekit/src/lectern/scenekit/footage.py",  # encodes, within the sandbox
        "libs/scenekit/src/lectern/scenekit/photo.py",  # reads a lesson's picture, within the sandbox
        "libs/scenekit/src/lectern/scenekit/quick_drawing.py",  # lays one picture over another, and reads none
        "services/renderer/src/lectern/renderer/sandbox/probe.py",
        "services/renderer/src/lectern/renderer/sandbox/zygote.py",  # imports it for the probe
    }
