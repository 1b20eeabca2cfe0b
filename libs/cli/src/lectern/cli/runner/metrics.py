"""One metrics page for services that share a process: each has its own registry, and the gateway shows them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric


class Registries:
    """A registry for each service. A rebuilt service gets a new one, as a restarted process would."""

    def __init__(self) -> None:
        self._by_service: dict[str, CollectorRegistry] = {}

    def create(self, service: str, *, show_all: bool = False) -> CollectorRegistry:
        """An empty registry for a service. With `show_all` it also collects the metrics of the others."""
        registry = _CombinedRegistry(self, service) if show_all else CollectorRegistry()
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
    """One family per name, with all samples: a page may contain a name only once."""
    families: dict[str, Metric] = {}
    for metric in metrics:
        family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type, metric.unit))
        family.samples.extend(metric.samples)
    return list(families.values())
