"""The sound of a video: narration and music as AAC, as loud as players expect, measured on the encoded file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lectern.composer.commands import NarrationTrack, build_sound_command
from lectern.composer.inputs import VideoInputs, audio_name
from lectern.language.tags import alpha3
from lectern.media import M4A, Levels, Loudness, encode_at_target, run_ffmpeg

MAX_GAIN = 6.0  # dB: a video farther from the target has hardly any speech, and is meant to be quiet
MAX_ENCODINGS = 5
TIMEOUT_MARGIN_SECONDS = 60.0  # on top of the video's own length; encoding takes a few hundredths of that

_SOUND = "sound.m4a"


class VideoSound(msgspec.Struct, frozen=True, kw_only=True):
    """A finished sound track: a file in the inputs' folder, and its loudness."""

    name: str
    loudness: Loudness


async def mix_sound(inputs: VideoInputs, music: str | None, *, bitrate: str) -> VideoSound:
    """Mixes the narrations of all scenes with `music` (a file in `build_sound_command`'s format). Raises ProcessFailed.

    The voice service levels every scene, so most mixes fit as they are.
    """
    timeline = inputs.timeline
    narrations = [
        NarrationTrack(name=audio_name(span.number), samples=timeline.samples(span.frames)) for span in timeline.spans
    ]
    timeout = TIMEOUT_MARGIN_SECONDS + timeline.seconds

    async def encode(levels: Levels) -> Path:
        command = build_sound_command(
            narrations=narrations,
            music=music,
            levels=levels,
            language=alpha3(inputs.script.language),
            bitrate=bitrate,
            out=_SOUND,
        )
        await run_ffmpeg(command, folder=inputs.folder, timeout=timeout)
        return inputs.folder / _SOUND

    loudness = await encode_at_target(
        encode, Levels(), M4A, timeout=timeout, max_encodings=MAX_ENCODINGS, max_gain=MAX_GAIN
    )
    return VideoSound(name=_SOUND, loudness=loudness)
