"""One metrics page for services that share a process: each has its own registry, and the gateway shows them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample

from lectern.worker import show_process


class Registries:
    """A registry for each service. A rebuilt service gets a new one, as a restarted process would."""

    def __init__(self) -> None:
        self._by_service: dict[str, CollectorRegistry] = {}

    def create(self, service: str, *, show_all: bool = False) -> CollectorRegistry:
        """An empty registry for a service. With `show_all` it also collects the metrics of the others."""
        registry = _CombinedRegistry(self, service) if show_all else CollectorRegistry()
        if show_all:
            show_process(registry)
        self._by_service[service] = registry
        return registry

    def others(self, service: str) -> Iterator[Metric]:
        """The metrics of all services except this one."""
        for name, registry in self._by_service.items():
            if name != service:
                yield from registry.collect()


class _CombinedRegistry(CollectorRegistry):
    def __init__(self, registries: Registries, service: str) -> None:
        super().__init__()
        self._registries, self._service = registries, service

    def collect(self) -> Iterator[Metric]:
        own = list(super().collect())
        yield from merge([*own, *self._registries.others(self._service)])


def merge(metrics: Iterable[Metric]) -> list[Metric]:
    """One family per name and one sample per series, as a page may contain either only once.

    What several services count alike is added up.
    """
    families: dict[str, Metric] = {}
    samples: dict[str, dict[tuple[object, ...], Sample]] = {}
    for metric in metrics:
        families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type, metric.unit))
        series = samples.setdefault(metric.name, {})
        for sample in metric.samples:
            key = (sample.name, *sorted(sample.labels.items()))
            known = series.get(key)
            series[key] = sample._replace(value=known.value + sample.value) if known else sample
    for name, family in families.items():
        family.samples = list(samples[name].values())
    return list(families.values())
