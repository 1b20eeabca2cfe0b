"""The composer's handler: one outcome for each revision, even if a delivery is repeated or cut off."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from unit.composer.sample_inputs import RATE, SampleScene, make_inputs, sample_narration, scripted_event, store_inputs
from unit.composer.test_sound import decode_sound

from lectern.composer.deps import ComposerDeps
from lectern.composer.fan_in import ScenesReady
from lectern.composer.handlers import STAGE
from lectern.composer.metrics import ComposerMetrics
from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.problems import Problem
from lectern.contracts.requests import Progress
from lectern.media import FINISHED_VIDEO, probe_media
from lectern.worker import Connections, Meter
from lectern.worker.testing import Delivered, MemoryObjectStore, deliver, memory_connections

SCENES = [SampleScene(frames=31, off=-700), SampleScene(frames=47, detail=True), SampleScene(frames=53, off=300)]
PROBLEM = Problem(code="no-luck", title="No luck", detail="Nothing drew.", remedy="Try again.")


@pytest.fixture
def connections() -> Connections:
    """An event log, a store and a bus in memory."""
    return memory_connections()


async def _prepare(
    connections: Connections, folder: Path, scenes: Sequence[SampleScene] = SCENES, **options: Any
) -> tuple[str, ScenesReady]:
    """Stores the scenes of a video and puts its script in the log."""
    video_id = new_id()
    ready = await store_inputs(connections.store, video_id, make_inputs(folder, scenes), **options)
    await connections.event_log.publish(scripted_event(video_id, ready))
    return video_id, ready


async def _publish(connections: Connections, *events: e.AnyEvent) -> None:
    for event in events:
        await connections.event_log.publish(event)


async def _deliver(connections: Connections, event: e.AnyEvent) -> Delivered:
    deps = ComposerDeps(metrics=ComposerMetrics(Meter()))
    return await deliver(STAGE, event, connections, deps)


async def _outcomes(connections: Connections, video_id: str) -> list[e.AnyEvent]:
    log = await connections.event_log.read(video_id)
    return [event for event in log.events if isinstance(event, e.VideoCompleted | e.VideoFailed | e.VideoCancelled)]


async def _compose(connections: Connections, folder: Path, **options: Any) -> dict[str, e.Output]:
    """Composes a video of one scene and returns its outputs by kind."""
    _, ready = await _prepare(connections, folder, [SampleScene(frames=150)], **options)
    (completed,) = (await _deliver(connections, ready.scenes[0])).events
    assert isinstance(completed, e.VideoCompleted)
    return {output.kind: output for output in completed.outputs}


async def test_only_the_last_scene_does_anything(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _prepare(connections, tmp_path)
    await _publish(connections, *ready.scenes)
    for event in ready.scenes[:-1]:
        assert (await _deliver(connections, event)).events == ()
    assert await connections.store.head(f"videos/{video_id}/r1/video.mp4") is None


class StallingStore(MemoryObjectStore):
    """A store that stalls after storing a file while `stalled` is set to an event."""

    stalled: asyncio.Event | None = None

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        await super().put_file(key, path, media_type)
        if self.stalled:
            self.stalled.set()
            await asyncio.sleep(60)


@pytest.mark.slow
async def test_work_cut_off_while_storing_is_repeated_to_the_same_bytes(
    connections: Connections, tmp_path: Path
) -> None:
    store = StallingStore()
    connections = dataclasses.replace(connections, store=store)
    video_id, ready = await _prepare(connections, tmp_path)
    await _publish(connections, *ready.scenes)
    last = ready.scenes[-1]
    store.stalled = asyncio.Event()
    cut_off = asyncio.create_task(_deliver(connections, last))
    await asyncio.wait_for(store.stalled.wait(), 120)
    cut_off.cancel()
    assert (await cut_off).settled == "nak"
    assert await _outcomes(connections, video_id) == []

    store.stalled = None
    (completed,) = (await _deliver(connections, last)).events
    assert isinstance(completed, e.VideoCompleted)
    before = [await store.get(output.key) for output in completed.outputs]
    await _deliver(connections, last)
    assert [await store.get(output.key) for output in completed.outputs] == before
    assert len(await _outcomes(connections, video_id)) == 1


@pytest.mark.slow
async def test_two_composers_with_the_same_event_end_the_video_once(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _prepare(connections, tmp_path, SCENES[:2])
    await _publish(connections, *ready.scenes)
    await asyncio.gather(*(_deliver(connections, ready.scenes[-1]) for _ in range(2)))
    assert len(await _outcomes(connections, video_id)) == 1


async def test_footage_that_an_older_renderer_let_pass_is_refused_before_any_program_reads_it(
    connections: Connections, tmp_path: Path
) -> None:
    _, ready = await _prepare(connections, tmp_path, SCENES[:1])
    stored = await connections.store.get(ready.scenes[0].footage.key)
    playlist = b"\0\0\0\x40free#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".ljust(64)
    await connections.store.put(ready.scenes[0].footage.key, playlist + stored, "video/mp4")
    (failed,) = (await _deliver(connections, ready.scenes[0])).events
    assert isinstance(failed, e.VideoFailed)
    assert failed.problem.detail == "The footage of scene 1 was refused: the file begins with 'free', not with 'ftyp'."
    assert (failed.problem.scene, failed.problem.remedy) == (1, "Redo scene 1.")


async def test_a_failed_scene_fails_the_video_and_nothing_is_joined(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _prepare(connections, tmp_path)
    failed = e.SceneFailed(video_id=video_id, scene=2, stage="renderer", problem=PROBLEM)
    await _publish(connections, ready.scenes[0], ready.scenes[2])
    (outcome,) = (await _deliver(connections, failed)).events
    assert isinstance(outcome, e.VideoFailed)
    assert (outcome.problem.code, outcome.problem.scene, outcome.problem.stage) == ("no-luck", 2, "renderer")
    assert "2 of 3 scenes succeeded and are kept" in outcome.problem.detail
    assert await connections.store.head(f"videos/{video_id}/r1/video.mp4") is None


async def test_a_retry_is_composed_from_old_and_new_scenes_under_its_own_revision(
    connections: Connections, tmp_path: Path
) -> None:
    video_id, ready = await _prepare(connections, tmp_path, SCENES[:2])
    failed = e.SceneFailed(video_id=video_id, scene=2, stage="renderer", problem=PROBLEM)
    await _publish(connections, ready.scenes[0])
    await _deliver(connections, failed)
    script = scripted_event(video_id, ready)
    approved = e.ScriptApproved(
        video_id=video_id,
        revision=2,
        script_key=script.script_key,
        title=script.title,
        scenes=script.scenes,
        plan=(2,),
        options=script.options,
    )
    await _publish(connections, approved)
    await _deliver(connections, msgspec.structs.replace(ready.scenes[1], revision=2))
    outcome = (await connections.event_log.read(video_id)).state.outcome()
    assert isinstance(outcome, e.VideoCompleted)
    assert outcome.revision == 2
    assert outcome.frames == 78
    assert all(f"/{video_id}/r2/" in output.key for output in outcome.outputs)


async def test_without_captions_there_are_no_caption_files(connections: Connections, tmp_path: Path) -> None:
    outputs = await _compose(connections, tmp_path, captions="off")
    assert set(outputs) == {"video", "chapters_vtt", "transcript", "transcript_json", "thumbnail"}


async def test_karaoke_times_words_in_webvtt_and_has_a_styled_file(connections: Connections, tmp_path: Path) -> None:
    outputs = await _compose(connections, tmp_path, captions="karaoke", theme="light")
    assert b"<00:00:0" in await connections.store.get(outputs["captions_vtt"].key)
    assert b"<" not in await connections.store.get(outputs["captions_srt"].key)
    assert outputs["captions_ass"].media_type == "text/x-ssa"
    assert outputs["captions_ass"].key.endswith("/captions.ass")
    styled = (await connections.store.get(outputs["captions_ass"].key)).decode()
    assert "{\\1c&H0052A6&}Light{\\1c&H332018&} falls" in styled  # the light theme's accent and text, as BGR


@pytest.mark.slow  # encodes 720p
@pytest.mark.parametrize("captions", ["plain", "karaoke"])
async def test_burned_captions_are_in_the_picture_and_in_files_but_no_track(
    connections: Connections, tmp_path: Path, captions: str
) -> None:
    outputs = await _compose(connections, tmp_path, captions=captions, burn_captions=True)
    assert {"captions_vtt", "captions_srt"} < set(outputs)
    await connections.store.get_file(outputs["video"].key, tmp_path / "burned.mp4")
    media = await probe_media(tmp_path / "burned.mp4", FINISHED_VIDEO)
    assert media.tracks("subtitle") == ()
    assert media.tracks("video")[0].frames == 150


@pytest.mark.slow  # composes two videos
async def test_bundled_music_is_audible_where_the_voice_is_silent(connections: Connections, tmp_path: Path) -> None:
    levels = []
    for music in ("", "bundled:calm"):
        folder = tmp_path / (music or "none")
        folder.mkdir()
        outputs = await _compose(connections, folder, music_key=music)
        await connections.store.get_file(outputs["video"].key, folder / "out.mp4")
        levels.append(np.abs(decode_sound(folder / "out.mp4")[96_000:192_000]).max())
    assert levels[0] < 1e-4 < 0.01 < levels[1]


@pytest.mark.slow  # composes two videos
async def test_when_an_edit_changes_the_pauses_the_music_is_mixed_anew(
    connections: Connections, tmp_path: Path
) -> None:
    """The same film but for its words, which now end after two of its five seconds: music fills the rest."""
    video_id, ready = await _prepare(connections, tmp_path, [SampleScene(frames=150)], music_key="bundled:calm")
    scene, script, store = ready.scenes[0], scripted_event(video_id, ready), connections.store
    await _deliver(connections, scene)
    paused = sample_narration(2.0, 150 * RATE // 30)
    await store.put_json("cache/test/paused.json", paused)
    edited = e.ScriptApproved(
        video_id=video_id, revision=2, script_key=script.script_key, title=script.title, scenes=script.scenes,
        plan=(1,), options=ready.options,
    )  # fmt: skip
    await _publish(connections, edited)
    narration = msgspec.structs.replace(scene.narration, key="cache/test/paused.json")
    await _deliver(connections, msgspec.structs.replace(scene, revision=2, narration=narration))
    loudness = []
    for revision in (1, 2):
        await store.get_file(f"videos/{video_id}/r{revision}/video.mp4", tmp_path / f"{revision}.mp4")
        in_the_pause = decode_sound(tmp_path / f"{revision}.mp4")[round(2.7 * RATE) : round(4.2 * RATE)]
        loudness.append(float(np.sqrt(np.mean(np.square(in_the_pause)))))
    assert loudness[1] > 1.6 * loudness[0] > 0, "seven decibels"


async def test_unusable_music_fails_the_video_with_a_remedy(connections: Connections, tmp_path: Path) -> None:
    await connections.store.put("assets/bad", b"ID3 is all that is right about this", "audio/mpeg")
    _, ready = await _prepare(connections, tmp_path, SCENES[:1], music_key="assets/bad")
    (outcome,) = (await _deliver(connections, ready.scenes[0])).events
    assert isinstance(outcome, e.VideoFailed)
    assert outcome.problem.code == "music-unusable"
    assert "options.music" in outcome.problem.sentence()
    assert outcome.problem.stage == "composer"


async def test_footage_with_too_few_frames_fails_the_video_and_names_the_scene(
    connections: Connections, tmp_path: Path
) -> None:
    _, ready = await _prepare(connections, tmp_path, SCENES[:2])
    short = ready.scenes[1]
    await _publish(connections, ready.scenes[0])
    wrong = msgspec.structs.replace(short, footage=msgspec.structs.replace(short.footage, frames=48))
    (outcome,) = (await _deliver(connections, wrong)).events
    assert isinstance(outcome, e.VideoFailed)
    assert "footage of scene 2 has 47 frames, not 48. Redo scene 2" in outcome.problem.sentence()
    assert outcome.problem.scene == 2


async def test_scenes_with_different_frame_rates_are_rejected(connections: Connections, tmp_path: Path) -> None:
    _, ready = await _prepare(connections, tmp_path, SCENES[:2])
    await _publish(connections, ready.scenes[0])
    fast = msgspec.structs.replace(ready.scenes[1], footage=msgspec.structs.replace(ready.scenes[1].footage, fps=60))
    (outcome,) = (await _deliver(connections, fast)).events
    assert isinstance(outcome, e.VideoFailed)
    assert "Scenes have different frame rates: 30, 60. Redo all scenes" in outcome.problem.sentence()


async def test_progress_is_reported_for_the_whole_video(connections: Connections, tmp_path: Path) -> None:
    video_id, ready = await _prepare(connections, tmp_path, SCENES[:1])
    reports: list[Progress] = []

    async def collect(_: str, data: bytes) -> None:
        reports.append(msgspec.json.decode(data, type=Progress))

    async with connections.bus.listening(subjects.progress(video_id), collect):
        await _deliver(connections, ready.scenes[0])
    assert (reports[0].stage, reports[0].doing, reports[0].of) == ("composer", "fetching scenes", 5)
    assert (reports[-1].done, reports[-1].scene) == (5, None)


async def _compose_again(connections: Connections, ready: ScenesReady, **options: Any) -> Delivered:
    """Has another video composed of the same scenes."""
    video_id = new_id()
    asked = msgspec.structs.replace(ready, options=msgspec.structs.replace(ready.options, **options))
    await connections.event_log.publish(scripted_event(video_id, asked))
    return await _deliver(connections, msgspec.structs.replace(ready.scenes[0], video_id=video_id))


async def _compose_first(connections: Connections, folder: Path) -> tuple[ScenesReady, dict[str, e.Output]]:
    _, ready = await _prepare(connections, folder, [SampleScene(frames=150)])
    return ready, _outputs_of(await _deliver(connections, ready.scenes[0]))


def _outputs_of(delivered: Delivered) -> dict[str, e.Output]:
    (completed,) = delivered.events
    assert isinstance(completed, e.VideoCompleted)
    assert all(output.key.startswith(f"videos/{completed.video_id}/r1/") for output in completed.outputs)
    return {output.kind: output for output in completed.outputs}


def _refuse_to_compose(*_: Any, **__: Any) -> None:
    raise AssertionError("it was composed again")


async def test_a_film_that_was_composed_before_is_copied_and_outlives_the_video_it_was_found_in(
    connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, first = await _compose_first(connections, tmp_path)
    made = {kind: await connections.store.get(output.key) for kind, output in first.items()}
    monkeypatch.setattr("lectern.composer.compose.compose_video", _refuse_to_compose)
    again = _outputs_of(await _compose_again(connections, ready))
    for output in first.values():
        await connections.store.delete(output.key)
    assert {kind: await connections.store.get(output.key) for kind, output in again.items()} == made


@pytest.mark.parametrize("left", [None, b"another file"])
async def test_a_film_whose_files_are_gone_or_not_the_same_is_composed_again(
    connections: Connections, tmp_path: Path, left: bytes | None
) -> None:
    ready, first = await _compose_first(connections, tmp_path)
    key = first["video"].key
    made = await connections.store.get(key)
    await (connections.store.delete(key) if left is None else connections.store.put(key, left, "video/mp4"))
    again = _outputs_of(await _compose_again(connections, ready))
    assert await connections.store.get(again["video"].key) == made


@pytest.mark.parametrize("changed", [{"captions": "off"}, {"sounds": "off"}, {"cards": False}])
async def test_with_another_option_it_is_another_film(
    connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    ready, _ = await _compose_first(connections, tmp_path)
    monkeypatch.setattr("lectern.composer.compose.compose_video", _refuse_to_compose)
    delivered = await _compose_again(connections, ready, **changed)
    assert (delivered.settled, delivered.events) == ("nak", ())
