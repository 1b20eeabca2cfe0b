"""What the watcher reads from a job: its progress lines, and its disk usage."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.renderer.sandbox.disk_usage import (
    MAX_DEPTH,
    MAX_LOOK_SECONDS,
    has_lost_its_first_thread,
    measure_deleted_files,
    measure_folder,
)
from lectern.renderer.sandbox.forked_job import MAX_PROBE_OUTPUT
from lectern.renderer.sandbox.job_clock import JobTimes
from lectern.renderer.sandbox.message_socket import MAX_MESSAGE_BYTES, MessageSocket
from lectern.renderer.sandbox.messages import MAX_REASON_LENGTH, JobEnded
from lectern.renderer.sandbox.processor_demand import WINDOW_SECONDS, ProcessorDemand
from lectern.renderer.sandbox.progress_lines import REPORT_INTERVAL, ProgressLines
from lectern.renderer.sandbox.watcher import LOG_TAIL_BYTES, decode_tail

Reports = list[tuple[int, int]]


def parse_progress(*pieces: bytes, ordered: int = 20) -> Reports:
    reports: Reports = []
    lines = ProgressLines(ordered, lambda frames, of: reports.append((frames, of)))
    for piece in pieces:
        lines(piece)
    return reports


def write_line(frames: int, of: int = 20) -> bytes:
    return b'{"frames": %d, "of": %d}\n' % (frames, of)


def test_progress_may_arrive_in_pieces() -> None:
    assert parse_progress(b'{"frames": 1', b'0, "of": 20}\n') == [(10, 20)]


def test_the_last_frame_is_always_reported_and_only_once() -> None:
    assert parse_progress(write_line(1), write_line(2), *[write_line(20)] * 9) == [(1, 20), (20, 20)]


def test_progress_is_a_part_of_what_was_ordered_whatever_the_job_says() -> None:
    assert parse_progress(write_line(3, of=3), ordered=20) == [(3, 20)]
    assert parse_progress(write_line(21, of=99), ordered=20) == []
    assert parse_progress(write_line(0, of=0), ordered=0) == [(0, 0)]


def test_claims_of_being_done_with_ever_other_numbers_are_no_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    """`frames` equal to `of` passes for the last frame in a job that names its own total."""
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    flood = [write_line(frames, of=frames) for frames in (1, 2) * 500]
    assert parse_progress(*flood) == [(1, 20)]


def test_progress_only_rises(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(step=REPORT_INTERVAL)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    assert parse_progress(*map(write_line, (1, 5, 4, 5, 6, 0, 20, 6))) == [(1, 20), (5, 20), (6, 20), (20, 20)]


def test_progress_is_reported_at_intervals_however_often_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(step=REPORT_INTERVAL / 10)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    reports = parse_progress(*(write_line(frames, of=1000) for frames in range(1000)), ordered=1000)
    assert 90 <= len(reports) <= 101


@pytest.mark.parametrize(
    "line",
    [
        b"", b"null", b"[1, 2]", b'{"frames": -1, "of": 2}', b'{"frames": 21, "of": 2}', b'{"frames": true, "of": true}',
        b'{"frames": 1.5, "of": 2}', b'{"frames": 1e999, "of": 2}', b'{"of": 2}', b"\xff\xfe", b"[" * 190, b" " * 300,
        b'{"frames": 99999999999999, "of": 99999999999999}',
    ],
)  # fmt: skip
def test_absurd_progress_is_dropped(line: bytes) -> None:
    assert parse_progress(line + b"\n") == []


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_reported_progress_is_always_within_its_bounds(pieces: list[bytes]) -> None:
    assert all(0 <= frames <= of == 20 for frames, of in parse_progress(*pieces))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    handle = os.open(tmp_path, os.O_RDONLY)
    yield handle
    os.close(handle)


def test_disk_usage_counts_files_folders_and_links(tmp_path: Path, folder: int) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/file").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/usr")
    usage = measure_folder(folder, 100)
    assert usage.files == 4
    assert 100_000 <= usage.size < 200_000
    assert usage.fault == ""


def test_counting_stops_once_the_limit_is_exceeded(tmp_path: Path, folder: int) -> None:
    for number in range(50):
        (tmp_path / str(number)).touch()
    assert measure_folder(folder, 10).files == 11


def test_folders_may_be_nested_only_so_deep(tmp_path: Path, folder: int) -> None:
    (tmp_path / "/".join("d" * (MAX_DEPTH - 1))).mkdir(parents=True)
    assert measure_folder(folder, 100).fault == ""
    (tmp_path / "/".join("d" * (MAX_DEPTH + 1))).mkdir(parents=True)
    assert f"more than {MAX_DEPTH} deep" in measure_folder(folder, 100).fault


def test_a_look_that_costs_too_much_is_given_up(tmp_path: Path, folder: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(300):
        (tmp_path / str(number)).touch()
    ticks = itertools.count(step=MAX_LOOK_SECONDS / 1.5)
    monkeypatch.setattr(time, "thread_time", lambda: next(ticks))
    usage = measure_folder(folder, 4096)
    assert "takes too long" in usage.fault
    assert usage.files < 300


def test_a_look_follows_no_link_and_opens_nothing_but_folders(tmp_path: Path, folder: int) -> None:
    (tmp_path / "link").symlink_to("/proc")
    os.mkfifo(tmp_path / "fifo")
    assert measure_folder(folder, 100).files == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read_is_a_fault(tmp_path: Path, folder: int) -> None:
    (tmp_path / "closed").mkdir(mode=0o300)
    assert "cannot be looked at" in measure_folder(folder, 100).fault


def test_deleted_files_count_once_however_many_descriptors_they_have(tmp_path: Path) -> None:
    own = f"/proc/{os.getpid()}"
    before = measure_deleted_files(own)
    with open(tmp_path / "hidden", "wb") as hidden:
        hidden.write(b"x" * 500_000)
        hidden.flush()
        assert measure_deleted_files(own) == before
        (tmp_path / "hidden").unlink()
        again = os.dup(hidden.fileno())
        assert 500_000 <= measure_deleted_files(own) - before < 600_000
        os.close(again)


@given(st.binary(max_size=3000).map(lambda log: log * 12))
def test_the_end_of_a_log_is_never_longer_than_promised(log: bytes) -> None:
    text = decode_tail(log[-LOG_TAIL_BYTES:])
    assert len(text.encode()) <= LOG_TAIL_BYTES
    assert decode_tail(b"all of a short log") == "all of a short log"


def test_a_message_that_might_not_be_sent_whole_is_refused_before_it_is_sent() -> None:
    ours, theirs = MessageSocket.pair()
    largest = JobEnded(id=1, exit_code=1, log_tail="x" * LOG_TAIL_BYTES, output=bytes(MAX_PROBE_OUTPUT),
                       reason="é" * MAX_REASON_LENGTH)  # fmt: skip
    ours.send(largest)
    assert theirs.receive() == (largest, [])
    with pytest.raises(ValueError, match="at most"):
        ours.send(msgspec.structs.replace(largest, log_tail="x" * MAX_MESSAGE_BYTES))
    ours.close()
    theirs.close()


HEADLESS = """
import ctypes, os, sys, threading
def hold():
    with open(sys.argv[1], "wb") as hidden:
        os.unlink(sys.argv[1])
        hidden.write(b"x" * 500_000)
        hidden.flush()
        print("written", flush=True)
        sys.stdin.read()
