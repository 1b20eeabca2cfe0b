"""The store's bucket and what expires in it, on a real S3 server."""

from __future__ import annotations

import datetime
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr, ValidationError

from lectern.contracts.ids import new_id
from lectern.contracts.topology import EVENT_DAYS
from lectern.worker import Retention, Settings, Unavailable, open_store
from lectern.worker.bucket import apply_rules, delete_expired, find_bucket
from lectern.worker.retention import declare_rules
from lectern.worker.s3_store import open_client

pytestmark = pytest.mark.slow  # each opens clients of its own

FOREIGN: list[dict[str, Any]] = [
    {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 3}},
    {
        "ID": "abort",
        "Status": "Disabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 5},
    },
]


@pytest.fixture
async def own(settings: Settings) -> Settings:
    """Settings that name an empty bucket without rules."""
    own = settings.model_copy(update={"s3_bucket": f"bucket-{new_id()}"})
    await find_bucket(own, make=True)
    return own


async def read_rules(settings: Settings) -> list[dict[str, Any]]:
    async with open_client(settings) as client:
        rules: list[dict[str, Any]] = (await client.get_bucket_lifecycle_configuration(Bucket=settings.s3_bucket))[
            "Rules"
        ]
    return sorted(rules, key=lambda rule: str(rule["ID"]))


async def write_rules(settings: Settings, rules: list[dict[str, Any]]) -> None:
    async with open_client(settings) as client:
        await client.put_bucket_lifecycle_configuration(
            Bucket=settings.s3_bucket, LifecycleConfiguration={"Rules": rules}
        )


async def test_a_missing_bucket_is_made_once_and_by_nobody_who_only_looks(settings: Settings) -> None:
    other = settings.model_copy(update={"s3_bucket": f"bucket-{new_id()}"})
    assert not await find_bucket(other, make=False)
    assert not await find_bucket(other, make=True)
    assert await find_bucket(other, make=False)


async def test_rules_are_reported_then_set_and_read_back_as_declared(own: Settings) -> None:
    missing = await apply_rules(own, change=False)
    assert missing.lines == [
        "store rule lectern-cache is missing: cache/ expires after 38 days",
        "store rule lectern-assets is missing: assets/ expires after 62 days",
        "store rule lectern-videos is missing: videos/ expires after 31 days",
    ]
    set_ = await apply_rules(own, change=True)
    assert set_.lines == ["store rule lectern-cache", "store rule lectern-assets", "store rule lectern-videos"]
    assert {
        (rule["ID"], rule["Filter"]["Prefix"], rule["Status"], rule["Expiration"]["Days"])
        for rule in await read_rules(own)
    } == {
        ("lectern-cache", "cache/", "Enabled", 38),
        ("lectern-assets", "assets/", "Enabled", 62),
        ("lectern-videos", "videos/", "Enabled", 31),
    }
    assert {rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] for rule in await read_rules(own)} == {7}
    assert not (await apply_rules(own, change=False)).lines
    assert not (await apply_rules(own, change=True)).lines


async def test_a_rule_that_somebody_changed_is_drift_until_it_is_set_again(own: Settings) -> None:
    await apply_rules(own, change=True)
    changed = await read_rules(own)
    changed[0]["Expiration"] = {"Days": 1}
    changed[2]["Status"] = "Disabled"
    await write_rules(own, changed)
    drift = [
        "store rule lectern-assets: days is 1, declared 62",
        "store rule lectern-videos: status is 'Disabled', declared 'Enabled'",
    ]
    assert (await apply_rules(own, change=False)).lines == drift
    assert (await apply_rules(own, change=True)).lines == ["store rule lectern-assets", "store rule lectern-videos"]
    assert not (await apply_rules(own, change=False)).lines


async def test_rules_of_others_stay_as_they_are(own: Settings) -> None:
    await write_rules(own, FOREIGN)
    before = await read_rules(own)
    await apply_rules(own, change=True)
    after = await read_rules(own)
    assert [rule for rule in after if not rule["ID"].startswith("lectern-")] == before
    assert len(after) == len(before) + 3


