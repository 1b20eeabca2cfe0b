"""Footage is accepted by what it may contain: MP4 boxes as our own encoder writes them, and not one byte besides.

A file that one program takes for MP4 may be a playlist to another. So nothing is searched for; every byte must belong
to a box (ISO/IEC 14496-12) that is expected in its place, or to a picture that the tables name.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, TypeAlias

import msgspec

MAX_MOOV_BYTES = 4 * 1024 * 1024  # tables take about 4 bytes a frame: an hour at 60 frames a second takes 0.9 MB
MAX_PADDING_BYTES = 64  # our encoder leaves an empty box of 8
MAX_FRAMES = 1_000_000
MAX_RAW_BYTES_PER_PIXEL = 1.5  # 4:2:0 without any compression; pure noise takes up to 1.0 with our settings, measured
_MAX_CONTAINER_BYTES = 64 * 1024  # beside pictures and tables
_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"avc1", b"mp41", b"mp42"}
_UPRIGHT = b"".join(value.to_bytes(4) for value in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30))
_OWN_FILE = b"\0\0\0\0" + b"\0\0\0\x01" + b"\0\0\0\x0curl \0\0\0\x01"  # a data reference: one, to the file itself

_Check: TypeAlias = Callable[[memoryview], object]


class FootageRefused(ValueError):
    """A file that is not footage as our encoder writes it. The message says where it differs."""


class FootageTables(msgspec.Struct, frozen=True, kw_only=True):
    """Number of frames, frame size in pixels, and bytes of all pictures, as the file's tables say."""

    frames: int
    width: int
    height: int
    picture_bytes: int


class _Moov(msgspec.Struct, kw_only=True):
    """What the tables of the one track say, before it is compared with the rest of the file."""

    width: int = 0
    height: int = 0
    sizes: list[int] = []
    offsets: list[int] = []
    chunks: list[tuple[int, int]] = []  # first chunk of a run, counted from 1, and samples in each of its chunks
    timed: int = 0


def bound_footage_bytes(frames: int, pixels: int) -> int:
    """Returns the most bytes that footage of so many frames of so many pixels can take."""
    return _MAX_CONTAINER_BYTES + frames * (64 + int(pixels * MAX_RAW_BYTES_PER_PIXEL))


def check_footage(file: BinaryIO) -> FootageTables:
    """Checks every box of an MP4 file; reads its headers and tables, and no pictures. Raises FootageRefused.

    Accepted are `ftyp`, then `moov`, `free` and `mdat` once each, ending exactly at the end of the file; in `moov` one
    H.264 track whose pictures lie in `mdat` one after the other and fill it, and no reference to another file.
    """
    end = file.seek(0, os.SEEK_END)
    seen: dict[bytes, tuple[int, int]] = {}
    at = 0
    while at < end:
        kind, start, stop = _read_header(file, at, end)
        if not seen and kind != b"ftyp":
            raise FootageRefused(f"the file begins with {_show(kind)}, not with 'ftyp'")
        if kind in seen or kind not in (b"ftyp", b"moov", b"free", b"mdat"):
            raise FootageRefused(f"{'another' if kind in seen else 'an unexpected'} box {_show(kind)} at byte {at}")
        seen[kind] = (start, stop)
        at = stop
    if missing := [kind for kind in (b"ftyp", b"moov", b"mdat") if kind not in seen]:
        raise FootageRefused(f"there is no box {_show(missing[0])}")
    _check_brands(_read_box(file, *seen[b"ftyp"], most=64))
    if b"free" in seen and any(_read_box(file, *seen[b"free"], most=MAX_PADDING_BYTES)):
        raise FootageRefused("there is content in the box 'free'")
    moov = _parse_moov(_read_box(file, *seen[b"moov"], most=MAX_MOOV_BYTES))
    _check_pictures(moov, *seen[b"mdat"])
    return FootageTables(frames=len(moov.sizes), width=moov.width, height=moov.height, picture_bytes=sum(moov.sizes))


def _read_header(file: BinaryIO, at: int, end: int) -> tuple[bytes, int, int]:
    """Returns a top-level box's kind, and where its content starts and stops."""
    file.seek(at)
    header = file.read(16)
    size, kind, start = int.from_bytes(header[:4]), header[4:8], at + 8
    if size == 1 and len(header) == 16:
        size, start = int.from_bytes(header[8:16]), at + 16
    if len(header) < 8 or at + size < start or at + size > end:
        raise FootageRefused(f"the box {_show(kind)} at byte {at} does not end where the file does, or before")
    return kind, start, at + size


