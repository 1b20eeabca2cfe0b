"""Deletes what has expired from a store that enforces no rules. What videos share is counted by the log."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from lectern.contracts import keys
from lectern.contracts.topology import DAY, REUSE_DAYS
from lectern.worker.named_entries import FindNamed
from lectern.worker.retention import ExpiryRule, declare_rules
from lectern.worker.s3_store import describe_failure, open_client
from lectern.worker.settings import Settings

UNUSED_DAYS = REUSE_DAYS + 1  # what is older was not used for a day: a use writes what is older than REUSE_DAYS again
_CACHE = "cache/"
_COUNTED = frozenset({"cache/narration", "cache/code", "cache/footage"})  # what events name


class _StoredEntry(msgspec.Struct, frozen=True):
    """An object of a listing; `written` in UTC."""

    key: str
    written: datetime.datetime


async def delete_expired(settings: Settings, now: datetime.datetime, find_named: FindNamed | None) -> int:
    """Deletes what the declared rules say; returns how many objects. Raises Unavailable when the store is.

    With `find_named`, whose errors are raised, narrations, code and footage stay while an event names them, and go when
    none does and they were not used for UNUSED_DAYS.
    """
    deleted = 0
    async with open_client(settings) as client:
        bucket = settings.s3_bucket
        try:
            for rule in declare_rules(settings):
                if rule.days and rule.prefix == _CACHE and find_named:
                    deleted += await _delete_unused(client, bucket, rule, now, find_named)
                elif rule.days:
                    old = [entry async for entry in _list_older(client, bucket, rule.prefix, _go_back(now, rule.days))]
                    deleted += await _delete_unchanged(client, bucket, old)
        except (ClientError, BotoCoreError) as error:
            raise describe_failure(error, bucket) from error
    return deleted


async def _delete_unused(
    client: Any, bucket: str, rule: ExpiryRule, now: datetime.datetime, find_named: FindNamed
) -> int:
    expired = _go_back(now, rule.days)
    counted: defaultdict[str, list[_StoredEntry]] = defaultdict(list)
    old = []
    async for entry in _list_older(client, bucket, rule.prefix, _go_back(now, min(rule.days, UNUSED_DAYS))):
        if keys.describe(entry.key) in _COUNTED:
            counted[keys.name_entry(entry.key)].append(entry)
        elif entry.written < expired:
            old.append(entry)
    named = await find_named(counted.keys()) if counted else ()
    for name in counted.keys() - {*named}:
        old += counted[name]
    return await _delete_unchanged(client, bucket, old)


async def _list_older(client: Any, bucket: str, prefix: str, limit: datetime.datetime) -> AsyncIterator[_StoredEntry]:
    async for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", ()):
            if entry["LastModified"] < limit:
                yield _StoredEntry(entry["Key"], entry["LastModified"])


async def _delete_unchanged(client: Any, bucket: str, entries: Iterable[_StoredEntry]) -> int:
    """Deletes objects, other than those that were written again since they were listed: somebody uses them again."""
    deleted = 0
    for entry in entries:
        page = await client.list_objects_v2(Bucket=bucket, Prefix=entry.key, MaxKeys=1)
        if [(each["Key"], each["LastModified"]) for each in page.get("Contents", ())] == [(entry.key, entry.written)]:
            await client.delete_object(Bucket=bucket, Key=entry.key)
            deleted += 1
    return deleted


def _go_back(now: datetime.datetime, days: int) -> datetime.datetime:
    return now - datetime.timedelta(seconds=days * DAY)
