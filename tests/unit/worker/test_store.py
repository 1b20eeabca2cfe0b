"""The object store, against a real S3 server."""

from __future__ import annotations

from pathlib import Path

import pytest

from lectern.contracts.ids import new_id
from lectern.worker import Missing, ObjectStore, Settings, Transient
from lectern.worker.store import open_store


async def test_what_is_put_is_got_with_its_media_type(store: ObjectStore) -> None:
    key = f"t/{new_id()}"
    await store.put(key, b"hello", "text/plain")
    assert await store.get(key) == b"hello"
    info = await store.head(key)
    assert info is not None
    assert (info.size, info.media_type) == (5, "text/plain")


async def test_an_absent_object_is_missing_and_its_head_is_none(store: ObjectStore) -> None:
    with pytest.raises(Missing, match="is not in the store"):
        await store.get("t/absent")
    assert await store.head("t/absent") is None


async def test_a_large_file_makes_the_round_trip(store: ObjectStore, tmp_path: Path) -> None:
    source, copy = tmp_path / "a", tmp_path / "b"
    source.write_bytes(bytes(range(256)) * 80_000)  # 20 MB: more than one part
    key = f"t/{new_id()}"
    await store.put_file(key, source, "application/octet-stream")
    await store.get_file(key, copy)
    assert copy.read_bytes() == source.read_bytes()


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 9), (5, None), (300_000, 600_001), (999_999, None)])
async def test_a_range_is_exact_whether_or_not_the_store_honours_ranges(
    store: ObjectStore, start: int, end: int | None
) -> None:
    data = bytes(i % 251 for i in range(1_000_000))
    key = f"t/{new_id()}"
    await store.put(key, data, "application/octet-stream")
    got = b"".join([piece async for piece in store.stream(key, start, end)])
    assert got == data[start : None if end is None else end + 1]


async def test_a_prefix_is_deleted_and_nothing_else(store: ObjectStore) -> None:
    mine = new_id()
    for name in (f"t/{mine}/a", f"t/{mine}/b/c", f"t/{mine}x"):
        await store.put(name, b"x", "text/plain")
    assert await store.delete_prefix(f"t/{mine}/") == 2
    assert await store.head(f"t/{mine}x") is not None
    assert await store.head(f"t/{mine}/a") is None


async def test_a_store_that_is_away_is_transient_and_keeps_its_secrets(settings: Settings) -> None:
    away = settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9"})
    async with open_store(away) as store:
        with pytest.raises(Transient) as failure:
            await store.get("t/any")
    said = str(failure.value)
    assert "cannot be reached" in said
    assert settings.s3_secret_key.get_secret_value() not in said
    assert settings.s3_access_key not in said
