"""ffmpeg and ffprobe, and filter graphs compiled to their arguments.

The only module that imports `ffmpeg-python`, which is unmaintained: others build graphs with the functions below, and
pass plain argument lists where no streams are combined.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import ffmpeg

from lectern.media.process import run_process

_FFMPEG = ("ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-y")


class GraphStream(Protocol):
    """A stream in a filter graph."""

    def filter(self, name: str, *args: object, **options: object) -> GraphStream:
        """Returns the stream after an ffmpeg filter."""


class GraphOutput(Protocol):
    """A file that a filter graph writes."""

    def compile(self) -> list[str]:
        """Returns the whole command line, program name included."""


async def run_ffmpeg(args: Sequence[str], *, timeout: float, cwd: Path | None = None) -> str:
    """Runs ffmpeg with `args` (without the program's name) and returns the end of its log.

    `timeout` in seconds. Existing outputs are overwritten. Raises ProcessFailed.
    """
    _, log = await run_process([*_FFMPEG, *args], timeout=timeout, cwd=cwd)
    return log


async def read_from_ffmpeg(args: Sequence[str], *, timeout: float, cwd: Path | None = None) -> bytes:
    """Runs ffmpeg like `run_ffmpeg`, but returns what it wrote to stdout. Raises ProcessFailed."""
    output, _ = await run_process([*_FFMPEG, *args], timeout=timeout, cwd=cwd)
    return output


async def run_ffprobe(args: Sequence[str], *, timeout: float, cwd: Path | None = None) -> bytes:
    """Runs ffprobe with `args` (without the program's name) and returns its JSON. Raises ProcessFailed."""
    output, _ = await run_process(["ffprobe", "-v", "error", "-of", "json", *args], timeout=timeout, cwd=cwd)
    return output


def open_stream(path: str, track: str, **options: object) -> GraphStream:
    """Opens one track of an input file: `a`, `v`, `a:0`… `options` are ffmpeg's input options."""
    stream: GraphStream = ffmpeg.input(path, **options)[track]
    return stream


def combine_streams(streams: Sequence[GraphStream], name: str, **options: object) -> GraphStream:
    """Feeds several streams into one ffmpeg filter, such as `concat` or `amix`."""
    combined: GraphStream = ffmpeg.filter(list(streams), name, **options)
    return combined


def write_stream(stream: GraphStream, path: str, **options: object) -> GraphOutput:
    """Writes a stream to a file. `options` are ffmpeg's output options."""
    output: GraphOutput = ffmpeg.output(stream, path, **options)
    return output


def graph_args(*outputs: GraphOutput) -> list[str]:
    """Compiles a filter graph with one or more outputs to arguments for `run_ffmpeg`."""
    merged: GraphOutput = ffmpeg.merge_outputs(*outputs) if len(outputs) > 1 else outputs[0]
    return merged.compile()[1:]
