"""Rules about the film as a whole: pictures that stand still, are empty or small for too long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from lectern.scenekit.director import Measuring
from lectern.scenekit.layout import frame

from .film import Span, quote_words
from .picture import Box
from .rules import EMPTY_PICTURE, LOPSIDED, NOTHING_MOVES, SMALL_PICTURE, Fault

STILL_SECONDS = 2.5
"""A picture that stands still for longer bores."""
EMPTY_SECONDS, BLANK_SECONDS = 1.0, 3.0
"""An empty picture for longer is a gap; from the second on it is taken for a fault of the film."""
SMALL_SHARE, SMALL_SECONDS = 0.45, 3.0
"""Share of the body's width and of its height below which a picture is lost in the frame, and how long it may be."""
EMPTY_SIDE_SHARE, LOPSIDED_SECONDS = 0.45, 4.0
"""Share of the body's width or height that is empty on one side, and at most half of it on the other, and how long."""
MAX_STRETCHES = 3
"""Stretches of one rule that are reported for a scene: the longest ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """What the film rules need of a picture: whether it is empty, and the box of its body, if any."""

    empty: bool
    body: Box | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A part of the film that a rule applies to, in seconds, with its fault."""

    start: float
    stop: float
    beat: int
    step: int
    fault: Fault


def check_film(spans: Sequence[Span], sights: Mapping[int, Sight], measuring: Measuring) -> Iterator[Stretch]:
    """Find the longest stretches that stand still, are empty or small. `sights` are the pictures after each step."""
    still = _find_runs(spans, lambda span: not span.moving)
    yield from _report(still, STILL_SECONDS, measuring, _describe_still)
    if not sights:
        return
    blank = Sight(empty=True, body=None)

    def see(span: Span) -> list[Sight]:
        after = sights.get(span.step, blank)
        return [sights.get(span.step - 1, blank), after] if span.moving else [after]

    empty = _find_runs(spans, lambda span: not span.moving and see(span)[-1].empty)
    yield from _report(empty, EMPTY_SECONDS, measuring, _describe_empty)
    yield from _report(_find_runs_of_pictures(spans, see, _is_small), SMALL_SECONDS, measuring, _describe_small)
    lopsided = _find_runs_of_pictures(spans, see, _is_lopsided)
    yield from _report(lopsided, LOPSIDED_SECONDS, measuring, _describe_lopsided)


def _find_runs(spans: Sequence[Span], applies: Callable[[Span], bool]) -> list[list[Span]]:
    """Find the longest runs of spans that all apply."""
    return [list(run) for fits, run in groupby(spans, applies) if fits]


def _find_runs_of_pictures(
    spans: Sequence[Span], see: Callable[[Span], list[Sight]], is_bad: Callable[[Box | None], bool]
) -> list[list[Span]]:
    """Find runs of spans whose pictures are bad, and bad together: what crosses the frame uses all of it."""
    runs: list[list[Span]] = [[]]
    field: Box | None = None
    for span in spans:
        seen = see(span)
        boxes = [each.body for each in seen if each.body is not None]
        if all(each.empty for each in seen):
            runs.append([])
            field = None
            continue
        alone = _unite(boxes)
        together = _unite([*boxes, field] if field is not None else boxes)
        if not is_bad(together):
            runs.append([])
            together = alone
        if is_bad(together):
            runs[-1].append(span)
            field = together
        else:
            field = None
    return [run for run in runs if run]


def _unite(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def _is_small(body: Box | None) -> bool:
    if body is None:
        return True
    width, height = body[2] - body[0], body[3] - body[1]
    return width < SMALL_SHARE * frame.body.width and height < SMALL_SHARE * frame.body.height


def _is_lopsided(body: Box | None) -> bool:
    """Return whether a picture that is not small lies on one side of the body. Boxes are measured from a corner."""
    if body is None or _is_small(body):
        return False
    left, bottom = frame.body.left + frame.width / 2, frame.body.bottom + frame.height / 2
    across = (body[0] - left) / frame.body.width, (left + frame.body.width - body[2]) / frame.body.width
    along = (body[1] - bottom) / frame.body.height, (bottom + frame.body.height - body[3]) / frame.body.height
    return any(max(gaps) > EMPTY_SIDE_SHARE and min(gaps) < EMPTY_SIDE_SHARE / 2 for gaps in (across, along))


def _report(
    runs: Sequence[Sequence[Span]],
    longest: float,
    measuring: Measuring,
    describe: Callable[[float, float, str], Fault],
) -> Iterator[Stretch]:
    long = [run for run in runs if run[-1].stop - run[0].start > longest]
    kept = sorted(long, key=lambda run: run[0].start - run[-1].stop)[:MAX_STRETCHES]
    for run in sorted(kept, key=lambda run: run[0].start):
        start, stop = run[0].start, run[-1].stop
        words = quote_words(measuring, start, stop)
        fault = describe(start, stop, f", while {words} is spoken" if words else "")
        yield Stretch(start=start, stop=stop, beat=run[0].beat, step=run[0].step, fault=fault)


def _describe_still(start: float, stop: float, words: str) -> Fault:
    what = f"nothing moves for {stop - start:.1f} s, from {start:.1f} to {stop:.1f} s{words}"
    return Fault(rule=NOTHING_MOVES, what=what)


def _describe_empty(start: float, stop: float, words: str) -> Fault:
    what = f"the picture is empty for {stop - start:.1f} s, from {start:.1f} to {stop:.1f} s{words}"
    return Fault(rule=EMPTY_PICTURE, what=what, severe=stop - start > BLANK_SECONDS)


def _describe_small(start: float, stop: float, words: str) -> Fault:
    what = (
        f"the picture fills less than {SMALL_SHARE:.0%} of the body's width and height for {stop - start:.1f} s, from "
        f"{start:.1f} to {stop:.1f} s{words}"
    )
    return Fault(rule=SMALL_PICTURE, what=what)


def _describe_lopsided(start: float, stop: float, words: str) -> Fault:
    what = f"the picture leaves one side empty for {stop - start:.1f} s, from {start:.1f} to {stop:.1f} s{words}"
    return Fault(rule=LOPSIDED, what=what)
