"""How progress is told: a live table on a terminal, plain lines elsewhere, JSON lines for programs.

Progress and problems go to stderr, results to stdout, so that `video=$(lectern make …)` gives the path.
With --json everything is JSON lines on stdout.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from lectern.cli.board import Board, Row
from lectern.contracts.problems import Problem

STYLES = {"ready": "green", "failed": "red", "rendering": "cyan", "waits": "dim"}


class Display(Protocol):
    """What a command tells its user through."""

    def say(self, sentence: str) -> None:
        """Something that happened, in passing."""

    def event(self, board: Board, event: dict[str, Any]) -> None:
        """An event of the API; `board` has it already."""

    def problem(self, problem: Problem) -> None:
        """What went wrong and what to do."""

    def result(self, status: str, video: dict[str, Any], files: dict[str, Path]) -> None:
        """How it ended."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leaves the terminal to somebody else, an editor for instance."""
        yield


def choose(*, json: bool) -> Display:
    """The display that fits where the output goes."""
    if json:
        return JsonLines()
    return LiveTable() if sys.stderr.isatty() else PlainLines()


def print_problem(problem: Problem) -> None:
    """A problem for people, on stderr: what, each field, the remedy."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    where = f" (scene {problem.scene})" if problem.scene is not None else ""
    console.print(
        Text.assemble(
            ("lectern: ", "bold red"),
            (f"{problem.title}{where}{'' if problem.title.endswith(('?', '!')) and not where else '.'} ", "bold"),
            problem.detail,
        )
    )
    for error in problem.errors[1:] if len(problem.errors) > 1 else ():
        console.print(Text(f"  {error.pointer}: {error.detail}"))
    console.print(Text.assemble(("  → ", "bold"), problem.remedy))


class PlainLines:
    """One line for each change, with the seconds since the start."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def say(self, sentence: str) -> None:
        """A line."""
        print(f"[{time.monotonic() - self._since:6.1f} s] {sentence}", file=sys.stderr, flush=True)  # noqa: T201

    def event(self, board: Board, event: dict[str, Any]) -> None:
        """A line for each change."""
        for change in board.changes:
            self.say(change)

    def problem(self, problem: Problem) -> None:
        """The problem on stderr."""
        print_problem(problem)

    def result(self, status: str, video: dict[str, Any], files: dict[str, Path]) -> None:
        """A sentence on stderr, the video's path on stdout."""
        _tell_result(self.say, video, files)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing to do."""
        yield


class LiveTable:
    """A table of scenes, redrawn in place."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._live: Live | None = None
        self._board = Board()
        self._since = time.monotonic()

    def say(self, sentence: str) -> None:
        """A dim line above the table."""
        self._console.print(Text(sentence, style="dim"))

    def event(self, board: Board, event: dict[str, Any]) -> None:
        """Redraws."""
        self._board = board
        if self._live is None:
            self._live = Live(get_renderable=self._draw, console=self._console, refresh_per_second=6)
            self._live.start()

    def problem(self, problem: Problem) -> None:
        """The problem, below what was drawn last."""
        self._end()
        print_problem(problem)

    def result(self, status: str, video: dict[str, Any], files: dict[str, Path]) -> None:
        """The last table stays; the path goes to stdout."""
        self._end()
        _tell_result(self.say, video, files)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Takes the table away meanwhile."""
        self._end()
        yield

    def _end(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def _draw(self) -> Group:
        board = self._board
        head = Text.assemble(
            (board.title or "…", "bold"),
            f"  {board.percent} %  {time.monotonic() - self._since:.0f} s  ",
            (board.doing or board.stage or board.status, "cyan"),
        )
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(justify="right", style="dim")
        table.add_column(max_width=40, no_wrap=True)
        table.add_column(min_width=9)
        table.add_column(width=24)
        table.add_column(justify="right")
        for row in sorted(board.rows.values(), key=lambda row: row.number):
            table.add_row(str(row.number), Text(row.title), _stage(row), _bar(row), _count(row))
        return Group(head, table)


class JsonLines:
    """Every event as the API sends it, one JSON object a line; problems and the result likewise."""

    def _line(self, value: object) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
        sys.stdout.buffer.flush()

    def say(self, sentence: str) -> None:
        """`{"type": "message"}`."""
        self._line({"type": "message", "message": sentence})

    def event(self, board: Board, event: dict[str, Any]) -> None:
        """The event itself."""
        self._line(event)

    def problem(self, problem: Problem) -> None:
        """`{"type": "problem"}` with the problem as the API writes it."""
        self._line({"type": "problem", "problem": problem})

    def result(self, status: str, video: dict[str, Any], files: dict[str, Path]) -> None:
        """`{"type": "result"}` with the video and where its files are."""
        paths = {kind: str(path.resolve()) for kind, path in files.items()}
        self._line({"type": "result", "status": status, "files": paths, "video": video})

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing to do."""
        yield


def _stage(row: Row) -> Text:
    mark = {"ready": "✓ ", "failed": "✗ "}.get(row.stage, "")
    return Text(mark + (row.doing or row.stage), style="yellow" if row.note else STYLES.get(row.stage, ""))


def _bar(row: Row) -> ProgressBar | Text:
    if row.stage == "rendering" and row.of:
        return ProgressBar(total=row.of, completed=row.done, width=24)
    return Text("a template" if row.note else "", style="yellow")


def _count(row: Row) -> Text:
    if row.stage == "rendering" and row.of:
        return Text(f"{row.done}/{row.of} frames")
    length = f"{row.seconds:.1f} s" if row.seconds else ""
    return Text(f"{length}, made in {row.took:.0f} s" if row.took is not None and length else length, style="dim")


KINDS = {
    "captions_vtt": "captions",
    "captions_srt": "captions",
    "chapters_vtt": "chapters",
    "thumbnail": "thumbnail",
    "transcript": "transcript",
}


def _tell_result(say: Any, video: dict[str, Any], files: dict[str, Path]) -> None:
    degraded = [scene for scene in video.get("scenes", ()) if scene.get("degraded")]
    for scene in degraded:
        say(f"warning: scene {scene['number']} is a plain template: {scene['degraded']['detail']}")
    if path := files.get("video"):
        say(f"{video['title']}: {video['seconds']:.1f} s of video")
        for kind, file in sorted(files.items()):
            if kind != "video":
                say(f"  {KINDS.get(kind, kind)}: {file}")
        print(path, flush=True)  # noqa: T201 - the command's result
