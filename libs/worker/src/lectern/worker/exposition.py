"""A registry as a page for Prometheus: OpenMetrics with exemplars where a scraper asks for it, else plain text."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric


class _Page(CollectorRegistry):
    """The families of another registry without the times at which series began: they double a page, and nobody asks."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__()
        self._shown = registry

    def collect(self) -> Iterator[Metric]:
        for family in self._shown.collect():
            kept = Metric(family.name, family.documentation, family.type, family.unit)
            kept.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
            if family.type == "histogram" and not any(sample.name.endswith("_sum") for sample in kept.samples):
                # of negative values, which OpenMetrics gives no sum, and without one no count: `+Inf` is the same
                kept.samples = [sample for sample in kept.samples if not sample.name.endswith("_count")]
            yield kept


def expose(registry: CollectorRegistry, accept: str = "") -> tuple[bytes, str]:
    """The page and its media type, for a request's `Accept` header."""
    encode, media_type = choose_encoder(accept)
    return encode(_Page(registry)), media_type
