"""Two replicas of the voice service, each with connections of its own, that are given the same words at once."""

from __future__ import annotations

import asyncio

import pytest
from standins.google_tts import google_tts

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.script import Beat, Scene, Script
from lectern.voice.app import build_deps
from lectern.voice.handlers import STAGE
from lectern.voice.settings import VoiceSettings
from lectern.worker import Connections, Settings, connect
from lectern.worker.testing import deliver

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("rough_loudness")]

SCRIPT = Script(title="T", scenes=(Scene(title="S", beats=(Beat(text="A leaf runs on light."),)),))


async def plan(connections: Connections, key: str, salt: str) -> e.ScenePlanned:
    """A video whose only scene is planned, to be spoken as no earlier one."""
    video, options = new_id(), VideoOptions()
    log = connections.event_log
    await log.publish(e.VideoRequested(video_id=video, brief=Brief(topic="T"), options=options))
    titles = (e.SceneTitle(title="S", words=5),)
    await log.publish(e.VideoScripted(video_id=video, script_key=key, title="T", scenes=titles, options=options))
    planned = e.ScenePlanned(video_id=video, scene=1, script_key=key, options=options, salt=salt)
    await log.publish(planned)
    return planned


async def test_the_same_words_are_paid_for_by_one_replica(connections: Connections, settings: Settings) -> None:
    key, salt = f"videos/{new_id()}/script.json", new_id()
    await connections.store.put_json(key, SCRIPT)
    scenes = [await plan(connections, key, salt) for _ in range(2)]
    async with google_tts() as google, connect(settings) as first, connect(settings) as second:
        voice = VoiceSettings(google_tts="on", google_tts_url=google.url)
        replicas = [(each, build_deps(voice, claims=each.claims)) for each in (first, second)]
        deliveries = [deliver(STAGE, scene, each, deps) for scene, (each, deps) in zip(scenes, replicas, strict=True)]
        answers = [delivered.events for delivered in await asyncio.gather(*deliveries)]
        for _, deps in replicas:
            await deps.engines["google"].close()
    narrated = [event for events in answers for event in events if isinstance(event, e.SceneNarrated)]
    assert len(google.requests) == 1
    assert sorted(bool(each.spent) for each in narrated) == [False, True]
    assert len({each.narration.key for each in narrated}) == 1
