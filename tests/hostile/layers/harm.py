"""What a hostile scene did, as seen from outside its pool: more than `MonitoredPool.find_damage`, where limits may be off."""

from __future__ import annotations

import concurrent.futures
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from hostile.monitored_pool import MonitoredPool, parse_expected_ends, parse_limits, wait_until

from lectern.renderer.pool import RenderJob, RenderOutcome

LIMITS = {"cpu_seconds": 1.5, "idle_seconds": 2.0, "wall_seconds": 300.0, "formula_seconds": 10.0}
MOST_CPU = 6.0  # seconds computed by the scene's processes, over any scene's own limit
MOST_IDLE = 25.0  # seconds in which they compute nothing: limits by the wall clock mean little on a busy machine
SPARE_THREADS = 12  # of the pool's own processes that start or end meanwhile
SPARE_BYTES = 24 << 20


class Use(msgspec.Struct, kw_only=True):
    """The most that a container's processes have used at once."""

    threads: int = 0
    disk_bytes: int = 0
    entries: int = 0


class _Meter(threading.Thread):
    """Looks many times a second at what a container uses."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self._stopped = threading.Event()
        self._before = self._read()
        self.peak = Use()

    def run(self) -> None:
        while not self._stopped.wait(0.05):
            now = self._read()
            for name in Use.__struct_fields__:
                grown = getattr(now, name) - getattr(self._before, name)
                setattr(self.peak, name, max(getattr(self.peak, name), grown))

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def _read(self) -> Use:
        status = os.statvfs(self._folder)
        return Use(
            threads=count_threads(),
            disk_bytes=(status.f_blocks - status.f_bfree) * status.f_frsize,
            entries=status.f_files - status.f_ffree,
        )


def count_threads() -> int:
    """Counts the threads of every process in this PID namespace."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                count += len(os.listdir(f"/proc/{entry}/task"))
            except OSError:
                continue
    return count


def read_stat(process: int) -> tuple[str, float]:
    """Reads a process's state, as "R", and the seconds that it and those it waited for have computed."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return "X", 0.0
    return fields[0], sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class _Patience:
    """Says when a scene's processes have computed, or done nothing, for longer than any limit lets them."""

    def __init__(self, monitored: MonitoredPool, limit: float) -> None:
        self._monitored = monitored
        self._most = limit + MOST_CPU
        self._computed = 0.0
        self._since = time.monotonic()

    def is_over(self) -> bool:
        found = [read_stat(process) for process in self._monitored.find_jobs()]
        computed = sum(seconds for _, seconds in found)
        waits_for_a_zygote = not found  # which takes long to start on a busy machine
        if waits_for_a_zygote or computed != self._computed or any(state in "RD" for state, _ in found):
            self._computed, self._since = computed, time.monotonic()
        return computed > self._most or time.monotonic() - self._since > MOST_IDLE


def find_harm(monitored: MonitoredPool, scene: Path, honest_digest: str) -> list[str]:
    """Runs a scene under short limits and lists the harm it did."""
    code = scene.read_text()
    job = monitored.build_job(code, **(LIMITS | parse_limits(code)))
    meter = _Meter(monitored.home)
    meter.start()
    patience = _Patience(monitored, job.limits.cpu_seconds)
    running = monitored.start(monitored.pool.run(job))
    try:
        while True:
            try:
                outcome = running.result(0.4)
                break
            except concurrent.futures.TimeoutError:
                if patience.is_over():
                    running.cancel()
                    return ["it kept its slot: nothing ended it", *_find_leftovers(monitored)]
            except Exception as error:
                return [f"the pool broke: {type(error).__name__}: {error}"]
    finally:
        meter.stop()
    return [*_find_more(monitored, job, outcome, meter.peak, code), *_find_changes(monitored, honest_digest)]


def _find_more(monitored: MonitoredPool, job: RenderJob, outcome: RenderOutcome, peak: Use, code: str) -> Iterator[str]:
    limits = job.limits
    if outcome.footage is not None:
        if monitored.secret.encode() in outcome.footage.read_bytes():
            yield "the secret is in its film"
        outcome.footage.unlink()
    yield from monitored.find_damage(outcome, patience=5.0)
    if outcome.ok and "ok" not in parse_expected_ends(code):
        yield "what it delivered was accepted"
    if outcome.retryable:
        yield f"the machine was blamed: {outcome.reason}"
    if outcome.cpu_seconds > limits.cpu_seconds + 2:
        yield f"it computed for {outcome.cpu_seconds:.0f} seconds"
    if outcome.peak_memory_bytes > limits.memory_bytes:
        yield f"it took {outcome.peak_memory_bytes >> 20} MiB"
    if peak.disk_bytes > 2 * limits.output_bytes + SPARE_BYTES:
        yield f"it filled {peak.disk_bytes >> 20} MiB of the disk"
    if peak.entries > 2 * limits.files:
        yield f"it made {peak.entries} files"
    if peak.threads > limits.processes + SPARE_THREADS:
        yield f"it started {peak.threads} threads or processes"


def _find_leftovers(monitored: MonitoredPool) -> Iterator[str]:
    folders = monitored.home / "pool/jobs"
    if not wait_until(lambda: not monitored.find_jobs() and os.listdir(folders) == ["job-neighbour"], 20.0):
        yield "it outlived being ended"


def _find_changes(monitored: MonitoredPool, honest_digest: str) -> Iterator[str]:
    try:
        digest = monitored.render_honest_scene()
    except (AssertionError, OSError, RuntimeError, concurrent.futures.TimeoutError) as error:
        yield f"the next job failed: {str(error)[:200]}"
    else:
        if digest != honest_digest:
            yield "the next job was changed"
