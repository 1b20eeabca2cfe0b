"""What a job's time counts as: computing, waiting for a processor, or doing nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lectern.renderer.sandbox.job import JobLimits
from lectern.renderer.sandbox.job_clock import MAX_STEP_SECONDS, HelpTimes, JobClock, JobTimes
from lectern.renderer.sandbox.watcher import find_exceeded_time

LIMITS = JobLimits(cpu_seconds=10, idle_seconds=5, wall_seconds=100)


class Proc:
    """A process's folder in /proc as the kernel writes it, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = 0.0
        self.help = HelpTimes()
        self.clock = JobClock(str(folder), lambda: self.time, lambda: self.help)

    def set_thread(self, tid: int, *, ran: float, queued: float = 0.0, state: str = "S") -> None:
        thread = self.folder / "task" / str(tid)
        thread.mkdir(parents=True, exist_ok=True)
        (thread / "stat").write_text(f"{tid} (a) name) {state} 1 2 3\n")
        (thread / "schedstat").write_text(f"{ran * 1e9:.0f} {queued * 1e9:.0f} 7\n")

    def set_process(self, *, ran: float) -> None:
        (self.folder / "stat").write_text(f"9 (python) S {' 0' * 10} {ran * 100:.0f} 0 0 0\n")

    def read(self, at: float) -> JobTimes:
        self.time = at
        return self.clock.read()


@pytest.fixture
def proc(tmp_path: Path) -> Proc:
    return Proc(tmp_path)


def test_time_in_the_run_queue_is_neither_computing_nor_idle(proc: Proc) -> None:
    proc.set_thread(1, ran=0.1, queued=0.4)
    times = proc.read(0.5)
    assert times == JobTimes(elapsed=0.5, cpu=pytest.approx(0.1), waiting=pytest.approx(0.4), idle=pytest.approx(0))


def test_time_in_which_a_formula_is_typeset_is_not_idle(proc: Proc) -> None:
    proc.set_thread(1, ran=0.1)
    proc.help = HelpTimes(working=True)
    assert proc.read(0.5).idle == 0
    proc.help = HelpTimes(cpu=0.3)
    times = proc.read(1.0)
    assert (times.cpu, times.idle, times.helped) == (pytest.approx(0.1), pytest.approx(0.5), 0.3)


def test_time_in_which_no_thread_did_anything_is_idle(proc: Proc) -> None:
    proc.set_thread(1, ran=0.1)
    proc.set_thread(2, ran=0.1)
    assert proc.read(0.5).idle == pytest.approx(0.3)
    assert proc.read(1.0).idle == pytest.approx(0.8)


@pytest.mark.parametrize("state", ["R", "D"])
def test_a_thread_that_is_ready_or_waits_for_a_disk_is_not_idle(proc: Proc, state: str) -> None:
    proc.set_thread(1, ran=0.0)
    proc.set_thread(2, ran=0.0, state=state)
    assert proc.read(0.5).idle == 0


def test_threads_that_have_ended_still_count(proc: Proc) -> None:
    proc.set_process(ran=7.0)
    proc.set_thread(1, ran=0.5)
    assert proc.read(1.0).cpu == 7.0


def test_a_reader_that_was_not_run_itself_does_not_call_the_job_idle(proc: Proc) -> None:
    proc.set_thread(1, ran=0.0)
    assert proc.read(3600.0).idle == MAX_STEP_SECONDS


def test_a_job_that_is_gone_keeps_its_times(proc: Proc, tmp_path: Path) -> None:
    proc.set_thread(1, ran=0.5)
    before = proc.read(1.0)
    (tmp_path / "task").rename(tmp_path / "gone")
    after = proc.read(2.0)
    assert (after.cpu, after.idle, after.elapsed) == (before.cpu, before.idle, 2.0)


@pytest.mark.parametrize(
    ("times", "killed"),
    [
        (JobTimes(elapsed=90, cpu=9, waiting=79, idle=2), None),
        (JobTimes(elapsed=11, cpu=10.5), "cpu"),
        (JobTimes(elapsed=11, cpu=1, idle=5.5), "idle"),
        (JobTimes(elapsed=101, cpu=4, waiting=96, idle=1), "starved"),
        (JobTimes(elapsed=80, cpu=4, idle=1, helped=61), "cpu"),
    ],
    ids=["busy machine", "computing", "sleeping", "starved", "formulas"],
)
def test_only_computing_and_sleeping_are_the_scenes_own_fault(times: JobTimes, killed: str | None) -> None:
    exceeded = find_exceeded_time(times, LIMITS)
    assert (exceeded and exceeded[0]) == killed


def _spin(*, core: int, politely: bool) -> subprocess.Popen[bytes]:
    policy = "os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0));" if politely else ""
    code = f"import os; os.sched_setaffinity(0, {{{core}}}); {policy}\nwhile True: pass"
    return subprocess.Popen([sys.executable, "-I", "-S", "-c", code])


@pytest.fixture
def start() -> Iterator[Callable[..., int]]:
    started: list[subprocess.Popen[bytes]] = []

    def start_process(process: subprocess.Popen[bytes]) -> int:
        started.append(process)
        return process.pid

    yield start_process
    for process in started:
        process.kill()
        process.wait()


def _read_until(clock: JobClock, condition: Callable[[JobTimes], bool]) -> JobTimes:
    deadline = time.monotonic() + 60
    while not condition(times := clock.read()):
        assert time.monotonic() < deadline, times
        time.sleep(0.05)
    return times


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this kernel counts no time in run queues")
def test_a_process_that_gets_no_processor_is_seen_waiting_and_not_sleeping(start: Callable[..., int]) -> None:
    core = min(os.sched_getaffinity(0))
    start(_spin(core=core, politely=False))
    starved = start(_spin(core=core, politely=True))
    times = _read_until(JobClock(f"/proc/{starved}"), lambda times: times.waiting + times.cpu > 1)
    assert times.waiting > times.cpu
    assert times.idle < 0.5


@pytest.mark.slow
def test_a_process_that_sleeps_is_seen_idle(start: Callable[..., int]) -> None:
    sleeper = start(subprocess.Popen(["sleep", "600"]))
    times = _read_until(JobClock(f"/proc/{sleeper}"), lambda times: times.idle > 0.3)
    assert times.cpu < 0.3
