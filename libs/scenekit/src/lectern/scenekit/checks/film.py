"""When each picture of a measured scene is shown: the steps of the measuring pass, laid on the film's frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lectern.scenekit.director import Filming, Measuring
from lectern.scenekit.timing import BeatPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of the film, in seconds: a play, a wait or a hold. `step` counts the plays and waits before its end.

    `beat` counts from 1, `line` is of the author's code. A span that is not a play shows one picture.
    """

    start: float
    stop: float
    step: int
    moving: bool
    beat: int


def lay_out_spans(measuring: Measuring, plans: Sequence[BeatPlan]) -> list[Span]:
    """Repeat the filming pass without filming: the frames that it will grant to each step."""
    filming = Filming(measuring, plans)
    fps = measuring.table.fps
    spans: list[Span] = []
    step = 0

    def add(frames: int, *, moving: bool) -> None:
        if frames > 0:
            stop = filming.frames_granted
            beat = filming.beat + 1
            spans.append(Span(start=(stop - frames) / fps, stop=stop / fps, step=step, moving=moving, beat=beat))

    for each in measuring.steps:
        if each.kind == "enter":
            filming.enter_beat()
        elif each.kind == "leave":
            add(filming.grant_until_beat_ends(), moving=each.alive)
            filming.leave_beat()
        elif each.kind == "word":
            add(filming.grant_until_word(each.word), moving=each.alive)
        elif each.kind == "pause":
            add(filming.grant_until_pause(), moving=each.alive)
        elif each.kind == "exit":
            add(filming.grant_until_exit(), moving=each.alive)
            step += 1
            if each.seconds:
                add(filming.grant_exit(each.seconds), moving=True)
        else:
            step += 1
            frames = filming.grant_play(each.seconds, wait=each.kind == "wait")
            add(frames, moving=each.alive or each.kind == "play")
    add(filming.grant_rest(), moving=measuring.steps[-1].alive if measuring.steps else False)
    return spans


def quote_words(measuring: Measuring, start: float, stop: float) -> str:
    """Return the words spoken between two times in seconds, in quotation marks; empty when there are none."""
    spoken = [word.text for beat in measuring.words_by_beat for word in beat if start - 0.3 <= word.start < stop]
    if not spoken:
        return ""
    text = " ".join(spoken)
    return f'"{text}"' if len(text) <= 90 else f'"{text[:60].rstrip()} … {text[-25:].lstrip()}"'