def _read_box(file: BinaryIO, start: int, stop: int, *, most: int) -> memoryview:
    if stop - start > most:
        raise FootageRefused(f"a box of {stop - start} bytes at byte {start}; at most {most} are expected")
    file.seek(start)
    data = file.read(stop - start)
    if len(data) != stop - start:
        raise FootageRefused("the file ends within a box")
    return memoryview(data)


def _check_brands(data: memoryview) -> None:
    brands = [bytes(data[at : at + 4]) for at in (0, *range(8, len(data), 4))]
    if len(data) < 8 or len(data) % 4 or not set(brands) <= _BRANDS:
        raise FootageRefused("'ftyp' names brands that our encoder does not")


def _check_pictures(moov: _Moov, start: int, stop: int) -> None:
    """Checks that the pictures fill `mdat` from its first byte to its last, in order and without a gap."""
    if not moov.sizes or moov.timed != len(moov.sizes):
        raise FootageRefused(f"times for {moov.timed} frames, sizes for {len(moov.sizes)}")
    firsts = [first for first, _ in moov.chunks]
    if firsts[:1] != [1] or any(a >= b for a, b in itertools.pairwise(firsts)) or firsts[-1] > len(moov.offsets):
        raise FootageRefused("the table 'stsc' is not in order")
    sample, at = 0, start
    for (first, samples), following in zip(moov.chunks, [*firsts[1:], len(moov.offsets) + 1], strict=True):
        for chunk in range(first, following):
            if moov.offsets[chunk - 1] != at:
                raise FootageRefused(f"chunk {chunk} lies at byte {moov.offsets[chunk - 1]}, not {at}")
            if samples < 1 or sample + samples > len(moov.sizes):
                raise FootageRefused("the table 'stsc' names more frames than there are")
            at += sum(moov.sizes[sample : sample + samples])
            sample += samples
    if sample != len(moov.sizes) or at != stop:
        raise FootageRefused("the pictures do not fill 'mdat' exactly")


def _parse_moov(data: memoryview) -> _Moov:
    found = _Moov()

    def check_samples(content: memoryview) -> None:
        size, count = (_integer(content, at) for at in (4, 8))
        if count > MAX_FRAMES or len(content) != (12 if size else 12 + 4 * count):
            raise FootageRefused(f"the table 'stsz' has {len(content)} bytes for {count} frames")
        found.sizes = [size] * count if size else _integers(content, 12, 4)

    def check_offsets(content: memoryview, width: int) -> None:
        if len(content) != 8 + width * _integer(content, 4):
            raise FootageRefused("the table of chunks has another length than it says")
        found.offsets = _integers(content, 8, width)

    def check_chunks(content: memoryview) -> None:
        numbers = _integers(content, 8, 4)
        if len(numbers) != 3 * _integer(content, 4) or any(number != 1 for number in numbers[2::3]):
            raise FootageRefused("the table 'stsc' has another length than it says, or names another description")
        found.chunks = list(zip(numbers[::3], numbers[1::3], strict=True))

    def check_times(content: memoryview) -> None:
        numbers = _integers(content, 8, 4)
        if len(numbers) != 2 * _integer(content, 4):
            raise FootageRefused("the table 'stts' has another length than it says")
        found.timed = sum(numbers[::2])

    def check_key_frames(content: memoryview) -> None:
        _require("stss", len(content) == 8 + 4 * _integer(content, 4))

    def check_description(content: memoryview) -> None:
        _require("stsd", _integer(content, 4) == 1)
        entries = [entry for _, entry in _walk(content[8:], {b"avc1"})]
        _require("stsd", len(entries) == 1 and len(entries[0]) >= 78 and bytes(entries[0][6:8]) == b"\0\x01")
        entry = entries[0]
        found.width, found.height = (int.from_bytes(entry[at : at + 2]) for at in (24, 26))
        _check_children(
            entry[78:],
            required={b"avcC": _within("avcC", 7, 512)},
            optional={b"colr": _within("colr", 11, 11), b"btrt": _within("btrt", 12, 12)},
        )

    samples: dict[bytes, _Check] = {
        b"stsd": check_description,
        b"stts": check_times,
        b"stsc": check_chunks,
        b"stsz": check_samples,
    }
    optional_samples: dict[bytes, _Check] = {
        b"stss": check_key_frames,
        b"stco": lambda content: check_offsets(content, 4),
        b"co64": lambda content: check_offsets(content, 8),
    }
    references: dict[bytes, _Check] = {b"dref": lambda content: _require("dref", bytes(content) == _OWN_FILE)}
    media: dict[bytes, _Check] = {
        b"vmhd": _within("vmhd", 12, 12),
        b"dinf": lambda content: _check_children(content, required=references),
        b"stbl": lambda content: _check_children(content, required=samples, optional=optional_samples),
    }
    track: dict[bytes, _Check] = {
        b"mdhd": _within("mdhd", 24, 36),
        b"hdlr": lambda content: _require("hdlr", bytes(content[8:12]) == b"vide" and len(content) <= 64),
        b"minf": lambda content: _check_children(content, required=media),
    }
    _check_children(
        data,
        required={
            b"mvhd": _upright("mvhd", 100, matrix=36),
            b"trak": lambda content: _check_children(
                content,
                required={
                    b"tkhd": _upright("tkhd", 84, matrix=40),
                    b"mdia": lambda inner: _check_children(inner, required=track),
                },
                optional={b"edts": lambda inner: _check_children(inner, required={b"elst": _check_edits})},
            ),
        },
        optional={b"udta": lambda content: _check_children(content, required={b"meta": _check_encoder_name})},
    )
    return found


