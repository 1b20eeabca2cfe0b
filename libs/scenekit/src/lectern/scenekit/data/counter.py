# mypy: disallow-subclassing-any=False
"""A big number that counts."""

from __future__ import annotations

from typing import Any

from manim import Animation
from manim.utils.rate_functions import ease_in_out_sine

from lectern.scenekit.layout import frame
from lectern.scenekit.number import Number
from lectern.scenekit.style import theme


class Counter(Number):
    """A big number that counts: `Counter(1_000_000, unit="people")`; `self.play(counter.reveal())` counts up from
    `start`, which it shows until then if given; `counter.count(500_000)` goes on to another value. `separator` stands
    between thousands: "," or "." or " ".
    """

    def __init__(
        self,
        value: float,
        unit: str = "",
        *,
        start: float | None = None,
        decimals: int = 0,
        size: float | None = None,
        color: Any = None,
        separator: str = ",",
        **kwargs: Any,
    ) -> None:
        self.now = float(value)
        size = (1.9 if frame.portrait else 2.6) * theme.title if size is None else size
        super().__init__(lambda: self.now, decimals, unit, size, color, separator=separator, **kwargs)
        self.first, self.goal = start or 0.0, float(value)
        if start is not None:
            self.now = float(start)
            self.refresh()

    def reveal(self) -> Animation:
        """It counts up from `start`, or from 0, to its value."""
        return Count(self, self.first, self.goal, introducer=True)

    def count(self, to: float, run_time: float = 1.5) -> Animation:
        """It counts on, up or down, to another value."""
        return Count(self, None, float(to), run_time=run_time)


class Count(Animation):
    """A counter runs from `start` (None: what it shows) to `end`."""

    sound = "tick"

    def __init__(self, counter: Counter, start: float | None, end: float, run_time: float = 1.5, **kwargs: Any) -> None:
        kwargs.setdefault("rate_func", ease_in_out_sine)
        super().__init__(counter, run_time=run_time, suspend_mobject_updating=False, **kwargs)
        self.start, self.end = start, end

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.first = self.mobject.now if self.start is None else self.start
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        self.mobject.now = self.end if share >= 1 else self.first + (self.end - self.first) * share
        self.mobject.refresh()
