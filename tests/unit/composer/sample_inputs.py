"""Small real inputs: footage from the encoder that scenes use, FLAC narration, and the events that name them."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from lectern.composer.fan_in import ScenesReady
from lectern.composer.inputs import VideoInputs, audio_name, footage_name
from lectern.composer.timeline import build_timeline
from lectern.contracts import events as e
from lectern.contracts.narration import BeatSpan, Narration, Word
from lectern.contracts.options import VideoOptions
from lectern.contracts.script import Beat, Scene, Script
from lectern.contracts.sounds import SceneSounds
from lectern.scenekit.footage import Encoding, FootageWriter
from lectern.worker import ObjectStore

RATE = 48_000
TEXT = "Light falls on a leaf. The leaf keeps it, and makes sugar from it."


class SampleScene(msgspec.Struct, frozen=True, kw_only=True):
    """A scene of `frames` frames, whose narration is `off` samples longer or shorter. `detail`: it ends in noise."""

    frames: int
    off: int = 0
    detail: bool = False


def sample_narration(seconds: float, samples: int, text: str = TEXT) -> Narration:
    """A narration whose words share its time evenly."""
    words = text.split()
    step = seconds / len(words)
    return Narration(
        seconds=samples / RATE,
        samples=samples,
        words=tuple(Word(text=word, start=n * step, end=(n + 0.9) * step, beat=0) for n, word in enumerate(words)),
        beats=(BeatSpan(start=0.0, end=samples / RATE, text=text),),
        voice="test",
        engine="test",
        timing="exact",
    )


@functools.cache
def encode_footage(frames: int, *, fps: int, size: tuple[int, int], detail: bool) -> bytes:
    """An MP4 that starts with one white frame and is dark grey from then on; with `detail`, noise."""
    width, height = size
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "footage.mp4"
        footage = FootageWriter(path, Encoding(width=width, height=height, fps=fps))
        footage.write(np.full((height, width, 4), 255, np.uint8))
        if frames > 1:
            dark = np.full((height, width, 4), 40, np.uint8)
            if detail:
                dark[:] = np.random.default_rng(7).integers(30, 60, dark.shape, np.uint8)
            footage.write(dark, frames - 1)
        footage.finish()
        return path.read_bytes()


@functools.cache
def encode_narration(samples: int) -> bytes:
    """A FLAC that starts with a 10 ms burst at its very first sample and is silent from then on."""
    burst = np.zeros(samples, np.int16)
    n = min(480, samples)
    burst[:n] = 20_000 * np.cos(2 * np.pi * 1000 * np.arange(n) / RATE)
    argv = ["ffmpeg", "-v", "error", "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-", "-f", "flac", "-"]
    return subprocess.run(argv, input=burst.tobytes(), check=True, capture_output=True).stdout


def sample_script(scenes: int) -> Script:
    """A script of `scenes` scenes."""
    return Script(
        title="Leaves = sugar; #1",
        language="en-GB",
        scenes=tuple(Scene(title=f"Part {n}: & more", beats=(Beat(text=TEXT),)) for n in range(1, scenes + 1)),
        sources=("A book about leaves",),
    )


def make_inputs(
    folder: Path, scenes: Sequence[SampleScene], *, fps: int = 30, size: tuple[int, int] = (320, 180)
) -> VideoInputs:
    """The inputs of a video, as the composer finds them after fetching."""
    narrations = []
    for number, scene in enumerate(scenes, start=1):
        samples = scene.frames * RATE // fps + scene.off
        footage = encode_footage(scene.frames, fps=fps, size=size, detail=scene.detail)
        (folder / footage_name(number)).write_bytes(footage)
        (folder / audio_name(number)).write_bytes(encode_narration(samples))
        narrations.append(sample_narration(samples / RATE, samples))
    text = sample_script(len(scenes))
    timeline = build_timeline(fps, [(n, text.scene(n).title, scene.frames) for n, scene in enumerate(scenes, start=1)])
    silent = (SceneSounds(),) * len(narrations)
    return VideoInputs(folder=folder, script=text, timeline=timeline, narrations=tuple(narrations), sounds=silent)


async def store_inputs(store: ObjectStore, video_id: str, inputs: VideoInputs, **options: Any) -> ScenesReady:
    """Stores the inputs where the scenes' events name them."""
    text, scenes = inputs.script, []
    script_key = f"videos/{video_id}/script/1.json"
    await store.put_json(script_key, text)
    for span, spoken in zip(inputs.timeline.spans, inputs.narrations, strict=True):
        key = f"cache/test/{video_id}-{span.number}"
        await store.put_json(f"{key}.json", spoken)
        await store.put_file(f"{key}.flac", inputs.folder / audio_name(span.number), "audio/flac")
        await store.put_file(f"{key}.mp4", inputs.folder / footage_name(span.number), "video/mp4")
        scenes.append(
            rendered_event(
                video_id,
                span.number,
                script_key=script_key,
                options=VideoOptions(**options),
                key=key,
                frames=span.frames,
                fps=inputs.timeline.fps,
                seconds=spoken.seconds,
            )
        )
    return ScenesReady(revision=1, script_key=script_key, options=VideoOptions(**options), scenes=tuple(scenes))


def rendered_event(
    video_id: str,
    scene: int,
    *,
    revision: int = 1,
    script_key: str = "s",
    options: VideoOptions | None = None,
    key: str = "k",
    frames: int = 30,
    fps: int = 30,
    seconds: float = 1.0,
) -> e.SceneRendered:
    """The event that a scene has its footage."""
    return e.SceneRendered(
        video_id=video_id,
        scene=scene,
        revision=revision,
        script_key=script_key,
        options=options or VideoOptions(),
        narration=e.NarrationRef(key=f"{key}.json", audio_key=f"{key}.flac", seconds=seconds, beats=1),
        code=e.CodeRef(key="code", origin="template"),
        footage=e.FootageRef(key=f"{key}.mp4", frames=frames, fps=fps),
    )


def scripted_event(video_id: str, ready: ScenesReady, **fields: Any) -> e.VideoScripted:
    """The event that the script is written."""
    titles = tuple(e.SceneTitle(title=f"Part {scene.scene}", words=9) for scene in ready.scenes)
    event = e.VideoScripted(
        video_id=video_id, script_key=ready.script_key, title="Leaves", scenes=titles, options=ready.options
    )
    return msgspec.structs.replace(event, **fields)
