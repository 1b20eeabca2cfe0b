"""A model that answers after the video was cancelled: the user sees a cancelled video, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr
from standins.behaviour import Says
from standins.gemini import gemini
from unit.coder.codegen.rig import read_recording
from unit.coder.test_handlers import store_scene

from lectern.coder.app import build as build_coder
from lectern.coder.handlers import STAGE as CODER
from lectern.coder.settings import CoderSettings
from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, VideoOptions
from lectern.scripter.app import build as build_scripter
from lectern.scripter.handlers import STAGE as SCRIPTER
from lectern.scripter.settings import ScripterSettings
from lectern.worker import Connections, Service, Stage
from lectern.worker.delivery import DeliveryResult
from lectern.worker.processing import TIMING
from lectern.worker.testing import deliver, memory_connections

SOON = msgspec.structs.replace(TIMING, heartbeat=0.01)  # at each beat a worker looks whether the video goes on


async def check_cancelled_while_asked(service: Service, stage: Stage, event: e.AnyEvent, model: Any) -> None:
    """Cancels a video while a model is asked for it, then lets the model answer."""
    connections: Connections = service.connections
    asked, released = asyncio.Event(), asyncio.Event()

    def answer_late(request: dict[str, Any]) -> Says:
        asked.set()
        return Says(read_recording("code/orbit-good.txt").text, after=released)

    model.otherwise = answer_late
    async with asyncio.timeout(120):
        delivering = asyncio.create_task(deliver(stage, event, connections, service.deps, timing=SOON))
        await asked.wait()
        cancelled = e.VideoCancelled(video_id=event.video_id)
        assert await connections.event_log.record_outcome(cancelled)
        delivered = await delivering
        released.set()
        again = await deliver(stage, event, connections, service.deps, attempt=2)
    assert (delivered.result, delivered.settled) == (DeliveryResult.CANCELLED, "ack")
    assert (again.result, again.settled) == (DeliveryResult.STALE, "ack"), "nor is it taken up again"
    log = await connections.event_log.read(event.video_id)
    assert log.events[-1] == cancelled, "no card, no answer and no failure comes after it"
    assert not any(isinstance(each, e.SceneCoded | e.VideoScripted) for each in log.events)
    assert log.state.status() == "cancelled"
    assert len(model.requests) == 1
    assert log.state.usage() == (), "a model says what an answer cost at its end, which nobody waited for"
    assert service.close
    await service.close()


@pytest.mark.parametrize("of", ["scripter", "coder"])
async def test_an_answer_after_the_cancellation_changes_nothing(of: str) -> None:
    connections = memory_connections()
    async with gemini() as model:
        key = SecretStr("key")
        if of == "scripter":
            service = build_scripter(ScripterSettings(gemini_api_key=key, gemini_url=model.url), connections)
            asked_for = e.VideoRequested(
                video_id=new_id(), brief=Brief(topic="Why is the sea salty?"), options=VideoOptions()
            )
            await check_cancelled_while_asked(service, SCRIPTER, asked_for, model)
        else:
            service = build_coder(CoderSettings(gemini_api_key=key, gemini_url=model.url), connections)
            narrated = await store_scene(connections, None)
            await connections.event_log.publish(
                e.VideoRequested(video_id=narrated.video_id, brief=Brief(topic="A topic"), options=narrated.options)
            )
            await check_cancelled_while_asked(service, CODER, narrated, model)
