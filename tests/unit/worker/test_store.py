"""The object store, against a real S3 server."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr
from servers import S3, s3_server

from lectern.cli.runner.home import BUCKET
from lectern.contracts.ids import new_id
from lectern.worker import Missing, ObjectStore, Settings, Transient, Unavailable, open_store
from lectern.worker.on_demand_store import OnDemandStore
from lectern.worker.s3_store import open_client
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


async def test_a_copy_is_an_object_of_its_own(any_store: ObjectStore) -> None:
    first, second = f"t/{new_id()}", f"t/{new_id()}"
    await any_store.put(first, b"hello", "text/plain")
    await any_store.put(second, b"overwritten", "image/png")
    await any_store.copy(first, second)
    await any_store.delete(first)
    assert await any_store.get(second) == b"hello"
    info = await any_store.head(second)
    assert info is not None
    assert (info.size, info.media_type) == (5, "text/plain")
    with pytest.raises(Missing):
        await any_store.copy(first, second)


async def test_a_copy_onto_itself_was_written_now(any_store: ObjectStore) -> None:
    key = f"t/{new_id()}"
    await any_store.put(key, b"hello", "text/plain")
    before = await any_store.head(key)
    await asyncio.sleep(1.1)  # stores tell seconds
    await any_store.copy(key, key)
    after = await any_store.head(key)
    assert before is not None
    assert after is not None
    assert before.written is not None
    assert after.written is not None
    assert before.written < after.written
    assert (await any_store.get(key), after.media_type) == (b"hello", "text/plain")


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


def status_of(error: ClientError) -> int:
    status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status


async def test_an_object_that_may_only_be_created_is_not_replaced(settings: Settings) -> None:
    key = f"t/{new_id()}"
    where = {"Bucket": settings.s3_bucket, "Key": key}
    async with open_client(settings) as client:
        await client.put_object(**where, Body=b"first", IfNoneMatch="*")
        with pytest.raises(ClientError) as refused:
            await client.put_object(**where, Body=b"second", IfNoneMatch="*")
        assert status_of(refused.value) == 412
        assert await (await client.get_object(**where))["Body"].read() == b"first"


async def test_of_sixteen_who_create_an_object_at_once_one_wins_and_its_bytes_are_kept(settings: Settings) -> None:
    where = {"Bucket": settings.s3_bucket, "Key": f"t/{new_id()}"}
    async with open_client(settings) as client:

        async def create(number: int) -> int:
            try:
                await client.put_object(**where, Body=f"{number}".encode(), IfNoneMatch="*")
            except ClientError as error:
                return status_of(error)
            return 200

        statuses = await asyncio.gather(*map(create, range(16)))
        assert sorted(statuses)[0] == 200
        assert set(sorted(statuses)[1:]) <= {409, 412}
        assert await (await client.get_object(**where))["Body"].read() == f"{statuses.index(200)}".encode()


async def test_a_wrong_secret_is_refused(settings: Settings) -> None:
    wrong = settings.model_copy(update={"s3_secret_key": SecretStr("another-secret")})
    async with open_client(wrong) as client:
        with pytest.raises(ClientError, match="SignatureDoesNotMatch") as refused:
            await client.put_object(Bucket=settings.s3_bucket, Key="t/refused", Body=b"x")
    assert status_of(refused.value) == 403


@pytest.mark.parametrize(("name", "algorithm"), [("ContentMD5", "md5"), ("ChecksumSHA256", "sha256")])
async def test_bytes_that_do_not_match_their_checksum_are_not_stored(
    settings: Settings, name: str, algorithm: str
) -> None:
    where = {"Bucket": settings.s3_bucket, "Key": f"t/{new_id()}"}
    wrong = base64.b64encode(hashlib.new(algorithm, b"other bytes").digest()).decode()
    async with open_client(settings) as client:
        with pytest.raises(ClientError) as refused:
            await client.put_object(**where, Body=b"bytes", **{name: wrong})
        assert status_of(refused.value) == 400
        with pytest.raises(ClientError, match="404"):
            await client.head_object(**where)


def settings_for(served: S3, settings: Settings) -> Settings:
    named = {"s3_endpoint": served.endpoint, "s3_access_key": served.access_key}
    return settings.model_copy(update={**named, "s3_secret_key": SecretStr(served.secret_key)})


@pytest.mark.slow
async def test_objects_outlive_a_store_that_is_killed(tmp_path: Path, settings: Settings) -> None:
    large = bytes(range(256)) * 20_000
    with s3_server(tmp_path, keys=KEYS) as served:
        async with open_store(settings_for(served, settings)) as store:
            await store.put("t/small", b"small", "text/plain")
            await store.put("t/large", large, "video/mp4")
    with s3_server(tmp_path, keys=KEYS) as served:  # the first was ended by SIGKILL
        async with open_store(settings_for(served, settings)) as store:
            assert await store.get("t/small") == b"small"
            assert await store.get("t/large") == large
            info = await store.head("t/large")
            assert info is not None
            assert (info.size, info.media_type) == (len(large), "video/mp4")


async def test_a_store_on_demand_is_connected_to_once_and_by_its_first_use() -> None:
    opened: list[MemoryObjectStore] = []

    async def connect() -> ObjectStore:
        await asyncio.sleep(0)
        opened.append(MemoryObjectStore())
        return opened[-1]

    store = OnDemandStore(connect)
    assert opened == []
    await asyncio.gather(*(store.put(f"t/{number}", b"hello", "text/plain") for number in range(3)))
    assert len(opened) == 1
    assert await store.list_keys("t/") == ["t/0", "t/1", "t/2"]
    assert b"".join([piece async for piece in store.stream("t/0", 1, 2)]) == b"el"


@pytest.mark.parametrize(("days", "renewed"), [(6, False), (8, True)])
async def test_what_is_used_again_after_a_week_lasts_as_if_it_was_written_then(days: int, *, renewed: bool) -> None:
    written = datetime.now(UTC) - timedelta(days=days)
    times = [written]
    store = MemoryObjectStore(clock=lambda: times[-1])
    await store.put("cache/t/shared", b"hello", "text/plain")
    times.append(datetime.now(UTC))
    assert await store.reuse("cache/t/absent") is None
    assert await store.reuse("cache/t/shared") is not None
    info = await store.head("cache/t/shared")
    assert info is not None
    assert (info.written != written) is renewed
    assert await store.get("cache/t/shared") == b"hello"
