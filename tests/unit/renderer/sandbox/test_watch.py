"""The watcher: what hostile progress comes to, and how disk use is counted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.renderer.sandbox.watch import ProgressLines, usage

Seen = list[tuple[int, int]]


def heard(*pieces: bytes) -> Seen:
    seen: Seen = []
    lines = ProgressLines(lambda frames, of: seen.append((frames, of)))
    for piece in pieces:
        lines(piece)
    return seen


def test_progress_may_arrive_in_pieces() -> None:
    assert heard(b'{"frames": 1', b'0, "of": 20}\n') == [(10, 20)]


def test_the_last_frame_is_always_reported() -> None:
    assert heard(b'{"frames": 1, "of": 2}\n', b'{"frames": 2, "of": 2}\n') == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "line",
    [
        b"", b"null", b"[1, 2]", b'{"frames": -1, "of": 2}', b'{"frames": 3, "of": 2}', b'{"frames": true, "of": true}',
        b'{"frames": 1.5, "of": 2}', b'{"frames": 1e999, "of": 2}', b'{"of": 2}', b"\xff\xfe", b"[" * 190, b" " * 300,
        b'{"frames": 1, "of": 99999999999999}',
    ],
)  # fmt: skip
def test_absurd_progress_is_not_passed_on(line: bytes) -> None:
    assert heard(line + b"\n") == []


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_whatever_is_written_progress_is_sane(pieces: list[bytes]) -> None:
    assert all(0 <= frames <= of for frames, of in heard(*pieces))


def test_usage_counts_files_folders_and_hidden_bytes(tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/file").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/usr")
    handle = os.open(tmp_path, os.O_RDONLY)
    size, files = usage(handle, "/proc/0", 100)
    assert files == 4
    assert 100_000 <= size < 200_000
    with open(tmp_path / "hidden", "wb") as hidden:
        hidden.write(b"x" * 500_000)
        hidden.flush()
        (tmp_path / "hidden").unlink()
        assert usage(handle, f"/proc/{os.getpid()}", 100)[0] >= size + 500_000
    os.close(handle)


def test_counting_stops_where_the_limit_is_passed(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / str(number)).touch()
    handle = os.open(tmp_path, os.O_RDONLY)
    assert usage(handle, "/proc/0", 10)[1] == 11
    os.close(handle)
