"""A store of this machine whose disk is full: what its error says, and that it recovers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from servers import s3_server

from lectern.worker import ObjectStore, Settings, Unavailable, open_store

pytestmark = pytest.mark.slow
BALLAST = 30_000_000  # bytes of the disk that are freed
OBJECT = 2_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 64 megabytes."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(tmp_path)], check=False)
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


async def fill(store: ObjectStore, data: bytes, stored: list[str]) -> None:
    """Stores objects until it fails; `stored` has the keys of those that were."""
    for number in range(64_000_000 // OBJECT):
        await store.put(f"t/{number}", data, "video/mp4")
        stored.append(f"t/{number}")


async def test_a_full_disk_is_named_loses_nothing_and_is_over_once_there_is_space(
    small_disk: Path, settings: Settings
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    data = os.urandom(OBJECT)
    with s3_server(small_disk) as served:
        local = {
            "s3_endpoint": served.endpoint,
            "s3_access_key": served.access_key,
            "s3_secret_key": SecretStr(served.secret_key),
            "s3_folder": small_disk,
        }
        async with open_store(settings.model_copy(update=local)) as store:
            stored: list[str] = []
            with pytest.raises(Unavailable, match="the disk of the object store is full") as full:
                await fill(store, data, stored)
            assert full.value.problem.code == "store-full"
            assert "Free some space" in full.value.problem.remedy
            with pytest.raises(Unavailable, match="disk of the object store is full"):
                await store.check()
            assert stored
            for key in stored:
                assert await store.get(key) == data
            ballast.unlink()
            await store.check()
            await store.put("t/again", data, "video/mp4")
            await store.check()
            assert await store.get("t/again") == data
