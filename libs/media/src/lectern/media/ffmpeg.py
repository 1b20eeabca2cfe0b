"""ffmpeg and ffprobe, and filter graphs compiled to their arguments.

The only module that imports `ffmpeg-python`, which is unmaintained: others build graphs with the functions below, and
pass plain argument lists where no streams are combined.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import ffmpeg
import msgspec

from lectern.confinement.cell import Cell, CellLimits
from lectern.media.fonts import list_font_folders, read_font_variables
from lectern.media.inputs import MediaInput, input_args, restrict_input
from lectern.media.process import run_process

_FFMPEG = ("ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-y")
_RESTRICTIONS = {"-protocol_whitelist", "-format_whitelist", "-codec_whitelist"}
_GIB = 1 << 30
_MEMORY_PER_CORE_BYTES = _GIB // 4  # address space: threads reserve far more than they use
BUSY_FACTOR = 5  # times as long as on an idle machine; what a program computes is limited by its CPU time
MAX_OUTPUT_BYTES = 256 * 1024 * 1024  # of one file, where the command does not say otherwise


class FfmpegCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A run of ffmpeg: its arguments, without the program's name, and the files it writes and reads.

    Paths are absolute or relative to the working folder. `reads` are files besides the inputs: those that a list or a
    filter names. `fonts` is true if it draws text. Raises ValueError for an input that is not restricted to what it
    may contain.
    """

    args: tuple[str, ...]
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    fonts: bool = False
    max_output_bytes: int = MAX_OUTPUT_BYTES

    def __post_init__(self) -> None:
        start = 0
        for place in self._input_places():
            if not set(self.args[start:place]) >= _RESTRICTIONS:
                raise ValueError(f"input {self.args[place + 1]!r} may be anything; build it with `input_args`")
            start = place + 2

    @property
    def inputs(self) -> tuple[str, ...]:
        """The paths of the inputs, in order."""
        return tuple(self.args[place + 1] for place in self._input_places())

    def _input_places(self) -> list[int]:
        return [place for place, arg in enumerate(self.args[:-1]) if arg == "-i"]


class GraphStream(Protocol):
    """A stream in a filter graph."""

    def filter(self, name: str, *args: object, **options: object) -> GraphStream:
        """Returns the stream after an ffmpeg filter."""


class GraphOutput(msgspec.Struct, frozen=True):
    """A file that a filter graph writes."""

    node: object
    path: str


async def run_ffmpeg(command: FfmpegCommand, *, folder: Path, timeout: float) -> str:
    """Runs ffmpeg in a cell of its own and returns the end of its log.

    `timeout` in seconds of every core; a busy machine may take `BUSY_FACTOR` times as long. Existing
    outputs are overwritten. Raises ProcessFailed.
    """
    return (await _run(command, folder, timeout))[1]


async def read_from_ffmpeg(command: FfmpegCommand, *, folder: Path, timeout: float) -> bytes:
    """Runs ffmpeg like `run_ffmpeg`, but returns what it wrote to stdout. Raises ProcessFailed."""
    return (await _run(command, folder, timeout))[0]


async def _run(command: FfmpegCommand, folder: Path, timeout: float) -> tuple[bytes, str]:
    cell = Cell(
        readable=(*command.inputs, *command.reads, *(list_font_folders() if command.fonts else ())),
        writable=command.writes,
        folder=str(folder),
        variables=read_font_variables() if command.fonts else None,
        limits=_limit_program(timeout, command.max_output_bytes),
    )
    outputs = [folder / name for name in command.writes]
    for output in outputs:
        output.touch()  # in its cell a program can write to files, but create none
    try:
        return await run_process([*_FFMPEG, *command.args], cell, timeout=timeout * BUSY_FACTOR)
    finally:
        for output in outputs:
            with contextlib.suppress(FileNotFoundError):
                if output.stat().st_size == 0:
                    output.unlink()


async def run_ffprobe(args: Sequence[str], source: MediaInput, *, folder: Path, timeout: float) -> bytes:
    """Runs ffprobe on a file in a cell of its own and returns its JSON. `timeout` as above. Raises ProcessFailed."""
    argv = ["ffprobe", "-v", "error", "-of", "json", *args, *input_args(source)]
    cell = Cell(readable=(source.path,), folder=str(folder), limits=_limit_program(timeout, 0))
    output, _ = await run_process(argv, cell, timeout=timeout * BUSY_FACTOR)
    return output


def _limit_program(timeout: float, max_output_bytes: int) -> CellLimits:
    cores = os.cpu_count() or 1
    return CellLimits(
        cpu_seconds=timeout * cores,
        memory_bytes=4 * _GIB + cores * _MEMORY_PER_CORE_BYTES,
        file_bytes=max_output_bytes,
    )


def open_stream(source: MediaInput, track: str) -> GraphStream:
    """Opens one track of an input: `a`, `v`, `a:0`…"""
    stream: GraphStream = ffmpeg.input(source.path, **restrict_input(source))[track]
    return stream


def combine_streams(streams: Sequence[GraphStream], name: str, **options: object) -> GraphStream:
    """Feeds several streams into one ffmpeg filter, such as `concat` or `amix`."""
    combined: GraphStream = ffmpeg.filter(list(streams), name, **options)
    return combined


def write_stream(stream: GraphStream, path: str, **options: object) -> GraphOutput:
    """Writes a stream to a file. `options` are ffmpeg's output options."""
    return GraphOutput(ffmpeg.output(stream, path, **options), path)


def compile_graph(*outputs: GraphOutput) -> FfmpegCommand:
    """Compiles a filter graph with one or more outputs to a command."""
    nodes = [output.node for output in outputs]
    argv: list[str] = ffmpeg.compile(ffmpeg.merge_outputs(*nodes) if len(nodes) > 1 else nodes[0])
    return FfmpegCommand(args=tuple(argv[1:]), writes=tuple(output.path for output in outputs))
