"""Defining metrics: described well enough for a catalogue, with labels whose values are bounded.

A label's value may come from an event, a request or a scene's code. Whatever is not among the values that a label was
defined with is counted as `other`, so that nobody outside can make a process keep one more series.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec
from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600)
SHORT_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
OTHER = "other"

# Who counts: every process its own share; one of the gateways for each event of the log; or every gateway the same.
CountedBy: TypeAlias = Literal["process", "fact", "watched"]
MetricKind: TypeAlias = Literal["counter", "gauge", "histogram"]


class MetricLabel(msgspec.Struct, frozen=True):
    """A label and every value it may have; or, where only `shown` says what they are, how many at `most`."""

    name: str
    values: tuple[str, ...] = ()
    shown: str = ""
    most: int = 0


class MetricFamily(msgspec.Struct, frozen=True, kw_only=True):
    """A metric as the catalogue shows it."""

    name: str
    kind: MetricKind
    meaning: str
    labels: tuple[MetricLabel, ...]
    counted_by: CountedBy
    buckets: tuple[float, ...] = ()
    traced: bool = False


class _LabelBounds:
    """Bounds the values of one metric's labels."""

    def __init__(self, labels: Sequence[MetricLabel]) -> None:
        self.labels = tuple(labels)
        self._known = [set(label.values) for label in labels]

    def bound(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """The values, with `other` in place of what a label may not have."""
        bounded = list(values)
        for place, (value, known, label) in enumerate(zip(values, self._known, self.labels, strict=True)):
            if value in known:
                continue
            if len(known) < label.most:
                known.add(value)
            else:
                bounded[place] = OTHER
        return tuple(bounded)

    def combine(self, first: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
        """Every combination of values that begins with these."""
        rest = (label.values for label in self.labels[len(first) :])
        return ((*first, *values) for values in itertools.product(*rest))


class BoundedCounter:
    """A counter. Label values are given in the order in which the labels were defined."""

    def __init__(self, metric: Counter, labels: Sequence[MetricLabel]) -> None:
        self._metric = metric
        self._bounds = _LabelBounds(labels)

    def inc(self, *values: str, by: float = 1.0) -> None:
        """Counts."""
        (self._metric.labels(*self._bounds.bound(values)) if values else self._metric).inc(by)

    def start_at_zero(self, *first: str) -> None:
        """Shows every series whose labels begin with these values: an increase from nothing would not be seen."""
        for values in self._bounds.combine(first):
            self._metric.labels(*values)


class BoundedGauge:
    """A gauge. Label values as in `BoundedCounter`."""

    def __init__(self, metric: Gauge, labels: Sequence[MetricLabel]) -> None:
        self._metric = metric
        self._bounds = _LabelBounds(labels)

    def set(self, value: float, *values: str) -> None:
        """Sets the value."""
        self._child(values).set(value)

    def inc(self, *values: str, by: float = 1.0) -> None:
        """Adds to the value."""
        self._child(values).inc(by)

    def dec(self, *values: str, by: float = 1.0) -> None:
        """Takes from the value."""
        self._child(values).dec(by)

    def follow(self, measure: Callable[[], float]) -> None:
        """Shows what `measure` returns at each scrape."""
        self._metric.set_function(measure)

    def forget(self) -> None:
        """Shows no value until one is set again."""
        if self._bounds.labels:
            self._metric.clear()
        else:
            self._metric.set(float("nan"))

    def _child(self, values: tuple[str, ...]) -> Gauge:
        return self._metric.labels(*self._bounds.bound(values)) if values else self._metric


class BoundedHistogram:
    """A histogram. Label values as in `BoundedCounter`. If `traced`, observations carry the current trace's id."""

    def __init__(self, metric: Histogram, labels: Sequence[MetricLabel], *, traced: bool) -> None:
        self._metric = metric
        self._bounds = _LabelBounds(labels)
        self._traced = traced

    def observe(self, value: float, *values: str) -> None:
        """Counts an observation."""
        metric = self._metric.labels(*self._bounds.bound(values)) if values else self._metric
        metric.observe(value, _read_trace_id() if self._traced else None)

    def start_at_zero(self, *first: str) -> None:
        """Shows every series whose labels begin with these values, as `BoundedCounter` does."""
        for values in self._bounds.combine(first):
            self._metric.labels(*values)


class Meter:
    """Defines metrics on a registry. `component` is the service that counts; `families` all that were defined."""

    def __init__(self, registry: CollectorRegistry | None = None, component: str = "") -> None:
        self.registry = registry or CollectorRegistry()
        self.component = component
        self.families: list[MetricFamily] = []

    def counter(
        self, name: str, meaning: str, *labels: MetricLabel, counted_by: CountedBy = "process"
    ) -> BoundedCounter:
        """A counter; its name ends in `_total`."""
        self._define(name, "counter", meaning, labels, counted_by)
        return BoundedCounter(Counter(name, meaning, _names(labels), registry=self.registry), labels)

    def gauge(self, name: str, meaning: str, *labels: MetricLabel, counted_by: CountedBy = "process") -> BoundedGauge:
        """A gauge."""
        self._define(name, "gauge", meaning, labels, counted_by)
        return BoundedGauge(Gauge(name, meaning, _names(labels), registry=self.registry), labels)

    def histogram(
        self,
        name: str,
        meaning: str,
        *labels: MetricLabel,
        buckets: tuple[float, ...] = SECONDS,
        traced: bool = False,
        counted_by: CountedBy = "process",
    ) -> BoundedHistogram:
        """A histogram."""
        self._define(name, "histogram", meaning, labels, counted_by, buckets=buckets, traced=traced)
        metric = Histogram(name, meaning, _names(labels), buckets=buckets, registry=self.registry)
        return BoundedHistogram(metric, labels, traced=traced)

    def _define(
        self,
        name: str,
        kind: MetricKind,
        meaning: str,
        labels: tuple[MetricLabel, ...],
        counted_by: CountedBy,
        *,
        buckets: tuple[float, ...] = (),
        traced: bool = False,
    ) -> None:
        self.families.append(
            MetricFamily(
                name=name,
                kind=kind,
                meaning=meaning,
                labels=labels,
                counted_by=counted_by,
                buckets=buckets,
                traced=traced,
            )
        )


def _names(labels: tuple[MetricLabel, ...]) -> tuple[str, ...]:
    return tuple(label.name for label in labels)


def _read_trace_id() -> dict[str, str] | None:
    """The exemplar of the current trace, if it is sent anywhere."""
    context = trace.get_current_span().get_span_context()
    return {"trace_id": f"{context.trace_id:032x}"} if context.is_valid and context.trace_flags.sampled else None
