"""Rules about the film as a whole: pictures that stand still, are empty or small for too long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lectern.scenekit.director import Measuring
from lectern.scenekit.layout import frame

from .film import Span, quote_words
from .rules import EMPTY_PICTURE, NOTHING_MOVES, SMALL_PICTURE, Fault

STILL_SECONDS = 2.5
"""A picture that stands still for longer bores."""
EMPTY_SECONDS, BLANK_SECONDS = 1.0, 3.0
"""An empty picture for longer is a gap; from the second on it is taken for a fault of the film."""
SMALL_SHARE, SMALL_SECONDS = 0.45, 3.0
"""Share of the body's width and of its height below which a picture is lost in the frame, and how long it may be."""
MAX_STRETCHES = 3
"""Stretches of one rule that are reported for a scene: the longest ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """What the film rules need of a picture: whether it is empty, and the width and height of its body, if any."""

    empty: bool
    body: tuple[float, float] | None


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
    yield from _report(spans, lambda span: not span.moving, STILL_SECONDS, measuring, _describe_still)
    if not sights:
        return
    blank = Sight(empty=True, body=None)

    def see(span: Span) -> list[Sight]:
        after = sights.get(span.step, blank)
        return [sights.get(span.step - 1, blank), after] if span.moving else [after]

    yield from _report(
        spans, lambda span: all(each.empty for each in see(span)), EMPTY_SECONDS, measuring, _describe_empty
    )
    yield from _report(
        spans,
        lambda span: all(_is_small(each) for each in see(span)) and not all(each.empty for each in see(span)),
        SMALL_SECONDS,
        measuring,
        _describe_small,
    )


def _report(
    spans: Sequence[Span],
    applies: Callable[[Span], bool],
    longest: float,
    measuring: Measuring,
    describe: Callable[[float, float, str], Fault],
) -> Iterator[Stretch]:
    found: list[tuple[float, float, Span]] = []
    start: float | None = None
    first: Span | None = None
    for span in [*spans, None]:
        if span is not None and applies(span):
            if start is None:
                start, first = span.start, span
            stop = span.stop
        elif start is not None and first is not None:
            if stop - start > longest:
                found.append((start, stop, first))
            start = None
    longest_first = sorted(found, key=lambda each: each[0] - each[1])[:MAX_STRETCHES]
    for begins, ends, span in sorted(longest_first, key=lambda each: each[0]):
        words = quote_words(measuring, begins, ends)
        while_spoken = f", while {words} is spoken" if words else ""
        fault = describe(begins, ends, while_spoken)
        yield Stretch(start=begins, stop=ends, beat=span.beat, step=span.step, fault=fault)


def _is_small(sight: Sight) -> bool:
    if sight.body is None:
        return True
    return sight.body[0] < SMALL_SHARE * frame.body.width and sight.body[1] < SMALL_SHARE * frame.body.height


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
