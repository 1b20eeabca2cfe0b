"""What every process shows of itself: its version, how late its event loop is, and whether what it needs answers."""

from __future__ import annotations

from importlib.metadata import version

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector

from lectern.worker.labels import COMPONENT_LABEL
from lectern.worker.meter import SHORT_SECONDS, Meter, MetricLabel

_DEPENDENCY = MetricLabel("dependency", ("stream", "store", "disk"))
_VERSION = MetricLabel("version", shown="of this installation", most=1)


class ProcessMetrics:
    """A service's process."""

    def __init__(self, meter: Meter) -> None:
        self._component = meter.component
        info = meter.gauge("lectern_build_info", "1, with the version that runs", COMPONENT_LABEL, _VERSION)
        info.set(1, self._component, version("lectern-worker"))
        self._lag = meter.histogram(
            "lectern_event_loop_lag_seconds",
            "How late the process's timer is: all that it answers is at least as late",
            COMPONENT_LABEL,
            buckets=(0.001, *SHORT_SECONDS),
        )
        self._up = meter.gauge(
            "lectern_dependency_up",
            "1 if what the service needs answers, and can be written to",
            COMPONENT_LABEL,
            _DEPENDENCY,
        )

    def observe_lag(self, seconds: float) -> None:
        """Counts how late the timer was."""
        self._lag.observe(seconds, self._component)

    def show_dependency(self, name: str, *, up: bool) -> None:
        """Shows whether what the service needs answers."""
        self._up.set(up, self._component, name)


def show_process(registry: CollectorRegistry) -> None:
    """Shows the process's CPU time, memory, descriptors and garbage collections. Once for a process."""
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
