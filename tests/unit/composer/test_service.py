"""The composer against a real event log and a real store: one outcome, whatever is delivered twice or cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import structlog
from prometheus_client import CollectorRegistry
from unit.composer.films import Take, materials, scripted, stored
from unit.composer.test_sound import decoded

from lectern.composer.app import build
from lectern.composer.fanin import Ready
from lectern.composer.handlers import Composer, gather
from lectern.composer.measures import Measures
from lectern.composer.probe import probe
from lectern.composer.settings import ComposerSettings
from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.state import fold
from lectern.worker import Connections, Job, Permanent, Settings

pytestmark = pytest.mark.slow

TAKES = [Take(frames=31, off=-700), Take(frames=47, detail=True), Take(frames=53, off=300)]


async def _ready(
    connections: Connections, folder: Path, takes: Sequence[Take] = TAKES, **options: Any
) -> tuple[str, Ready]:
    """A video whose scenes are in the store and whose script is in the log."""
    video_id = new_id()
    ready = await stored(connections.store, video_id, materials(folder, takes), **options)
    await connections.event_log.publish(scripted(video_id, ready))
    return video_id, ready


async def _publish(connections: Connections, *events: e.AnyEvent) -> list[int]:
    return [await connections.event_log.publish(event) for event in events]


def _job(connections: Connections, event: e.AnyEvent, seq: int) -> Job[Composer]:
    return Job(
        event=event,
        stage="composer",
        seq=seq,
        attempt=1,
        attempts=5,
        deps=Composer(measures=Measures(CollectorRegistry())),
        nats=connections.nats,
        log=structlog.get_logger("test"),
        event_log=connections.event_log,
        store=connections.store,
        scratch_root=None,
    )


async def _facts(connections: Connections, video_id: str) -> list[e.AnyEvent]:
    return [event for _, event in await connections.event_log.read(video_id)]


async def _outcomes(connections: Connections, video_id: str) -> list[e.AnyEvent]:
    ends = (e.VideoCompleted, e.VideoFailed, e.VideoCancelled)
    return [event for event in await _facts(connections, video_id) if isinstance(event, ends)]


async def test_scenes_that_come_in_become_one_finished_video(
    connections: Connections, settings: Settings, tmp_path: Path
) -> None:
    video_id, ready = await _ready(connections, tmp_path)
    ended = await connections.nats.subscribe(subjects.video(video_id, "fast"))
    service = build(ComposerSettings(**settings.model_dump()), connections)
    stop = asyncio.Event()
    serving = asyncio.create_task(service.serve(stop))
    try:
        await _publish(connections, ready.scenes[2], ready.scenes[0], ready.scenes[1])
        while True:
            event = e.decode((await ended.next_msg(timeout=30)).data)
            if isinstance(event, e.VideoCompleted | e.VideoFailed):
                break
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
        "thumbnail": "thumbnail.jpg",
    }
    for output in event.outputs:
        assert output.key.startswith(f"videos/{video_id}/r1/")
        info = await connections.store.head(output.key)
        assert info is not None
        assert (info.size, info.media_type) == (output.bytes, output.media_type)
    assert len(await _outcomes(connections, video_id)) == 1
    assert connections.registry.get_sample_value("lectern_composed_seconds_total") == pytest.approx(131 / 30)
    assert connections.registry.get_sample_value("lectern_av_drift_seconds_bucket", {"le": "0.001"}) == 1


async def test_only_the_last_scene_does_anything(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _ready(connections, tmp_path)
    seqs = await _publish(connections, *ready.scenes)
    for event, seq in list(zip(ready.scenes, seqs, strict=True))[:-1]:
        await gather(event, _job(connections, event, seq))
    assert await _outcomes(connections, video_id) == []
    assert await connections.store.head(f"videos/{video_id}/r1/video.mp4") is None


async def test_work_cut_off_while_storing_is_done_again_to_the_same_bytes(
    connections: Connections, tmp_path: Path
) -> None:
    video_id, ready = await _ready(connections, tmp_path)
    seqs = await _publish(connections, *ready.scenes)
    last, seq = ready.scenes[-1], seqs[-1]
    first_stored = asyncio.Event()

    class Cut(type(connections.store)):  # type: ignore[misc]
        async def put_file(self, key: str, path: Path, media_type: str) -> None:
            await super().put_file(key, path, media_type)
            first_stored.set()
            await asyncio.sleep(60)

    job = _job(connections, last, seq)
    job.store = Cut(connections.store._client, connections.store._bucket)
    cut_off = asyncio.create_task(gather(last, job))
    await asyncio.wait_for(first_stored.wait(), 30)
    cut_off.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cut_off
    assert await _outcomes(connections, video_id) == []

    await gather(last, _job(connections, last, seq))
    (completed,) = await _outcomes(connections, video_id)
    assert isinstance(completed, e.VideoCompleted)
    before = [await connections.store.get(output.key) for output in completed.outputs]
    await gather(last, _job(connections, last, seq))
    assert [await connections.store.get(output.key) for output in completed.outputs] == before
    assert len(await _outcomes(connections, video_id)) == 1


async def test_two_composers_with_the_same_message_end_the_video_once(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _ready(connections, tmp_path, TAKES[:2])
    seqs = await _publish(connections, *ready.scenes)
    last = ready.scenes[-1]
    await asyncio.gather(*(gather(last, _job(connections, last, seqs[-1])) for _ in range(2)))
    assert len(await _outcomes(connections, video_id)) == 1


async def test_a_failed_scene_fails_the_video_and_nothing_is_joined(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _ready(connections, tmp_path)
    problem = Problem(code="no-luck", title="No luck", detail="Nothing drew.", remedy="Try again.")
    failed = e.SceneFailed(video_id=video_id, scene=2, stage="renderer", problem=problem)
    seqs = await _publish(connections, ready.scenes[0], ready.scenes[2], failed)
    await gather(failed, _job(connections, failed, seqs[-1]))
    (outcome,) = await _outcomes(connections, video_id)
    assert isinstance(outcome, e.VideoFailed)
    assert (outcome.problem.code, outcome.problem.scene, outcome.problem.stage) == ("no-luck", 2, "renderer")
    assert "2 of 3 scenes are fine and kept" in outcome.problem.detail


async def test_a_retry_is_composed_from_old_and_new_scenes_under_its_own_revision(
    connections: Connections, tmp_path: Path
) -> None:
    video_id, ready = await _ready(connections, tmp_path, TAKES[:2])
    problem = Problem(code="no-luck", title="No luck", detail="Nothing drew.", remedy="Try again.")
    failed = e.SceneFailed(video_id=video_id, scene=2, stage="renderer", problem=problem)
    seqs = await _publish(connections, ready.scenes[0], failed)
    await gather(failed, _job(connections, failed, seqs[-1]))
    script = scripted(video_id, ready)
    approved = e.ScriptApproved(
        video_id=video_id,
        revision=2,
        script_key=script.script_key,
        title=script.title,
        scenes=script.scenes,
        plan=(2,),
        options=script.options,
    )
    better = msgspec.structs.replace(ready.scenes[1], revision=2)
    seqs = await _publish(connections, approved, better)
    await gather(better, _job(connections, better, seqs[-1]))
    outcome = fold(await _facts(connections, video_id)).outcome()
    assert isinstance(outcome, e.VideoCompleted)
    assert outcome.revision == 2
    assert outcome.frames == 78
    assert all(f"/{video_id}/r2/" in output.key for output in outcome.outputs)


async def test_captions_that_are_off_are_nowhere(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _ready(connections, tmp_path, TAKES[:1], captions="off")
    seqs = await _publish(connections, *ready.scenes)
    await gather(ready.scenes[0], _job(connections, ready.scenes[0], seqs[-1]))
    (completed,) = await _outcomes(connections, video_id)
    assert isinstance(completed, e.VideoCompleted)
    assert {output.kind for output in completed.outputs} == {"video", "chapters_vtt", "transcript", "thumbnail"}


async def test_karaoke_times_words_in_the_webvtt_file(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _ready(connections, tmp_path, [Take(frames=150)], captions="karaoke")
    seqs = await _publish(connections, *ready.scenes)
    await gather(ready.scenes[0], _job(connections, ready.scenes[0], seqs[-1]))
    assert b"<00:00:0" in await connections.store.get(f"videos/{video_id}/r1/captions.vtt")
    assert b"<" not in await connections.store.get(f"videos/{video_id}/r1/captions.srt")


async def _composed(connections: Connections, folder: Path, **options: Any) -> dict[str, e.Output]:
    """The outputs of a video of one scene."""
    video_id, ready = await _ready(connections, folder, [Take(frames=150)], **options)
    seqs = await _publish(connections, *ready.scenes)
    await gather(ready.scenes[0], _job(connections, ready.scenes[0], seqs[-1]))
    (completed,) = await _outcomes(connections, video_id)
    assert isinstance(completed, e.VideoCompleted)
    return {output.kind: output for output in completed.outputs}


async def test_karaoke_is_delivered_as_a_styled_file_too(connections: Connections, tmp_path: Path) -> None:
    outputs = await _composed(connections, tmp_path, captions="karaoke", theme="light")
    assert outputs["captions_ass"].media_type == "text/x-ssa"
    assert outputs["captions_ass"].key.endswith("/captions.ass")
    styled = (await connections.store.get(outputs["captions_ass"].key)).decode()
    assert "{\\1c&H0052A6&}Light{\\1c&H332018&} falls" in styled  # the light theme's accent and text, as BGR


@pytest.mark.parametrize("captions", ["plain", "karaoke"])
async def test_burned_captions_are_in_the_picture_and_in_files_but_no_track(
    connections: Connections, tmp_path: Path, captions: str
) -> None:
    outputs = await _composed(connections, tmp_path, captions=captions, burn_captions=True)
    assert {"captions_vtt", "captions_srt"} < set(outputs)
    await connections.store.get_file(outputs["video"].key, tmp_path / "burned.mp4")
    media = await probe(tmp_path / "burned.mp4")
    assert media.tracks("subtitle") == ()
    assert media.tracks("video")[0].frames == 150


async def test_bundled_music_is_heard_where_the_voice_is_silent(connections: Connections, tmp_path: Path) -> None:
    levels = []
    for music in ("", "bundled:calm"):
        folder = tmp_path / (music or "none")
        folder.mkdir()
        outputs = await _composed(connections, folder, music_key=music)
        await connections.store.get_file(outputs["video"].key, folder / "out.mp4")
        levels.append(np.abs(decoded(folder / "out.mp4")[96_000:192_000]).max())
    assert levels[0] < 1e-4 < 0.01 < levels[1]


async def test_music_that_cannot_be_used_fails_the_video_and_says_what_to_do(
    connections: Connections, settings: Settings, tmp_path: Path
) -> None:
    await connections.store.put("assets/bad", b"ID3 is all that is right about this", "audio/mpeg")
    video_id, ready = await _ready(connections, tmp_path, TAKES[:1], music_key="assets/bad")
    ended = await connections.nats.subscribe(subjects.video(video_id, "fast"))
    service = build(ComposerSettings(**settings.model_dump()), connections)
    stop = asyncio.Event()
    serving = asyncio.create_task(service.serve(stop))
    try:
        await _publish(connections, ready.scenes[0])
        event: e.AnyEvent = ready.scenes[0]
        while not isinstance(event, e.VideoCompleted | e.VideoFailed):
            event = e.decode((await ended.next_msg(timeout=30)).data)
    finally:
        stop.set()
        await serving
    assert isinstance(event, e.VideoFailed)
    assert event.problem.code == "music-unusable"
    assert "options.music" in event.problem.sentence()
    assert event.problem.stage == "composer"


async def test_footage_with_too_few_frames_fails_with_the_scene_to_make_anew(
    connections: Connections, tmp_path: Path
) -> None:
    video_id, ready = await _ready(connections, tmp_path, TAKES[:2])
    short = ready.scenes[1]
    wrong = msgspec.structs.replace(short, footage=msgspec.structs.replace(short.footage, frames=48))
    seqs = await _publish(connections, ready.scenes[0], wrong)
    with pytest.raises(Permanent, match=r"footage of scene 2 has 47 frames, not 48. Make scene 2 anew"):
        await gather(wrong, _job(connections, wrong, seqs[-1]))
    assert await _outcomes(connections, video_id) == []


async def test_scenes_at_different_frame_rates_are_refused(connections: Connections, tmp_path: Path) -> None:
    _, ready = await _ready(connections, tmp_path, TAKES[:2])
    fast = msgspec.structs.replace(ready.scenes[1], footage=msgspec.structs.replace(ready.scenes[1].footage, fps=60))
    seqs = await _publish(connections, ready.scenes[0], fast)
    with pytest.raises(Permanent, match=r"Scenes run at different frame rates: 30, 60\. Make all scenes anew"):
        await gather(fast, _job(connections, fast, seqs[-1]))


async def test_progress_is_told_for_the_whole_video(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _ready(connections, tmp_path, TAKES[:1])
    heard = await connections.nats.subscribe(subjects.progress(video_id))
    seqs = await _publish(connections, *ready.scenes)
    await gather(ready.scenes[0], _job(connections, ready.scenes[0], seqs[-1]))
    await connections.nats.flush()
    first = msgspec.json.decode((await heard.next_msg(timeout=2)).data)
    assert (first["stage"], first["doing"], first["of"]) == ("composer", "fetching scenes", 5.0)
