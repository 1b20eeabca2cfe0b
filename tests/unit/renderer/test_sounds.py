"""The sounds that a scene reports are believed only as far as they make sense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from unit.renderer.scenes import StubPool, build_deps, store_scene

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.sounds import MAX_SOUND_CUES, SceneSounds, SoundCue
from lectern.renderer.handlers import STAGE
from lectern.renderer.pool import DecodedFootage, RenderOutcome, SceneResult
from lectern.renderer.sounds import choose_sounds
from lectern.worker.testing import deliver, memory_connections


def reported(*cues: tuple[float, str]) -> SceneResult:
    sounds = [{"at": at, "sound": sound} for at, sound in cues]
    return msgspec.convert({"ok": True, "sounds": sounds}, SceneResult)


def rendered(folder: Path, result: SceneResult) -> RenderOutcome:
    decoded = DecodedFootage(codec="h264", width=854, height=480, fps=15, frames=18, pixel_format="yuv420p")
    return RenderOutcome(ok=True, result=result, footage=folder / "footage.mp4", decoded=decoded)


def test_sounds_are_put_in_order_and_those_too_close_or_after_the_end_are_dropped() -> None:
    kept = choose_sounds(reported((3.0, "pop"), (0.5, "draw"), (0.6, "tick"), (10.0, "chime")), 10.0)
    assert [(cue.at, cue.sound) for cue in kept] == [(0.5, "draw"), (3.0, "pop")]
    assert choose_sounds(None, 10.0) == ()


@pytest.mark.parametrize(
    "sounds",
    [
        [{"at": -1.0, "sound": "pop"}],
        [{"at": 1e300, "sound": "pop"}],
        [{"at": 1.0, "sound": "siren"}],
        [{"at": "1", "sound": "pop"}],
        [{"at": 0.0, "sound": "pop"}] * (MAX_SOUND_CUES + 1),
        "pop",
    ],
)
def test_a_result_with_impossible_sounds_is_no_result(sounds: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"ok": True, "sounds": sounds}), type=SceneResult)


async def test_sounds_are_stored_beside_the_footage_and_found_again_with_it(tmp_path: Path) -> None:
    connections = memory_connections()
    event = await store_scene(connections.store)
    deps = build_deps(StubPool(tmp_path, rendered(tmp_path, reported((0.5, "draw")))))
    for cached in (False, True):
        again = msgspec.structs.replace(event, video_id=new_id())
        (answer,) = (await deliver(STAGE, again, connections, deps)).events
        assert isinstance(answer, e.SceneRendered)
        assert answer.footage.cached is cached
        stored = await connections.store.get_json(answer.footage.sounds_key, SceneSounds)
        assert stored == SceneSounds(cues=(SoundCue(at=0.5, sound="draw"),))


async def test_a_silent_scene_names_no_sounds(tmp_path: Path) -> None:
    connections = memory_connections()
    event = await store_scene(connections.store)
    (answer,) = (
        await deliver(STAGE, event, connections, build_deps(StubPool(tmp_path, rendered(tmp_path, reported()))))
    ).events
    assert isinstance(answer, e.SceneRendered)
    assert answer.footage.sounds_key == ""
