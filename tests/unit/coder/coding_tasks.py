"""Coding tasks with an evenly paced narration."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.coder.coding import CodingTask
from lectern.contracts import script as s
from lectern.contracts.narration import BeatSpan, Narration, Word
from lectern.contracts.options import VideoOptions


def narrate(*beats: str, pace: float = 0.4) -> Narration:
    """A narration with `pace` seconds for every word, and a pause as long after each beat."""
    words: list[Word] = []
    spans: list[BeatSpan] = []
    time = 0.0
    for number, text in enumerate(beats):
        start = time
        for word in text.split():
            words.append(Word(text=word, start=round(time, 3), end=round(time + pace * 0.8, 3), beat=number))
            time += pace
        time += pace
        spans.append(BeatSpan(start=round(start, 3), end=round(time, 3), text=text))
    seconds = round(time, 3)
    return Narration(
        seconds=seconds,
        samples=round(seconds * 48_000),
        words=tuple(words),
        beats=tuple(spans),
        voice="test",
        engine="test",
        timing="exact",
    )


def task(
    visual: s.AnyVisual | None,
    beats: Sequence[str] = ("First something is said.", "Then something else is said."),
    *,
    title: str = "A scene",
    number: int = 2,
    pace: float = 0.4,
) -> CodingTask:
    """A task for a scene with this visual and these beats."""
    scene = s.Scene(title=title, beats=tuple(s.Beat(text=text) for text in beats), visual=visual)
    return CodingTask(
        number=number,
        script=s.Script(title="A video", scenes=(s.Scene(title="Before", beats=(s.Beat(text="Before."),)), scene)),
        scene=scene,
        narration=narrate(*beats, pace=pace),
        options=VideoOptions(quality="draft"),
    )


def visuals(text: str = "something") -> list[s.AnyVisual]:
    """Examples of every kind that has a template, with `text` wherever a text may be."""
    return [
        s.Equation(lines=(text, text)),
        s.Bullets(items=(text, "two", text)),
        s.Flow(steps=(text, "two", text)),
        s.Chart(series=(text,), rows=((text, (1.0,)), ("two", (-2.5,)))),
        s.Chart(style="line", series=(text, "b"), rows=((text, (1.0, 2.0)), ("two", (2.0, 1e9)))),
        s.Chart(style="table", series=(text, "b"), rows=((text, (1.0, 2.5)), ("two", (1234567.0, -0.25)))),
        s.CodeListing(language="python", source=f"{text}\n\nprint(1)"),
        s.Comparison(left_title=text, left=(text,), right_title=text, right=(text, "two")),
        s.Timeline(entries=((text, text), ("1915", text))),
        s.Table(headings=(text, "b"), rows=((text, "1"), ("two", text), (text, ""))),
        s.Image(name=text, alt=text),
    ]
