"""The composer as a service, with a real event log and a real store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from unit.composer.sample_inputs import SampleScene, make_inputs, scripted_event, store_inputs

from lectern.composer.app import build
from lectern.composer.settings import ComposerSettings
from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.worker import Connections, Settings

pytestmark = pytest.mark.slow


async def test_readyz_says_which_layers_confine_the_media_programs(
    connections: Connections, settings: Settings
) -> None:
    status, body = await build(ComposerSettings(**settings.model_dump()), connections).readiness()
    assert status == 200
    layers = {name: state.split(" (")[0] for name, state in body["checks"].items() if name.startswith("cell.")}
    assert layers == dict.fromkeys(("cell.limits", "cell.privileges", "cell.landlock", "cell.seccomp"), "active")


async def test_rendered_scenes_become_one_finished_video(
    connections: Connections, settings: Settings, tmp_path: Path
) -> None:
    video_id = new_id()
    scenes = [SampleScene(frames=31, off=-700), SampleScene(frames=47, detail=True), SampleScene(frames=53, off=300)]
    ready = await store_inputs(connections.store, video_id, make_inputs(tmp_path, scenes))
    await connections.event_log.publish(scripted_event(video_id, ready))
    events = await connections.nats.subscribe(subjects.video(video_id, "fast"))
    service = build(ComposerSettings(**settings.model_dump()), connections)
    stop = asyncio.Event()
    serving = asyncio.create_task(service.serve(stop))
    try:
        for number in (2, 0, 1):
            await connections.event_log.publish(ready.scenes[number])
        event: e.AnyEvent = ready.scenes[0]
        while not isinstance(event, e.VideoCompleted | e.VideoFailed):
            event = e.decode((await events.next_msg(timeout=30)).data)
    finally:
        stop.set()
        await serving
    assert isinstance(event, e.VideoCompleted)
    assert (event.frames, event.seconds) == (131, pytest.approx(131 / 30))
    assert event.cause == e.message_id(ready.scenes[1])
    assert {output.kind: output.key.rpartition("/")[2] for output in event.outputs} == {
        "video": "video.mp4",
        "captions_vtt": "captions.vtt",
        "captions_srt": "captions.srt",
        "chapters_vtt": "chapters.vtt",
        "transcript": "transcript.txt",
        "transcript_json": "transcript.json",
        "thumbnail": "thumbnail.jpg",
    }
    for output in event.outputs:
        assert output.key.startswith(f"videos/{video_id}/r1/")
        info = await connections.store.head(output.key)
        assert info is not None
        assert (info.size, info.media_type) == (output.bytes, output.media_type)
    log = await connections.event_log.read(video_id)
    outcomes = [event for event in log.events if isinstance(event, e.VideoCompleted | e.VideoFailed)]
    assert len(outcomes) == 1
    assert connections.registry.get_sample_value("lectern_composer_video_seconds_total") == pytest.approx(131 / 30)
    assert connections.registry.get_sample_value("lectern_av_drift_seconds_bucket", {"le": "0.001"}) == 1