def _check_edits(content: memoryview) -> None:
    """Accepts one edit, which shows the whole track from its start at its own speed."""
    long = bytes(content[:4]) == b"\x01\0\0\0"
    width = 8 if long else 4
    _require("elst", (long or bytes(content[:4]) == b"\0\0\0\0") and len(content) == 8 + 2 * width + 4)
    starts_at = int.from_bytes(content[8 + width : 8 + 2 * width])
    _require("elst", _integer(content, 4) == 1 and starts_at == 0 and bytes(content[-4:]) == b"\0\x01\0\0")


def _check_encoder_name(content: memoryview) -> None:
    """Accepts one tag, the encoder's name."""
    _require("meta", bytes(content[:4]) == b"\0\0\0\0")
    tags: dict[bytes, _Check] = {b"\xa9too": _within("\u00a9too", 0, 64)}
    _check_children(
        content[4:],
        required={b"hdlr": _within("hdlr", 25, 25), b"ilst": lambda inner: _check_children(inner, required=tags)},
    )


def _check_children(
    data: memoryview, *, required: Mapping[bytes, _Check], optional: Mapping[bytes, _Check] | None = None
) -> None:
    """Checks the boxes within a box: each of `required` once, of `optional` at most once, and no other."""
    known = {**required, **(optional or {})}
    seen: set[bytes] = set()
    for kind, content in _walk(data, known):
        if kind in seen:
            raise FootageRefused(f"there are two boxes {_show(kind)}")
        seen.add(kind)
        known[kind](content)
    for kind in required:
        if kind not in seen:
            raise FootageRefused(f"there is no box {_show(kind)}")


def _walk(data: memoryview, known: Mapping[bytes, _Check] | set[bytes]) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4]), bytes(data[at + 4 : at + 8])
        if kind not in known:
            raise FootageRefused(f"an unexpected box {_show(kind)}")
        if size < 8 or at + size > len(data):
            raise FootageRefused(f"the box {_show(kind)} does not end within the box around it")
        yield kind, data[at + 8 : at + size]
        at += size


def _upright(name: str, length: int, *, matrix: int) -> _Check:
    """Accepts a header of a length, with its picture neither turned, mirrored, moved nor scaled (ISO 14496-12, 8.3.2).

    `matrix` is where it says so. In the version with times of 64 bits both are 12 bytes further on.
    """

    def check(content: memoryview) -> None:
        more = 12 if bytes(content[:1]) == b"\x01" else 0
        _require(name, len(content) == length + more)
        _require(name, bytes(content[matrix + more : matrix + more + len(_UPRIGHT)]) == _UPRIGHT)

    return check


def _within(name: str, least: int, most: int) -> _Check:
    return lambda content: _require(name, least <= len(content) <= most)


def _require(name: str, condition: bool) -> None:
    if not condition:
        raise FootageRefused(f"the box {name!r} is not as our encoder writes it")


def _integer(data: memoryview, at: int) -> int:
    if at + 4 > len(data):
        raise FootageRefused("a table is cut off")
    return int.from_bytes(data[at : at + 4])


def _integers(data: memoryview, at: int, width: int) -> list[int]:
    if (len(data) - at) % width or len(data) < at:
        raise FootageRefused("a table is cut off")
    return [int.from_bytes(data[n : n + width]) for n in range(at, len(data), width)]


def _show(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))
