"""Footage is accepted by what it may contain, box by box, down to the last byte."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.media import FootageRefused, bound_footage_bytes, check_footage

WIDTH, HEIGHT, FPS, FRAMES = 64, 48, 10, 13
CONTAINERS = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"dinf", b"stbl", b"udta"}


def encode_footage(path: Path, **options_of_file: str) -> bytes:
    """Encodes noise as the scene kit does."""
    with av.open(str(path), "w", format="mp4", options=options_of_file) as container:
        options = {"preset": "ultrafast", "x264-params": f"keyint={FPS}:scenecut=0:bframes=0", "qp": "20"}
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        for number in range(FRAMES):
            noise = np.random.default_rng(number).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noise, format="rgb24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return encode_footage(tmp_path_factory.mktemp("footage") / "footage.mp4", movflags="+faststart")


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


def list_boxes(data: bytes, at: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Lists kind, start and end of all boxes, each before those in it. Independent of the code under test."""
    end = len(data) if end is None else end
    while at < end:
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        size, head = (int.from_bytes(data[at + 8 : at + 16]), 16) if size == 1 else (size, 8)
        yield kind, at, at + size
        if kind in CONTAINERS:
            yield from list_boxes(data, at + head, at + size)
        at += max(size, 8)


def find_box(data: bytes, kind: bytes) -> tuple[int, int]:
    return next((start, end) for found, start, end in list_boxes(data) if found == kind)


