"""What waits is asked of the server by one gateway at a time, and shown by all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import msgspec
import nats.errors
import pytest
from unit.gateway.gateways import wait_until
from unit.worker.pipeline_events import planned

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.topology import VIDEOS
from lectern.gateway import log_watch
from lectern.gateway.log_report import LogReport, read_report
from lectern.gateway.log_watch import LogWatch
from lectern.gateway.views import VERSION, View, Views
from lectern.gateway.watch_metrics import WatchMetrics
from lectern.gateway.work_watch import count_videos
from lectern.worker import Connections, ConsumerBacklog, DeadLetter, Meter, StreamReport
from lectern.worker.testing import MemoryBus, MemoryKeyValueStore

FAST = {"consumer": "voice-fast", "stage": "voice", "lane": "fast"}


class Shown:
    """A gateway's metrics of what waits."""

    def __init__(self) -> None:
        self.meter = Meter()
        self.metrics = WatchMetrics(self.meter)

    def read(self, name: str, /, **labels: str) -> float | None:
        value = self.meter.registry.get_sample_value(name, labels)
        return None if value is not None and value != value else value


def report(gateway: str = "another", **fields: object) -> LogReport:
    return LogReport(
        **{  # type: ignore[arg-type]
            "gateway": gateway, "at": e.now(), "backlogs": (), "dead": {}, "streams": (), "used": 7, "limit": 0, **fields,
        }
    )  # fmt: skip


@asynccontextmanager
async def watching(*watches: LogWatch) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        running = [asyncio.create_task(watch.run(stop)) for watch in watches]
        stack.push_async_callback(asyncio.gather, *running)
        stack.callback(stop.set)
        yield


async def test_a_consumers_backlog_and_the_age_of_its_oldest_message_are_shown(server_connections: Connections) -> None:
    first, second = planned(new_id()), planned(new_id())
    for event in (first, second):
        await server_connections.event_log.publish(event)
    pulling = await server_connections.nats.jetstream().pull_subscribe_bind("voice-fast", VIDEOS)
    [message] = await pulling.fetch(1)
    problem = Problem(code="x", title="x", detail="It broke.", remedy="Mend it.")
    await server_connections.dead_letters.store(
        DeadLetter(stage="coder", consumer="coder-fast", subject=message.subject, sequence=9, data=b"{}",
                   problem=problem, reason="x")
    )  # fmt: skip
    shown = Shown()
    found = await read_report(server_connections.nats, "me")
    shown.metrics.show(msgspec.structs.replace(found, at=found.at + timedelta(seconds=60)))
    assert shown.read("lectern_consumer_pending_messages", **FAST) == 1
    assert shown.read("lectern_consumer_unacked_messages", **FAST) == 1
    assert 60 <= (shown.read("lectern_consumer_oldest_message_age_seconds", **FAST) or 0) < 90
    renderer = {"consumer": "renderer-bulk", "stage": "renderer", "lane": "bulk"}
    assert shown.read("lectern_consumer_oldest_message_age_seconds", **renderer) == 0
    projector = {"consumer": "gateway-projector", "stage": "", "lane": ""}
    assert shown.read("lectern_consumer_pending_messages", **projector) == 2
    assert shown.read("lectern_dead_letters_stored", stage="coder") == 1
    assert shown.read("lectern_dead_letters_stored", stage="voice") == 0
    assert shown.read("lectern_log_messages", stream=VIDEOS) == 2
    assert shown.read("lectern_log_replicas", stream=VIDEOS, state="current") == 1
    assert (shown.read("lectern_log_storage_used_bytes") or 0) > 0
    await message.ack()
    await pulling.unsubscribe()


