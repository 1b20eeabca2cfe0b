"""What a consumer has left to do, as a real server tells it."""

from __future__ import annotations

from nats.aio.client import Client
from unit.worker.pipeline_events import planned

from lectern.contracts import subjects, topology
from lectern.contracts.events import SceneCued, SceneNarrated, SceneRefused
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.worker import JetStreamDeadLetters, JetStreamEventLog, read_backlog
from lectern.worker.dead_letters import DeadLetter

CONSUMERS = {consumer.name: consumer for consumer in topology.consumers()}


async def test_a_consumer_without_work_has_no_oldest_message(nats: Client) -> None:
    backlog = await read_backlog(nats, CONSUMERS["voice-fast"])

    assert backlog is not None
    assert (backlog.lag, backlog.oldest) == (0, None)


async def test_a_consumer_that_is_not_there_has_no_backlog(nats: Client) -> None:
    await nats.jetstream().delete_consumer(topology.VIDEOS, "voice-fast")

    assert await read_backlog(nats, CONSUMERS["voice-fast"]) is None


async def test_what_was_done_out_of_order_is_not_the_oldest(nats: Client) -> None:
    log, ids = JetStreamEventLog(nats), [new_id() for _ in range(4)]
    sequences = [await log.publish(planned(video_id)) for video_id in ids]
    subscription = await nats.jetstream().pull_subscribe_bind("voice-fast", topology.VIDEOS)
    first, second, third = await subscription.fetch(3)
    await first.ack_sync()
    await second.nak(delay=60)  # it waits for an outage to end
    await third.ack_sync()

    backlog = await read_backlog(nats, CONSUMERS["voice-fast"])

    assert backlog is not None
    assert (backlog.pending, backlog.in_hand, backlog.lag) == (1, 1, 2)
    assert backlog.oldest
    assert (backlog.oldest.sequence, backlog.oldest.subject) == (sequences[1], subjects.subject(planned(ids[1])))
    assert backlog.oldest.at is not None


async def test_a_consumer_of_several_kinds_of_events_has_the_oldest_of_all(nats: Client) -> None:
    consumer = CONSUMERS["coder-fast"]
    kinds = (SceneNarrated, SceneCued, SceneRefused)
    assert consumer.filters == tuple(subjects.inputs(kind, "fast") for kind in kinds)
    js, video = nats.jetstream(), new_id()
    await js.publish(f"videos.fast.{video}.scenes.1.refused", b"x")
    await js.publish(f"videos.fast.{video}.scenes.2.narrated", b"x")

    backlog = await read_backlog(nats, consumer)

    assert backlog is not None
    assert backlog.oldest
    assert backlog.oldest.subject.endswith("scenes.1.refused")


async def test_dead_letters_are_counted_by_stage(nats: Client) -> None:
    letters = JetStreamDeadLetters(nats)
    assert await letters.count() == {}
    problem = Problem(code="x", title="X", detail="x", remedy="x")
    for number, stage in enumerate(("voice", "voice", "coder"), start=1):
        await letters.store(
            DeadLetter(
                stage=stage,
                consumer=f"{stage}-fast",
                subject=f"videos.fast.{new_id()}.scenes.1.planned",
                sequence=number,
                data=b"x",
                problem=problem,
                reason="x",
            )
        )

    assert await letters.count() == {"voice": 2, "coder": 1}