threading.Thread(target=hold).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
"""


def test_a_process_without_its_first_thread_is_seen_and_so_are_its_files(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HEADLESS, str(tmp_path / "hidden")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        proc = f"/proc/{process.pid}"
        deadline = time.monotonic() + 20
        while not has_lost_its_first_thread(proc):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert measure_deleted_files(proc) >= 500_000
        process.kill()
    assert not has_lost_its_first_thread(f"/proc/{os.getpid()}")


def observe(wanted: Callable[[float], float], seconds: float) -> list[float]:
    """Reads the demand of a job ten times a second; `wanted` is what it used or waited for until then."""
    demand = ProcessorDemand()
    return [demand.add(JobTimes(elapsed=t / 10, cpu=wanted(t / 10) / 2, waiting=wanted(t / 10) / 2))
            for t in range(int(seconds * 10))]  # fmt: skip


def test_a_job_that_wants_many_processors_for_long_is_noticed() -> None:
    averages = observe(lambda t: 8 * t, 2 * WINDOW_SECONDS)
    assert max(averages[: int(WINDOW_SECONDS * 10)]) == 0
    assert averages[-1] == pytest.approx(8)


def test_a_short_burst_is_no_demand_for_long() -> None:
    assert max(observe(lambda t: t + 4 * min(t, 0.5), 4 * WINDOW_SECONDS)) < 1.5


def test_greed_that_begins_late_is_noticed_within_a_window() -> None:
    averages = observe(lambda t: t + 7 * max(0.0, t - 60), 60 + WINDOW_SECONDS)
    assert max(averages[:590]) < 1.1
    assert averages[-1] > 7
