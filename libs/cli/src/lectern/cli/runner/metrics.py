"""One page of metrics for services that share a process: each has a registry of its own, the gateway shows them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric


class Registries:
    """A registry for each service. One that is built anew begins again, as a process would."""

    def __init__(self) -> None:
        self._by_service: dict[str, CollectorRegistry] = {}

    def fresh(self, service: str, *, shows_all: bool = False) -> CollectorRegistry:
        """An empty registry for a service. One that `shows_all` collects those of the others too."""
        registry = _Everything(self, service) if shows_all else CollectorRegistry()
        self._by_service[service] = registry
        return registry

    def others(self, service: str) -> Iterator[Metric]:
        """The metrics of all services but this."""
        for name, registry in self._by_service.items():
            if name != service:
                yield from registry.collect()


class _Everything(CollectorRegistry):
    def __init__(self, registries: Registries, service: str) -> None:
        super().__init__()
        self._registries, self._service = registries, service

    def collect(self) -> Iterator[Metric]:
        own = list(super().collect())
        yield from merged([*own, *self._registries.others(self._service)])


def merged(metrics: Iterable[Metric]) -> list[Metric]:
    """One family for each name, with all samples: a name may stand only once on a page."""
    families: dict[str, Metric] = {}
    for metric in metrics:
        family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type, metric.unit))
        family.samples.extend(metric.samples)
    return list(families.values())
