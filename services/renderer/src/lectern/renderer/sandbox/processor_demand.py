"""How many processors a job wants, averaged over some seconds: a few greedy threads starve a whole container."""

from __future__ import annotations

from collections import deque

from lectern.renderer.sandbox.job_clock import JobTimes

WINDOW_SECONDS = 5.0  # an honest scene has more than two threads busy for less than one


class ProcessorDemand:
    """Averages over the last `WINDOW_SECONDS` how many processors a job used or waited for.

    A greedy job gets less time on a busy machine, and its neighbours even less. What it waits for shows its greed.
    """

    def __init__(self) -> None:
        self._readings: deque[tuple[float, float]] = deque()

    def add(self, times: JobTimes) -> float:
        """Adds a reading of the job's clock. Returns the average, or 0 until a whole window has passed."""
        elapsed, wanted = times.elapsed, times.cpu + times.waiting
        self._readings.append((elapsed, wanted))
        while len(self._readings) > 1 and self._readings[1][0] <= elapsed - WINDOW_SECONDS:
            self._readings.popleft()
        first_elapsed, first_wanted = self._readings[0]
        span = elapsed - first_elapsed
        return (wanted - first_wanted) / span if span >= WINDOW_SECONDS else 0.0
