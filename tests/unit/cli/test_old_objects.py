"""Objects of a home that an earlier version made are moved into its store."""

from __future__ import annotations

from pathlib import Path

import pytest

from lectern.cli.runner.old_objects import move_old_objects
from lectern.cli.runner.stack import run_stack
from lectern.worker import Unavailable, connect
from lectern.worker.testing import MemoryObjectStore


def write(folder: Path, key: str, data: bytes = b"film") -> Path:
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


async def test_every_file_becomes_an_object_and_nothing_is_left(tmp_path: Path) -> None:
    folder, store = tmp_path / "objects" / "lectern", MemoryObjectStore()
    write(folder, "videos/a/1/video.mp4")
    write(folder, "cache/footage/b+c d.mp4", b"scene")
    (folder / "empty").mkdir()
    assert await move_old_objects(folder, store) == 2
    assert store.keys() == ["cache/footage/b+c d.mp4", "videos/a/1/video.mp4"]
    info = await store.head("videos/a/1/video.mp4")
    assert info is not None
    assert (info.size, info.media_type) == (4, "video/mp4")
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_cannot_be_stored_stays_and_is_moved_next_time(tmp_path: Path) -> None:
    folder, store = tmp_path / "objects" / "lectern", MemoryObjectStore()
    path = write(folder, "videos/a/1/video.mp4")
    store.available = False
    with pytest.raises(Unavailable):
        await move_old_objects(folder, store)
    assert path.read_bytes() == b"film"
    store.available = True
    assert await move_old_objects(folder, store) == 1


async def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder, store = tmp_path / "objects" / "lectern", MemoryObjectStore()
    secret = write(tmp_path, "elsewhere/secret")
    folder.mkdir(parents=True)
    (folder / "link").symlink_to(secret)
    (folder / "tree").symlink_to(secret.parent)
    assert await move_old_objects(folder, store) == 0
    assert store.keys() == []
    assert secret.exists()


async def test_a_home_without_such_objects_is_left_as_it_is(tmp_path: Path) -> None:
    assert await move_old_objects(tmp_path / "objects" / "lectern", MemoryObjectStore()) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
async def test_a_video_of_an_earlier_version_is_in_the_store_when_the_runner_is_ready(tmp_path: Path) -> None:
    write(tmp_path / "objects" / "lectern", "videos/a/1/video.mp4")
    async with run_stack(tmp_path, services=[]) as stack, connect(stack.settings) as connections:
        assert await connections.store.get("videos/a/1/video.mp4") == b"film"
    assert not (tmp_path / "objects").exists()
