"""Rates with their uncertainty, and paired differences with theirs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec
import numpy as np

Z_95 = 1.959964  # standard deviations of a normal distribution that hold 95 % of it
RESAMPLES = 10_000
FEWEST_BRIEFS = 5  # that are resampled as a whole; of fewer there are hardly any different samples

Pairs: TypeAlias = Mapping[tuple[str, int], tuple[float, float]]  # by brief and scene: before, now


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """`count` of `of`, the share, and the 95 % interval after Wilson (1927), which holds for small numbers too.

    The interval takes scenes as independent of each other. `share` is None of none.
    """

    count: int
    of: int
    share: float | None
    low: float
    high: float


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """`now` less `before` of one figure: means over the pairs, and a 95 % interval (`low`, `high`; None of one pair).

    The interval is a percentile bootstrap (Efron 1979) that resamples `resampled`: whole briefs, since the scenes of a
    video are alike, or single pairs where there are fewer than five briefs, which is then too narrow.
    """

    figure: str
    before: float
    now: float
    difference: float
    low: float | None
    high: float | None
    pairs: int
    briefs: int
    resampled: str

    @property
    def is_certain(self) -> bool:
        """True when the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def measure_rate(count: int, of: int) -> Rate:
    """The rate of `count` successes in `of` trials."""
    if not of:
        return Rate(count=0, of=0, share=None, low=0.0, high=1.0)
    share = count / of
    scale = 1 + Z_95**2 / of
    middle = (share + Z_95**2 / (2 * of)) / scale
    half = Z_95 / scale * math.sqrt(share * (1 - share) / of + Z_95**2 / (4 * of**2))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Rate(count=count, of=of, share=round(share, 4), low=round(low, 4), high=round(high, 4))


def compare_pairs(figure: str, pairs: Pairs) -> Difference | None:
    """The difference of one figure; None without pairs. The same pairs always give the same interval."""
    if not pairs:
        return None
    by_brief: dict[str, list[float]] = {}
    for (brief, _), (before, now) in sorted(pairs.items()):
        by_brief.setdefault(brief, []).append(now - before)
    whole = len(by_brief) >= FEWEST_BRIEFS
    groups = list(by_brief.values()) if whole else [[change] for changes in by_brief.values() for change in changes]
    low, high = _bootstrap(groups) if len(groups) > 1 else (None, None)
    before, now = (sum(pair[side] for pair in pairs.values()) / len(pairs) for side in (0, 1))
    return Difference(
        figure=figure,
        before=round(before, 4),
        now=round(now, 4),
        difference=round(now - before, 4),
        low=low,
        high=high,
        pairs=len(pairs),
        briefs=len(by_brief),
        resampled="briefs" if whole else "pairs",
    )


def _bootstrap(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """The 2.5th and 97.5th percentiles of the mean over groups that are drawn with replacement."""
    sums = np.array([sum(group) for group in groups])
    sizes = np.array([len(group) for group in groups])
    drawn = np.random.default_rng(0).integers(len(groups), size=(RESAMPLES, len(groups)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return round(float(low), 4), round(float(high), 4)
