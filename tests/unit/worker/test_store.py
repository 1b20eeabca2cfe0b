"""The object store, against a real S3 server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from servers import s3_server

from lectern.cli.runner.home import BUCKET
from lectern.contracts.ids import new_id
from lectern.worker import Missing, ObjectStore, Settings, Transient, Unavailable
from lectern.worker.store import open_store
from lectern.worker.testing import MemoryObjectStore

KEYS = ("key", "a-secret-of-some-length")


@pytest.fixture(params=["memory", "s3"])
def any_store(request: pytest.FixtureRequest) -> ObjectStore:
    """The double, and the real thing."""
    if request.param == "memory":
        return MemoryObjectStore()
    found: ObjectStore = request.getfixturevalue("store")
    return found


async def test_what_is_put_is_got_with_its_media_type(any_store: ObjectStore) -> None:
    key = f"t/{new_id()}"
    await any_store.put(key, b"hello", "text/plain")
    assert await any_store.get(key) == b"hello"
    info = await any_store.head(key)
    assert info is not None
    assert (info.size, info.media_type) == (5, "text/plain")


async def test_an_absent_object_is_missing_and_its_head_is_none(any_store: ObjectStore) -> None:
    with pytest.raises(Missing, match="is not in the store"):
        await any_store.get("t/absent")
    assert await any_store.head("t/absent") is None


async def test_a_large_file_makes_the_round_trip(any_store: ObjectStore, tmp_path: Path) -> None:
    source, copy = tmp_path / "a", tmp_path / "b"
    source.write_bytes(bytes(range(256)) * 80_000)  # 20 MB: more than one part
    key = f"t/{new_id()}"
    await any_store.put_file(key, source, "application/octet-stream")
    await any_store.get_file(key, copy)
    assert copy.read_bytes() == source.read_bytes()


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 9), (5, None), (300_000, 600_001), (999_999, None)])
async def test_a_range_is_exact_whether_or_not_the_store_honours_ranges(
    any_store: ObjectStore, start: int, end: int | None
) -> None:
    data = bytes(i % 251 for i in range(1_000_000))
    key = f"t/{new_id()}"
    await any_store.put(key, data, "application/octet-stream")
    got = b"".join([piece async for piece in any_store.stream(key, start, end)])
    assert got == data[start : None if end is None else end + 1]


async def test_a_store_is_reached_by_its_address_where_its_name_is_not_resolved(settings: Settings) -> None:
    named = {"s3_endpoint": settings.s3_endpoint.replace("127.0.0.1", "store.invalid")}
    async with open_store(settings.model_copy(update={**named, "s3_address": "127.0.0.1"})) as store:
        await store.put("t/by-address", b"hello", "text/plain")
        assert await store.get("t/by-address") == b"hello"
        assert "//store.invalid:" in await store.presign("t/by-address", 60), "clients use the endpoint's own name"


async def fetch(url: str, **headers: str) -> tuple[int, bytes]:
    """What somebody with nothing but a URL is answered."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(url, headers=headers)
        return answer.status_code, answer.content


async def test_a_presigned_url_gives_the_object_and_its_ranges_as_players_ask_for_them(store: ObjectStore) -> None:
    key = f"t/{new_id()}"
    await store.put(key, b"0123456789", "text/plain")
    url = await store.presign(key, 60)
    assert await fetch(url) == (200, b"0123456789")
    assert await fetch(url, Range="bytes=2-4") == (206, b"234")
    assert (await fetch(url, Range="bytes=20-30"))[0] == 416


async def test_a_presigned_url_for_one_object_opens_no_other_and_no_longer(store: ObjectStore) -> None:
    key, other = f"t/{new_id()}", f"t/{new_id()}"
    for each in (key, other):
        await store.put(each, b"film", "text/plain")
    url = await store.presign(key, 60)
    assert (await fetch(url.replace(key, other)))[0] == 403
    assert (await fetch(url.replace("Expires=60", "Expires=6000")))[0] == 403
    assert (await fetch(url.partition("?")[0]))[0] == 403


@pytest.mark.slow
async def test_an_unavailable_store_is_transient_and_its_error_contains_no_secrets(settings: Settings) -> None:
    unavailable = settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9"})
    async with open_store(unavailable) as store:
        with pytest.raises(Transient) as failure:
            await store.get("t/any")
    message = str(failure.value)
    assert "cannot be reached" in message
    assert settings.s3_secret_key.get_secret_value() not in message
    assert settings.s3_access_key not in message


@pytest.mark.parametrize(
    ("changed", "said", "remedy"),
    [
        ({"s3_secret_key": SecretStr("another-secret")}, "does not let Lectern in", "LECTERN_S3_SECRET_KEY"),
        ({"s3_bucket": "no-such-bucket"}, "no such bucket", "LECTERN_S3_BUCKET"),
    ],
    ids=["wrong key", "no bucket"],
)
async def test_a_store_that_is_set_up_wrongly_is_waited_for_and_the_problem_says_what_to_do(
    tmp_path: Path, settings: Settings, changed: dict[str, Any], said: str, remedy: str
) -> None:
    with s3_server(tmp_path, keys=KEYS) as served:
        right = {
            "s3_endpoint": served.endpoint,
            "s3_bucket": BUCKET,
            "s3_access_key": KEYS[0],
            "s3_secret_key": SecretStr(KEYS[1]),
        }
        async with open_store(settings.model_copy(update={**right, **changed})) as store:
            for asking in (store.get("t/x"), store.put("t/x", b"x", "text/plain")):
                with pytest.raises(Unavailable, match=said) as refused:
                    await asking
                assert remedy in refused.value.problem.remedy
            with pytest.raises(Unavailable):
                await store.check()


async def test_objects_are_listed_by_prefix_and_deleted_once_or_twice(any_store: ObjectStore) -> None:
    folder = f"t/{new_id()}/"
    keys = [f"{folder}{name}" for name in ("a", "b/c", "b/d e+f.mp4")]
    for key in (*keys, folder.replace("/", "x", 1) + "other"):
        await any_store.put(key, b"1", "text/plain")
    assert await any_store.list_keys(folder) == keys
    for key in keys[1:]:
        await any_store.delete(key)
        await any_store.delete(key)
    assert await any_store.list_keys(folder) == keys[:1]
    assert await any_store.list_keys("t/nothing/") == []
