"""Displays of progress: a live table on a terminal, plain lines elsewhere, JSON lines for programs.

Progress and problems go to stderr and results to stdout, so that `video=$(lectern make …)` captures the path. With
--json, everything goes to stdout as JSON lines.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from lectern.cli.progress import WAITING, SceneProgress, VideoProgress
from lectern.cli.terminal import encode_json, make_text
from lectern.contracts.plain_text import clean_line
from lectern.contracts.problems import Problem

_STYLES = {"ready": "green", "failed": "red", "rendering": "cyan", WAITING: "dim"}
_OUTPUT_NAMES = {"captions_vtt": "captions", "captions_srt": "captions", "chapters_vtt": "chapters"}


class Display(Protocol):
    """The way a command reports to its user."""

    def show_message(self, message: str) -> None:
        """Shows a sentence about something that happened."""

    def show_event(self, progress: VideoProgress, event: dict[str, Any]) -> None:
        """Shows an event of the API, which `progress` already includes."""

    def show_problem(self, problem: Problem) -> None:
        """Shows what went wrong and what to do about it."""

    def show_result(self, status: str, video: dict[str, Any], files: dict[str, Path]) -> None:
        """Shows the outcome. `files` are the downloaded outputs by kind."""

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Leaves the terminal to another program, such as an editor, while the context lasts."""
        yield


def choose_display(*, json: bool) -> Display:
    """The display that suits where the output goes."""
    if json:
        return JsonLines()
    return LiveTable() if sys.stderr.isatty() else PlainLines()


def print_problem(problem: Problem) -> None:
    """Prints a problem for people to stderr: what happened, each field error, the remedy."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    scene = f" (scene {problem.scene})" if problem.scene is not None else ""
    title = problem.title + scene
    end = "" if title.endswith(("?", "!")) else "."
    head = make_text(f"{title}{end} ", "bold")
    console.print(Text.assemble(("lectern: ", "bold red"), head, make_text(problem.detail)))
    for error in problem.errors[1:]:
        console.print(make_text(f"  {error.pointer}: {error.detail}"))
    console.print(Text.assemble(("  → ", "bold"), make_text(problem.remedy)))


class PlainLines:
    """One line per change, with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def show_message(self, message: str) -> None:
        """Prints a line to stderr."""
        line = f"[{time.monotonic() - self._started:6.1f} s] {clean_line(message)}"
        print(line, file=sys.stderr, flush=True)  # noqa: T201

    def show_event(self, progress: VideoProgress, event: dict[str, Any]) -> None:
        """Prints a line for each change."""
        for change in progress.changes:
            self.show_message(change)

    def show_problem(self, problem: Problem) -> None:
        """Prints the problem to stderr."""
        print_problem(problem)

    def show_result(self, status: str, video: dict[str, Any], files: dict[str, Path]) -> None:
        """Prints a summary to stderr and the video's path to stdout."""
        _print_result(self.show_message, video, files)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Does nothing."""
        yield


class LiveTable:
    """A table of scenes that is redrawn in place."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._live: Live | None = None
        self._progress = VideoProgress()
        self._started = time.monotonic()

    def show_message(self, message: str) -> None:
        """Prints a dim line above the table."""
        self._console.print(make_text(message, "dim"))

    def show_event(self, progress: VideoProgress, event: dict[str, Any]) -> None:
        """Updates the table; the first event draws it."""
        self._progress = progress
        if self._live is None:
            self._live = Live(get_renderable=self._draw, console=self._console, refresh_per_second=6)
            self._live.start()

    def show_problem(self, problem: Problem) -> None:
        """Prints the problem below the table."""
        self._stop()
        print_problem(problem)

    def show_result(self, status: str, video: dict[str, Any], files: dict[str, Path]) -> None:
        """Leaves the last table in place and prints the path to stdout."""
        self._stop()
        _print_result(self.show_message, video, files)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Stops drawing; the next event starts it again."""
        self._stop()
        yield

    def _stop(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def _draw(self) -> Group:
        progress = self._progress
        head = Text.assemble(
            make_text(progress.title or "…", "bold"),
            f"  {progress.percent} %  {time.monotonic() - self._started:.0f} s  ",
            make_text(progress.activity or progress.stage or progress.status, "cyan"),
        )
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(justify="right", style="dim")
        table.add_column(max_width=40, no_wrap=True)
        table.add_column(min_width=9)
        table.add_column(width=24)
        table.add_column(justify="right")
        for scene in sorted(progress.scenes.values(), key=lambda scene: scene.number):
            table.add_row(
                str(scene.number), make_text(scene.title), _draw_stage(scene), _draw_bar(scene), _draw_count(scene)
            )
        return Group(head, table)


class JsonLines:
    """Every event as the API sends it, one JSON object per line; problems and the result likewise."""

    def show_message(self, message: str) -> None:
        """Prints `{"type": "message"}`."""
        self._print({"type": "message", "message": message})

    def show_event(self, progress: VideoProgress, event: dict[str, Any]) -> None:
        """Prints the event itself."""
        self._print(event)

    def show_problem(self, problem: Problem) -> None:
        """Prints `{"type": "problem"}` with the problem as the API writes it."""
        self._print({"type": "problem", "problem": problem})

    def show_result(self, status: str, video: dict[str, Any], files: dict[str, Path]) -> None:
        """Prints `{"type": "result"}` with the video and the paths of its files."""
        paths = {kind: str(path.resolve()) for kind, path in files.items()}
        self._print({"type": "result", "status": status, "files": paths, "video": video})

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Does nothing."""
        yield

    def _print(self, value: object) -> None:
        sys.stdout.buffer.write(encode_json(value) + b"\n")
        sys.stdout.buffer.flush()


def _draw_stage(scene: SceneProgress) -> Text:
    mark = {"ready": "✓ ", "failed": "✗ "}.get(scene.stage, "")
    style = "yellow" if scene.degraded else _STYLES.get(scene.stage, "")
    return make_text(mark + (scene.activity or scene.stage), style)


def _draw_bar(scene: SceneProgress) -> ProgressBar | Text:
    if scene.stage == "rendering" and scene.total:
        return ProgressBar(total=scene.total, completed=scene.done, width=24)
    return Text("fallback" if scene.degraded else "", style="yellow")


def _draw_count(scene: SceneProgress) -> Text:
    if scene.stage == "rendering" and scene.total:
        return Text(f"{scene.done}/{scene.total} frames")
    if not scene.seconds:
        return Text("")
    elapsed = f", made in {scene.elapsed:.0f} s" if scene.elapsed is not None else ""
    return Text(f"{scene.seconds:.1f} s{elapsed}", style="dim")


def _print_result(show: Callable[[str], None], video: dict[str, Any], files: dict[str, Path]) -> None:
    for scene in video.get("scenes", ()):
        if scene.get("degraded"):
            show(f"warning: scene {scene['number']} shows its fallback: {scene['degraded']['detail']}")
    for note in video.get("notes", ()):
        show(f"note: {note['text']}")
    if path := files.get("video"):
        show(f"{video['title']}: {video['seconds']:.1f} s of video")
        for kind, file in sorted(files.items()):
            if kind != "video":
                show(f"  {_OUTPUT_NAMES.get(kind, kind)}: {file}")
        print(path, flush=True)  # noqa: T201 - the command's result
