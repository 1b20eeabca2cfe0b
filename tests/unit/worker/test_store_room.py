"""The room of a store on this machine: what is measured, and when nothing new should begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from lectern.worker import RoomWatch, Settings, StoreRoom, measure_room

GB = 10**9


@pytest.mark.parametrize(
    ("free", "used", "limit", "shortage"),
    [
        (2 * GB, 50 * GB, 0, ""),
        (GB - 1, 50 * GB, 0, "the disk of the object store has 1000 MB left of 100.0 GB"),
        (9 * GB, 5 * GB - 1, 5 * GB, ""),
        (9 * GB, 5 * GB, 5 * GB, "the object store holds 5.0 GB, and may hold 5.0 GB"),
    ],
)
def test_nothing_new_begins_without_room(free: int, used: int, limit: int, shortage: str) -> None:
    room = StoreRoom(total=100 * GB, free=free, used=used, kept_free=GB, limit=limit)
    assert room.describe_shortage().partition(";")[0] == shortage


def test_what_the_folder_takes_is_measured_and_a_small_disk_keeps_little_free(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    before = measure_room(Settings(s3_folder=tmp_path, disk_reserve_mb=10**9))
    (tmp_path / "data/1.dat").write_bytes(bytes(3_000_000))
    room = measure_room(Settings(s3_folder=tmp_path, disk_reserve_mb=10**9))
    assert before is not None
    assert room is not None
    assert 3_000_000 <= room.used - before.used < 3_100_000
    assert room.kept_free == room.total // 20
    small = measure_room(Settings(s3_folder=tmp_path, disk_reserve_mb=1))
    assert small is not None
    assert small.kept_free == 1_000_000


async def test_of_a_store_elsewhere_nothing_is_known(tmp_path: Path) -> None:
    assert await RoomWatch(Settings()).look() is None
    assert await RoomWatch(Settings(s3_folder=tmp_path / "absent")).look() is None


async def test_the_disk_is_not_looked_at_for_each_request(tmp_path: Path) -> None:
    watch = RoomWatch(Settings(s3_folder=tmp_path), hold=600)
    first = await watch.look()
    (tmp_path / "1.dat").write_bytes(bytes(3_000_000))
    assert await watch.look() is first
