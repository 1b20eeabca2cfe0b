"""How KEDA and the autoscaler of Kubernetes count pods, on a clock of one's own.

KEDA looks at the signal each `polling` seconds and does two things: from none it starts one, and to none it goes once
the signal was zero for `cooldown` seconds. In between the horizontal pod autoscaler asks for it each 15 seconds.
Sources: keda.sh, scaling deployments and ScaledObject specification; Kubernetes, horizontal pod autoscaling, "algorithm
details" and "configurable scaling behavior".
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

import msgspec

SYNC = 15.0  # seconds: --horizontal-pod-autoscaler-sync-period
TOLERANCE = 0.1  # --horizontal-pod-autoscaler-tolerance


class Scaling(msgspec.Struct, frozen=True, kw_only=True):
    """What a ScaledObject says. `weights` are its formula: how much the lag of each stage counts. Times in seconds.

    `fixed` pods instead of all else, where it is set.
    """

    weights: Mapping[str, float]
    target: float = 1.0
    minimum: int = 0
    maximum: int = 20
    polling: float = 5.0
    cooldown: float = 300.0
    stabilization: float = 60.0
    down_percent: float | None = 50.0
    down_pods: int = 0
    down_period: float = 60.0
    up_percent: float = 100.0
    up_pods: int = 8
    fixed: int | None = None

    def measure(self, lags: Mapping[str, float]) -> float:
        """The signal."""
        return sum(weight * lags[stage] for stage, weight in self.weights.items())


class Autoscaler:
    """Says how many pods there should be. `poll` and `sync` are to be called at their intervals."""

    def __init__(self, scaling: Scaling) -> None:
        self.scaling = scaling
        self.replicas = scaling.minimum if scaling.fixed is None else scaling.fixed
        self._last_active = -math.inf
        self._recommended: deque[tuple[float, int]] = deque()
        self._removed: deque[tuple[float, int]] = deque()

    def poll(self, now: float, signal: float) -> int:
        """KEDA's part."""
        if self.scaling.fixed is not None:
            return self.replicas
        if signal > 0:
            self._last_active = now
            self.replicas = max(1, self.replicas)
        elif self.scaling.minimum == 0 and now - self._last_active >= self.scaling.cooldown:
            self.replicas = 0
            self._recommended.clear()
        return self.replicas

    def sync(self, now: float, signal: float) -> int:
        """The horizontal pod autoscaler's part: nothing while there are no pods."""
        scaling, current = self.scaling, self.replicas
        if scaling.fixed is not None or not current:
            return current
        wanted = current
        if abs(signal / (scaling.target * current) - 1) > TOLERANCE:
            wanted = math.ceil(round(signal / scaling.target, 6))
        wanted = min(scaling.maximum, max(scaling.minimum, 1, wanted))
        while self._recommended and self._recommended[0][0] < now - scaling.stabilization:
            self._recommended.popleft()
        self._recommended.append((now, wanted))
        if wanted > current:
            self.replicas = min(
                wanted, max(math.ceil(current * (1 + scaling.up_percent / 100)), current + scaling.up_pods)
            )
        else:
            wanted = min(current, max(each for _, each in self._recommended))
            self.replicas = max(wanted, self._find_floor(now, current))
            if self.replicas < current:
                self._removed.append((now, current - self.replicas))
        return self.replicas

    def _find_floor(self, now: float, current: int) -> int:
        """How few pods the policy allows now, going by those of a period ago."""
        while self._removed and self._removed[0][0] <= now - self.scaling.down_period:
            self._removed.popleft()
        before = current + sum(count for _, count in self._removed)
        floors = [before - self.scaling.down_pods]
        if self.scaling.down_percent is not None:
            floors.append(math.floor(before * (1 - self.scaling.down_percent / 100)))
        return min(floors)
