"""A contact sheet: frames of a whole video in one JPEG, each with its number."""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import Sequence
from pathlib import Path

from lectern.composer.verification import check_footage_file
from lectern.contracts.derived_files import CONTACT_SHEET_TILES, ContactSheet, SheetTile
from lectern.media import (
    FOOTAGE,
    RAW_PICTURES,
    FfmpegCommand,
    MediaInput,
    input_args,
    run_ffmpeg,
)
from lectern.worker import ObjectStore

TILE_AREA = 320 * 180  # pixels: each tile has about as many, whatever its shape
MOST_INPUTS = 16  # of one command: each decodes from the key frame before its frame
TIMEOUT_SECONDS = 120.0
_SHEET, _PICTURES = "sheet.jpg", "pictures.yuv"
_GAP = 6  # pixels


async def draw_contact_sheet(sheet: ContactSheet, store: ObjectStore, folder: Path) -> Path:
    """Draws a contact sheet. Raises Missing, ProcessFailed, Permanent, and ValueError for one without tiles."""
    if not 1 <= len(sheet.tiles) <= CONTACT_SHEET_TILES:
        raise ValueError(f"a contact sheet has 1 to {CONTACT_SHEET_TILES} tiles, not {len(sheet.tiles)}")
    width, height = measure_tile(sheet.width, sheet.height)
    pictures = folder / _PICTURES
    for tiles in _group_tiles(sheet.tiles):
        footage = folder / "footage.mp4"
        await store.get_file(tiles[0].footage_key, footage)
        await asyncio.to_thread(check_footage_file, footage)
        command = build_tiles_command(tiles, footage=footage.name, width=width, height=height, out="tiles.yuv")
        await run_ffmpeg(command, folder=folder, timeout=TIMEOUT_SECONDS)
        await asyncio.to_thread(_append, folder / "tiles.yuv", pictures)
    command = build_sheet_command(len(sheet.tiles), width=width, height=height)
    await run_ffmpeg(command, folder=folder, timeout=TIMEOUT_SECONDS)
    return folder / _SHEET


def measure_tile(width: int, height: int) -> tuple[int, int]:
    """Measures a tile of the given shape: even edges, about `TILE_AREA` pixels."""
    scale = math.sqrt(TILE_AREA / (width * height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def choose_columns(tiles: int, width: int, height: int) -> int:
    """Chooses how many tiles a row has, so that the sheet is about as wide as it is high, and a little wider."""
    return max(1, min(tiles, round(math.sqrt(tiles * height / width * 4 / 3))))


def _group_tiles(tiles: Sequence[SheetTile]) -> list[list[SheetTile]]:
    """Groups neighbouring tiles of the same footage, no more than one command may open."""
    groups: list[list[SheetTile]] = []
    for tile in tiles:
        last = groups[-1] if groups else []
        if last and last[0].footage_key == tile.footage_key and len(last) < MOST_INPUTS:
            last.append(tile)
        else:
            groups.append([tile])
    return groups


def build_tiles_command(
    tiles: Sequence[SheetTile], *, footage: str, width: int, height: int, out: str
) -> FfmpegCommand:
    """Builds the command that writes frames of one footage as raw pictures, each with its label."""
    inputs, chains = [], []
    for place, tile in enumerate(tiles):
        second = f"{max(0.0, (tile.frame - 0.5) / tile.fps):.6f}"
        inputs += input_args(MediaInput(path=footage, kind=FOOTAGE, options=(("ss", second), ("threads", 1))))
        picture = f"trim=end_frame=1,setpts=N/TB,scale={width}:{height}:flags=lanczos,setsar=1,format=yuv420p"
        chains.append(f"[{place}:v]{picture}{_draw_label(tile.label, height)}[{place}]")
    joined = "".join(f"[{place}]" for place in range(len(tiles)))
    graph = ";".join([*chains, f"{joined}concat=n={len(tiles)}:v=1:a=0[out]"])
    args = [
        *inputs,
        *("-filter_complex", graph, "-map", "[out]", "-fps_mode", "passthrough"),
        *("-c:v", "rawvideo", "-pix_fmt", "yuv420p", "-f", "rawvideo", out),
    ]
    return FfmpegCommand(args=tuple(args), writes=(out,), fonts=True)


def _draw_label(label: str, height: int) -> str:
    """The filter that writes a label below, where no title is. Other characters than these mean something to ffmpeg."""
    text = "".join(letter for letter in label if letter.isalnum() or letter in ". -")
    if not text:
        return ""
    box = "box=1:boxcolor=black@0.6:boxborderw=4"
    return f",drawtext=text={text}:font=Sans:fontsize={max(12, height // 10)}:fontcolor=white:{box}:x=8:y=h-th-8"


def build_sheet_command(tiles: int, *, width: int, height: int) -> FfmpegCommand:
    """Builds the command that lays raw pictures out in rows."""
    columns = choose_columns(tiles, width, height)
    rows = -(-tiles // columns)
    pictures = MediaInput(
        path=_PICTURES,
        kind=RAW_PICTURES,
        options=(("video_size", f"{width}x{height}"), ("pixel_format", "yuv420p"), ("framerate", 1)),
    )
    layout = f"tile={columns}x{rows}:padding={_GAP}:margin={_GAP}:color=0x181818"
    convert = "scale=in_color_matrix=bt709:out_color_matrix=bt601:in_range=tv:out_range=pc,format=yuvj420p"
    args = [
        *input_args(pictures),
        *("-vf", f"{layout},{convert}", "-frames:v", "1", "-update", "1", "-c:v", "mjpeg", "-q:v", "4"),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "image2", _SHEET),
    ]
    return FfmpegCommand(args=tuple(args), writes=(_SHEET,))


def _append(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("ab") as written:
        shutil.copyfileobj(read, written)