def replace_box(data: bytes, kind: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Replaces a box by others, and corrects the sizes of the boxes around it and the places of pictures behind it."""
    start, end = find_box(data, kind)
    new = change(data[start:end])
    grown = len(new) - (end - start)
    edited = bytearray(data)
    for outer, at, stop in list_boxes(data):
        if outer in CONTAINERS and at < start and stop >= end:
            edited[at : at + 4] = (stop - at + grown).to_bytes(4)
    at, stop = find_box(data, b"stco")
    for place in range(at + 16, stop, 4):
        offset = int.from_bytes(data[place : place + 4])
        edited[place : place + 4] = (offset + (grown if offset >= end else 0)).to_bytes(4)
    if kind == b"stco":
        new = bytes(edited[start:end]) + new[end - start :]
    return bytes(edited[:start]) + new + bytes(edited[end:])


def accepts(data: bytes) -> bool:
    try:
        check_footage(io.BytesIO(data))
    except FootageRefused:
        return False
    return True


def test_footage_of_the_scene_kit_s_encoder_is_accepted(footage: bytes) -> None:
    tables = check_footage(io.BytesIO(footage))
    assert (tables.frames, tables.width, tables.height) == (FRAMES, WIDTH, HEIGHT)
    start, end = find_box(footage, b"mdat")
    assert tables.picture_bytes == end - start - 8


def test_tables_may_also_stand_behind_the_pictures(tmp_path: Path) -> None:
    assert accepts(encode_footage(tmp_path / "slow.mp4"))


def test_boxes_may_have_sizes_of_64_bits(footage: bytes) -> None:
    start, end = find_box(footage, b"mdat")
    head, pictures = (
        footage[: start - 8],
        footage[start + 8 :],
    )  # the empty box before it makes room for a longer header
    assert accepts(head + b"\0\0\0\x01mdat" + (end - start + 8).to_bytes(8) + pictures)


MPD = b"<MPD profiles='urn:mpeg:dash:profile:isoff-on-demand:2011'><BaseURL>file:///canary.mp4</BaseURL></MPD>\0"
PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nfile:///canary.mp4\n"
REFERENCE = box(b"dref", b"\0\0\0\0" + b"\0\0\0\x01" + box(b"url ", b"\0\0\0\0file:///canary.mp4\0"))


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        pytest.param(lambda data: box(b"    ", MPD) + data, "begins with '    '", id="a DASH playlist first"),
        pytest.param(lambda data: b"\n\n\n\n" + data, "does not end|ends within|unexpected", id="a first box of 161 MiB"),
        pytest.param(lambda data: PLAYLIST + data, "does not end|ends within|unexpected", id="an HLS playlist first"),
        pytest.param(lambda data: box(b"free", PLAYLIST) + data, "begins with 'free'", id="padding first"),
        pytest.param(lambda data: data + box(b"free", bytes(20)), "another box 'free'", id="padding twice"),
        pytest.param(lambda data: data + box(b"uuid", bytes(20)), "an unexpected box 'uuid'", id="a private box"),
        pytest.param(lambda data: data + b"\0", "does not end|ends within|unexpected", id="a byte behind the last box"),
        pytest.param(lambda data: data[:-1], "does not end|ends within|unexpected", id="a byte too few"),
        pytest.param(lambda data: data.replace(b"isomiso2avc1mp41", b"isomiso2avc1qt  "), "brands", id="QuickTime"),
        pytest.param(
            lambda data: replace_box(data, b"free", lambda _: box(b"free", bytes(2_000_000))),
            "at most 64", id="much padding",
        ),
        pytest.param(
            lambda data: replace_box(data, b"free", lambda _: box(b"free", b"#EXTM3U\n")), "content", id="padding"
        ),
        pytest.param(
            lambda data: replace_box(data, b"mdat", lambda mdat: box(b"mdat", mdat[8:] + PLAYLIST)),
            "do not fill", id="bytes that are no picture",
        ),
        pytest.param(
            lambda data: replace_box(data, b"dref", lambda _: REFERENCE), "'dref'", id="pictures in another file"
        ),
        pytest.param(
            lambda data: replace_box(data, b"udta", lambda udta: udta + udta), "two boxes 'udta'", id="a box twice"
        ),
        pytest.param(
            lambda data: replace_box(data, b"trak", lambda trak: trak + trak), "two boxes 'trak'", id="two tracks"
        ),
        pytest.param(
            lambda data: replace_box(data, b"udta", lambda udta: udta + box(b"mvex", b"")),
            "unexpected box 'mvex'", id="fragments",
        ),
        pytest.param(lambda data: replace_box(data, b"stss", lambda stss: box(b"stss", stss[8:-4])), "'stss'", id="a short table"),
        pytest.param(lambda data: replace_box(data, b"hdlr", lambda _: b""), "no box 'hdlr'", id="a box missing"),
        pytest.param(
            lambda data: replace_box(data, b"elst", lambda elst: elst[:-1] + b"\1"), "'elst'", id="another speed"
        ),
        pytest.param(
            lambda data: replace_box(data, b"tkhd", lambda tkhd: tkhd[:48] + b"\xff\xff\0\0" + tkhd[52:]),
            "'tkhd'", id="a picture that is turned",
        ),
        pytest.param(
            lambda data: replace_box(data, b"mvhd", lambda mvhd: mvhd[:44] + b"\0\2\0\0" + mvhd[48:]),
            "'mvhd'", id="a picture that is scaled",
        ),
        pytest.param(lambda data: data.replace(b"avc1\0\0", b"mp4v\0\0"), "'mp4v'", id="another codec"),
        pytest.param(lambda data: b"", "no box 'ftyp'", id="nothing"),
    ],
)  # fmt: skip
def test_whatever_else_a_file_contains_is_refused(footage: bytes, edit: Callable[[bytes], bytes], reason: str) -> None:
    edited = edit(footage)
    assert edited != footage
    with pytest.raises(FootageRefused, match=reason):
        check_footage(io.BytesIO(edited))


def test_replacing_a_box_by_itself_changes_nothing(footage: bytes) -> None:
    for kind in (b"free", b"udta", b"dref", b"stss"):
        assert replace_box(footage, kind, bytes) == footage


@given(data=st.data())
def test_random_edits_are_refused_cleanly_or_keep_the_promised_structure(footage: bytes, data: st.DataObject) -> None:
    edited = bytearray(footage)
    tables = footage.index(b"mdat")  # headers and tables come first
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, tables) | st.integers(0, len(edited)))
        match data.draw(st.sampled_from(["change", "insert", "delete", "copy"])):
            case "change":
                edited[at : at + 4] = data.draw(st.binary(min_size=1, max_size=4))
            case "insert":
                edited[at:at] = data.draw(st.binary(min_size=1, max_size=16))
            case "delete":
                del edited[at : at + data.draw(st.integers(1, 64))]
            case "copy":
                edited[at:at] = edited[at : at + data.draw(st.integers(1, 200))]
    check_promise(bytes(edited))


@given(kind=st.sampled_from(sorted(CONTAINERS | {b"stts", b"stsc", b"stsz", b"stco", b"stsd"})), data=st.data())
def test_random_edits_of_one_box_are_refused_cleanly_too(footage: bytes, kind: bytes, data: st.DataObject) -> None:
    def edit(found: bytes) -> bytes:
        at = data.draw(st.integers(8, len(found)))
        edited = found[:at] + data.draw(st.binary(max_size=12)) + found[at + data.draw(st.integers(0, 12)) :]
        return len(edited).to_bytes(4) + edited[4:]

    check_promise(replace_box(footage, kind, edit))


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_cleanly(data: bytes) -> None:
    assert not accepts(data)


def check_promise(data: bytes) -> None:
    """Every byte of an accepted file belongs to a known box, and every byte of `mdat` to a picture."""
    try:
        tables = check_footage(io.BytesIO(data))
    except FootageRefused:
        return
    top = [(kind, start, end) for kind, start, end in list_boxes(data) if kind in (b"ftyp", b"moov", b"free", b"mdat")]
    assert top[0][0] == b"ftyp"
    assert len({kind for kind, _, _ in top}) == len(top)
    assert [start for _, start, _ in top] == [0, *(end for _, _, end in top[:-1])]
    assert top[-1][2] == len(data)
    start, end = find_box(data, b"mdat")
    assert tables.picture_bytes in (end - start - 8, end - start - 16)
    assert b"url \0\0\0\x01" in data


@pytest.mark.parametrize(("frames", "pixels"), [(15, 854 * 480), (1, 16)])
def test_the_bound_leaves_room_for_pictures_that_cannot_be_compressed(frames: int, pixels: int) -> None:
    assert frames * pixels * 1.5 < bound_footage_bytes(frames, pixels) < frames * pixels * 1.5 + 100_000


def test_even_noise_stays_below_the_bound(footage: bytes) -> None:
    assert len(footage) < bound_footage_bytes(FRAMES, WIDTH * HEIGHT)