async def test_of_several_gateways_one_asks_and_all_show(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def read(_: object, gateway: str) -> LogReport:
        asked.append(gateway)
        return report(gateway, used=len(asked))

    monkeypatch.setattr(log_watch, "read_report", read)
    bus, gateways = MemoryBus(), [Shown() for _ in range(5)]
    watches = [LogWatch(None, bus, each.metrics, interval=0.1) for each in gateways]  # type: ignore[arg-type]
    async with watching(*watches):

        async def was_asked_again() -> bool:
            return len(asked) >= 5 + 6

        started = time.monotonic()
        await wait_until(was_asked_again, 30)
        assert len(set(asked[:5])) == 5, "who starts wants to know at once"
        alone = (time.monotonic() - started) / (0.1 * (1 + log_watch.SPREAD))
        assert len(asked) - 5 < 5 * alone / 2, "and then one asks for most"

        async def is_shown_by_all() -> bool:
            return len({each.read("lectern_log_storage_used_bytes") for each in gateways}) == 1

        await wait_until(is_shown_by_all)


async def test_nothing_old_is_shown_while_the_server_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([True])

    async def read(_: object, gateway: str) -> LogReport:
        if next(answers, False):
            return report(
                gateway,
                streams=(StreamReport(name=VIDEOS, messages=1, bytes=1, leader="", current=1, behind=0, offline=0),),
            )
        raise nats.errors.TimeoutError

    monkeypatch.setattr(log_watch, "read_report", read)
    shown = Shown()
    async with watching(LogWatch(None, MemoryBus(), shown.metrics, interval=0.05)):  # type: ignore[arg-type]

        async def is_gone() -> bool:
            return shown.read("lectern_log_messages", stream=VIDEOS) is None

        async def is_shown() -> bool:
            return not await is_gone()

        await wait_until(is_shown)
        await wait_until(is_gone)
    assert shown.read("lectern_log_storage_used_bytes") is None
    assert shown.read("lectern_log_watch_timestamp_seconds"), "it tells since when"


async def test_a_report_of_another_version_is_left_out() -> None:
    shown, bus = Shown(), MemoryBus()
    watch = LogWatch(None, bus, shown.metrics)  # type: ignore[arg-type]
    async with bus.listening(subjects.LOG_REPORTS, watch._on_report):
        await bus.publish(subjects.LOG_REPORTS, b'{"unknown": 1}')
        await bus.publish(subjects.LOG_REPORTS, msgspec.json.encode(report()))
    assert shown.read("lectern_log_storage_used_bytes") == 7


def test_a_consumer_that_is_gone_is_not_shown_as_it_was() -> None:
    shown = Shown()
    backlog = ConsumerBacklog(consumer="voice-fast", pending=3, in_hand=0)
    shown.metrics.show(report(backlogs=(backlog,)))
    assert shown.read("lectern_consumer_pending_messages", **FAST) == 3
    shown.metrics.show(report())
    assert shown.read("lectern_consumer_pending_messages", **FAST) is None


def test_a_stream_that_nobody_declared_has_no_series() -> None:
    shown = Shown()
    stray = StreamReport(name="of-somebody-else", messages=1, bytes=1, leader="", current=1, behind=0, offline=0)
    shown.metrics.show(report(streams=(stray,)))
    assert shown.read("lectern_log_messages", stream="other") is None


async def test_videos_in_which_nothing_happens_are_told() -> None:
    shown, views, now = Shown(), Views(MemoryKeyValueStore()), e.now()
    await views.start()

    def view(status: str, minutes: float) -> View:
        return View(
            version=VERSION, seq=1, events=1, status=status, summary=msgspec.Raw(b"null"),
            changed_at=now - timedelta(minutes=minutes),
        )  # fmt: skip

    for status, minutes in (
        ("in_progress", 1),
        ("in_progress", 20),
        ("queued", 2),
        ("awaiting_approval", 900),
        ("completed", 9000),
    ):
        await views.write(new_id(), view(status, minutes))

    async def are_mirrored() -> bool:
        return len(list(views.list_all())) == 5

    await wait_until(are_mirrored)
    count_videos(views, shown.metrics)
    await views.close()
    counts = [
        shown.read("lectern_videos_active", status=status) for status in ("queued", "in_progress", "awaiting_approval")
    ]
    assert counts == [1, 2, 1]
    assert shown.read("lectern_videos_stalled") == 1
    assert (shown.read("lectern_video_oldest_change_age_seconds") or 0) == pytest.approx(1200, abs=30)


def test_webhooks_that_wait_are_told() -> None:
    shown = Shown()
    shown.metrics.show_webhooks(3, 60.0)
    assert shown.read("lectern_webhook_deliveries_waiting") == 3
    assert shown.read("lectern_webhook_oldest_due_age_seconds") == 60


def test_a_limit_of_storage_is_shown_where_there_is_one() -> None:
    shown = Shown()
    shown.metrics.show(report(used=5, limit=9))
    assert shown.read("lectern_log_storage_limit_bytes") == 9
