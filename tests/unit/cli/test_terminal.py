"""Nothing that an event says acts on the terminal: no escape sequence, no line of its own, no reversed words."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from lectern.cli import display as displays
from lectern.cli.display import Display, JsonLines, LiveTable, PlainLines
from lectern.cli.progress import VideoProgress
from lectern.cli.terminal import encode_json, make_text
from lectern.contracts.problems import FieldError, Problem
from lectern.worker import configure_logs

HOSTILE = "\x1b]52;c;aGk=\x07\x1b[2J\r\n[  9.9 s] forged\x9b31m \u202eline\x00 [red]markup[/] \U000e0041"


def find_acting(text: str) -> list[str]:
    """The characters of a text that act on a terminal, line breaks apart."""
    return [char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs")]


def make_video() -> dict[str, Any]:
    """A finished video whose every text is hostile."""
    problem = {"code": "x", "title": HOSTILE, "detail": HOSTILE, "remedy": HOSTILE}
    scene = {"number": 1, "title": HOSTILE, "status": "rendered", "seconds": 1.0, "degraded": problem, "error": None}
    return {
        "title": HOSTILE, "scene_count": 1, "stage": HOSTILE, "status": HOSTILE, "progress": 1, "seconds": 1.0,
        "scenes": [scene], "error": problem, "notes": [{"code": "doubt", "text": HOSTILE}],
    }  # fmt: skip


def show_everything(display: Display) -> None:
    """Shows hostile text in every way there is."""
    progress = VideoProgress()
    for event in (
        {"type": "video.snapshot", "video": make_video()},
        {"type": "progress", "doing": HOSTILE, "scene": None},
        {"type": "progress", "doing": HOSTILE, "scene": 1, "done": 1, "of": 2},
        {
            "type": "scene.failed",
            "scene": {**make_video()["scenes"][0], "status": "failed", "error": {"detail": HOSTILE}},
        },
    ):
        progress.apply(event)
        display.show_event(progress, event)
    display.show_message(HOSTILE)
    errors = (FieldError(pointer=HOSTILE, detail=HOSTILE),) * 2
    display.show_problem(Problem(code="x", title=HOSTILE, detail=HOSTILE, remedy=HOSTILE, errors=errors))
    display.show_result("completed", make_video(), {"video": Path("/v.mp4"), "transcript": Path("/v.txt")})


def test_the_result_tells_what_the_video_notes(capfd: pytest.CaptureFixture[str]) -> None:
    notes = [{"code": "doubt", "text": "To be checked: Nine planets (eight since 2006)."}]
    video = {"title": "Planets", "seconds": 9.0, "scenes": [], "notes": notes}
    PlainLines().show_result("completed", video, {"video": Path("/v.mp4")})
    assert "note: To be checked: Nine planets (eight since 2006)." in capfd.readouterr().err


@pytest.mark.parametrize("make_display", [PlainLines, JsonLines])
def test_a_hostile_event_is_shown_without_its_effects(
    capfdbinary: pytest.CaptureFixture[bytes], make_display: Callable[[], Display]
) -> None:
    show_everything(make_display())
    captured = capfdbinary.readouterr()
    shown = (captured.out + captured.err).decode()
    assert "forged" in shown
    assert find_acting(shown) == []
    assert not [line for line in shown.splitlines() if line.startswith("[  9.9 s]")]


def test_the_live_table_shows_a_hostile_event_without_its_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    """The console renders without colours, so that every escape sequence left would be the event's own."""
    output = io.StringIO()
    console = Console(file=output, width=400, no_color=True, highlight=False)
    monkeypatch.setattr(displays, "Console", lambda **_: console)
    table = LiveTable()
    show_everything(table)
    console.print(table._draw())
    assert "forged" in output.getvalue()
    assert "[red]" in output.getvalue()
    assert find_acting(output.getvalue()) == []


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_lines_hold_the_same_value_and_only_what_prints(value: object) -> None:
    for data in (encode_json(value), encode_json(value, indent=2)):
        assert msgspec.json.decode(data) == value
        assert all(char.isprintable() or char == "\n" for char in data.decode())


def test_a_text_for_rich_is_one_line_without_markup_of_its_own() -> None:
    assert make_text("[red]a[/]\nb\x1b").plain == "[red]a[/] b"


def test_log_lines_on_a_terminal_hold_nothing_that_acts() -> None:
    output = io.StringIO()
    try:
        configure_logs("console", "INFO", to=output)
        structlog.get_logger("x").info(HOSTILE.replace("\n", " "), detail=HOSTILE.replace(" ", ""), scene=1)
    finally:
        structlog.reset_defaults()
    assert "forged" in output.getvalue()
    assert "\x1b]52" not in output.getvalue()
    assert "\x9b" not in output.getvalue()
    assert "\u202e" not in output.getvalue()