async def test_what_is_kept_for_good_has_no_rule_and_an_earlier_one_is_removed(own: Settings) -> None:
    await apply_rules(own, change=True)
    for_good = own.model_copy(update={"keep_video_days": 0})
    assert (await apply_rules(for_good, change=False)).lines == [
        "store rule lectern-assets deletes what is to be kept for good",
        "store rule lectern-videos deletes what is to be kept for good",
    ]
    await apply_rules(for_good, change=True)
    assert [rule["ID"] for rule in await read_rules(own)] == ["lectern-cache"]
    nothing = for_good.model_copy(update={"keep_cache_days": 0})
    await apply_rules(nothing, change=True)
    assert not (await apply_rules(nothing, change=False)).lines
    assert len((await apply_rules(own, change=False)).lines) == 3


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"keep_video_days": EVENT_DAYS}, "kept for longer"),
        ({"keep_history_days": 90}, "listed for 90 days"),
        ({"keep_history_days": 0}, "listed for good"),
        ({"keep_upload_days": 7}, "LECTERN_KEEP_UPLOAD_DAYS"),
        ({"keep_video_days": 0, "keep_upload_days": 7}, "LECTERN_KEEP_UPLOAD_DAYS"),
    ],
)
def test_nothing_is_forgotten_that_a_listed_video_needs(days: dict[str, int], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings(**days)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        ({}, [38, 62, 31]),
        ({"keep_history_days": 7, "keep_video_days": 8, "keep_cache_days": 15}, [15, 16, 8]),
        ({"keep_upload_days": 31}, [38, 31, 31]),
        ({"keep_history_days": 0, "keep_video_days": 0}, [38, 0, 0]),
    ],
)
def test_one_class_of_settings_says_what_expires_when(days: dict[str, int], kept: list[int]) -> None:
    assert [rule.days for rule in declare_rules(Retention(**days))] == kept  # type: ignore[arg-type]


@asynccontextmanager
async def unwilling_store(status: int, code: str) -> AsyncIterator[str]:
    """A store that answers all that concerns rules with an error."""

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=status, text=f"<Error><Code>{code}</Code><Message>no</Message></Error>")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        await web.SockSite(runner, listening).start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AccessDenied"), (501, "NotImplemented"), (405, "MethodNotAllowed")]
)
@pytest.mark.parametrize("change", [False, True])
async def test_a_store_that_sets_no_rules_is_told_about_with_what_to_set(
    settings: Settings, status: int, code: str, change: bool
) -> None:
    async with unwilling_store(status, code) as endpoint:
        report = await apply_rules(settings.model_copy(update={"s3_endpoint": endpoint}), change=change)
    assert not report.lines
    assert code in report.refusal
    assert "cache/ 38 days, assets/ 62 days, videos/ 31 days" in report.refusal
    assert settings.s3_access_key not in report.refusal


async def test_wrong_keys_are_no_refusal_of_rules_but_an_error(settings: Settings) -> None:
    wrong = settings.model_copy(update={"s3_secret_key": SecretStr("another-secret")})
    with pytest.raises(Unavailable, match="does not let Lectern in"):
        await apply_rules(wrong, change=False)


async def test_what_is_older_than_its_rule_is_deleted_and_nothing_else(own: Settings) -> None:
    keys = ["assets/a", "cache/footage/b.mp4", "other/c", "videos/d/r1/video.mp4"]
    now = datetime.datetime.now(datetime.UTC)
    async with open_store(own) as store:
        for key in keys:
            await store.put(key, b"1", "text/plain")
        assert await delete_expired(own, now + datetime.timedelta(days=30)) == 0
        assert await delete_expired(own, now + datetime.timedelta(days=31, hours=1)) == 1
        assert await store.list_keys("") == ["assets/a", "cache/footage/b.mp4", "other/c"], "what videos share, later"
        assert await delete_expired(own, now + datetime.timedelta(days=38, hours=1)) == 1
        assert await store.list_keys("") == ["assets/a", "other/c"]
        for_good = own.model_copy(update={"keep_video_days": 0})
        assert await delete_expired(for_good, now + datetime.timedelta(days=400)) == 0
        assert await delete_expired(own, now + datetime.timedelta(days=62, hours=1)) == 1
        assert await store.list_keys("") == ["other/c"]
