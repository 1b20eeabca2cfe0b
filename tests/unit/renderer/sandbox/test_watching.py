"""What the watcher reads from a job: its progress lines, and its disk usage."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.renderer.sandbox.disk_usage import measure_disk_usage
from lectern.renderer.sandbox.progress_lines import ProgressLines

Reports = list[tuple[int, int]]


def parse_progress(*pieces: bytes) -> Reports:
    reports: Reports = []
    lines = ProgressLines(lambda frames, of: reports.append((frames, of)))
    for piece in pieces:
        lines(piece)
    return reports


def test_progress_may_arrive_in_pieces() -> None:
    assert parse_progress(b'{"frames": 1', b'0, "of": 20}\n') == [(10, 20)]


def test_the_last_frame_is_always_reported() -> None:
    assert parse_progress(b'{"frames": 1, "of": 2}\n', b'{"frames": 2, "of": 2}\n') == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "line",
    [
        b"", b"null", b"[1, 2]", b'{"frames": -1, "of": 2}', b'{"frames": 3, "of": 2}', b'{"frames": true, "of": true}',
        b'{"frames": 1.5, "of": 2}', b'{"frames": 1e999, "of": 2}', b'{"of": 2}', b"\xff\xfe", b"[" * 190, b" " * 300,
        b'{"frames": 1, "of": 99999999999999}',
    ],
)  # fmt: skip
def test_absurd_progress_is_dropped(line: bytes) -> None:
    assert parse_progress(line + b"\n") == []


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_reported_progress_is_always_within_its_bounds(pieces: list[bytes]) -> None:
    assert all(0 <= frames <= of for frames, of in parse_progress(*pieces))


def test_disk_usage_counts_files_folders_and_unlinked_bytes(tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/file").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/usr")
    handle = os.open(tmp_path, os.O_RDONLY)
    size, files = measure_disk_usage(handle, "/proc/0", 100)
    assert files == 4
    assert 100_000 <= size < 200_000
    with open(tmp_path / "hidden", "wb") as hidden:
        hidden.write(b"x" * 500_000)
        hidden.flush()
        (tmp_path / "hidden").unlink()
        assert measure_disk_usage(handle, f"/proc/{os.getpid()}", 100)[0] >= size + 500_000
    os.close(handle)


def test_counting_stops_once_the_limit_is_exceeded(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / str(number)).touch()
    handle = os.open(tmp_path, os.O_RDONLY)
    assert measure_disk_usage(handle, "/proc/0", 10)[1] == 11
    os.close(handle)
