"""The renderer's own metrics, in addition to those of every stage."""

from __future__ import annotations

from typing import get_args

from lectern.contracts.problem_codes import KILL_REASONS
from lectern.contracts.quality import Quality
from lectern.renderer.pool import CpuParts, JobPurpose, RenderOutcome
from lectern.worker import QUALITY_LABEL, Meter, MetricLabel

_WORK = MetricLabel("work", get_args(JobPurpose))
_OUTCOME = MetricLabel("outcome", ("ok", "refused", "unavailable"))
_REASON = MetricLabel("reason", KILL_REASONS)
_PART = MetricLabel("part", CpuParts.__struct_fields__)
_MIB = 1024 * 1024
MEMORY_BUCKETS = tuple(float(size * _MIB) for size in (128, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096))


class RendererMetrics:
    """What the sandbox ran, and what it cost."""

    def __init__(self, meter: Meter) -> None:
        self._cpu_seconds = meter.counter(
            "lectern_render_cpu_seconds_total", "CPU time used to render footage", QUALITY_LABEL
        )
        self._part_seconds = meter.counter(
            "lectern_render_part_cpu_seconds_total", "CPU time used to render footage, by what it was spent on", _PART
        )
        self._video_seconds = meter.counter(
            "lectern_render_video_seconds_total", "Length of rendered footage", QUALITY_LABEL
        )
        self._jobs = meter.counter(
            "lectern_sandbox_jobs_total",
            "Runs of scene code; refused: the scene was at fault, unavailable: this renderer",
            _WORK,
            _OUTCOME,
        )
        self._seconds = meter.histogram("lectern_sandbox_job_seconds", "Time that scene code ran", _WORK, traced=True)
        self._memory = meter.histogram(
            "lectern_sandbox_job_peak_memory_bytes", "Most memory of a run of scene code", _WORK, buckets=MEMORY_BUCKETS
        )
        self._kills = meter.counter(
            "lectern_sandbox_kills_total", "Runs of scene code that were killed or died", _WORK, _REASON
        )
        self.slots = meter.gauge("lectern_sandbox_slots", "Runs of scene code that are possible at once")
        self.slots_busy = meter.gauge("lectern_sandbox_slots_busy", "Runs of scene code now")
        for counter in (self._cpu_seconds, self._part_seconds, self._video_seconds, self._jobs, self._kills):
            counter.start_at_zero()
        self._seconds.start_at_zero()
        self._memory.start_at_zero()

    def count_footage(
        self, quality: Quality, *, seconds: float, cpu_seconds: float, parts: CpuParts | None = None
    ) -> None:
        """Counts rendered footage of `seconds` and the CPU time it used, which `parts` tell the shares of."""
        self._cpu_seconds.inc(quality, by=cpu_seconds)
        for part, spent in (parts.share(cpu_seconds) if parts else {}).items():
            self._part_seconds.inc(part, by=spent)
        self._video_seconds.inc(quality, by=seconds)

    def count_run(self, work: JobPurpose, outcome: RenderOutcome) -> None:
        """Counts a run of scene code."""
        self._jobs.inc(work, "ok" if outcome.ok else "unavailable" if outcome.retryable else "refused")
        self._seconds.observe(outcome.wall_seconds, work)
        if outcome.peak_memory_bytes:
            self._memory.observe(outcome.peak_memory_bytes, work)
        if outcome.killed:
            self._kills.inc(work, outcome.killed)
