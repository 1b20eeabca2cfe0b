"""What ffmpeg is asked to do, as argument lists compiled by ffmpeg-python. Pure: nothing runs here.

File names are relative to the folder ffmpeg runs in, so equal videos give equal argument lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ffmpeg
import msgspec

from lectern.contracts.quality import AUDIO_RATE

VIDEO_TIMESCALE = 90_000  # ticks a second: a frame of 15, 30 or 60 fps is a whole number of them

CONTAINERS = ("mp3", "wav", "flac", "ogg", "mov")  # of uploaded music; "mov" reads M4A
DECODERS = (
    *("mp3", "mp3float", "flac", "vorbis", "libvorbis", "opus", "libopus", "aac", "alac"),
    *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"),
)


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's narration, and the samples it must fill."""

    name: str
    samples: int


class Levels(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to a mix before it is encoded: `gain` in dB, then no peak above `ceiling` (dBTP; None: any)."""

    gain: float = 0.0
    ceiling: float | None = None


class Burn(msgspec.Struct, frozen=True, kw_only=True):
    """Captions to draw into the picture: an ASS file, the footage's frame rate, and how the picture is encoded then."""

    captions: str
    fps: int
    encoder_preset: str
    crf: int
    progress: str  # the file ffmpeg writes how far it is to


def sound_args(
    *, voices: Sequence[Voice], music: str | None, levels: Levels, language: str, bitrate: str, out: str
) -> list[str]:
    """Arguments that make a video's sound: narration laid sample by sample, music beneath it, as AAC in an MP4.

    `music` is 16-bit stereo at 48 kHz without a header, exactly as long as the narration. The movie's clock ticks in
    samples, or the length in the edit list, which leaves out the encoder's 1024 priming samples, would be rounded. One
    decoder thread for each narration: by default every input would start as many as there are cores.
    """
    laid = [
        ffmpeg.input(voice.name, threads=1)["a"]
        .filter("aformat", sample_rates=AUDIO_RATE, channel_layouts="mono")
        .filter("apad", whole_len=voice.samples)
        .filter("atrim", end_sample=voice.samples)
        for voice in voices
    ]
    # `concat` counts in microseconds; numbering the samples anew keeps every timestamp whole. `pan` doubles the one
    # channel as it is, where ffmpeg's own upmix would make it 3 dB quieter.
    sound = (
        ffmpeg.concat(*laid, n=len(laid), v=0, a=1)
        .filter("asetpts", expr="N/SR/TB")
        .filter("pan", args="stereo|c0=c0|c1=c0")
    )
    if music:
        beneath = ffmpeg.input(music, format="s16le", ar=AUDIO_RATE, ac=2)["a"]
        sound = ffmpeg.filter([sound, beneath], "amix", inputs=2, duration="first", normalize=0)
    if levels.gain:
        sound = sound.filter("volume", f"{levels.gain:.2f}dB")
    if levels.ceiling is not None:
        samples = sum(voice.samples for voice in voices)
        # A limiter sees true peaks only between the samples: at four times the rate.
        sound = (
            sound.filter("aresample", AUDIO_RATE * 4)
            .filter("alimiter", limit=f"{10 ** (levels.ceiling / 20):.6f}", attack=4, release=60, level=0, latency=1)
            .filter("aresample", AUDIO_RATE)
            .filter("apad", whole_len=samples)
            .filter("atrim", end_sample=samples)
        )
    options: dict[str, Any] = {
        "c:a": "aac",
        "profile:a": "aac_low",
        "b:a": bitrate,
        "metadata:s:a:0": f"language={language}",
        "movie_timescale": AUDIO_RATE,
        "fflags": "+bitexact",
        "flags:a": "+bitexact",
    }
    return _compiled(ffmpeg.output(sound, out, format="mp4", **options))


def track_args(*, track: str, hostile: bool, longest: float, loudness: str, out: str) -> list[str]:
    """Arguments that decode music to 16-bit stereo at 48 kHz, and write its short-term loudness to `loudness`.

    A `hostile` track is a stranger's: only containers and decoders of sound are let at it, no protocol but the file's
    own (playlists name others), one thread, at most 256 MB at once and `longest` seconds.
    """
    limits: dict[str, Any] = {}
    if hostile:
        limits = {
            "protocol_whitelist": "file",
            "format_whitelist": ",".join(CONTAINERS),
            "codec_whitelist": ",".join(DECODERS),
            "max_alloc": 256 * 1024 * 1024,
        }
    sound = (
        ffmpeg.input(track, vn=None, sn=None, dn=None, threads=1, **limits)["a:0"]
        .filter("aformat", sample_rates=AUDIO_RATE, channel_layouts="stereo", sample_fmts="s16")
        .filter("ebur128", framelog="verbose", metadata=1)
        .filter("ametadata", mode="print", key="lavfi.r128.S", file=loudness)
    )
    return _compiled(ffmpeg.output(sound, out, format="s16le", ac=2, ar=AUDIO_RATE, t=longest, **{"c:a": "pcm_s16le"}))


def loudness_args(sound: str) -> list[str]:
    """Arguments that measure a file's loudness and true peak (EBU R128); ffmpeg logs both at the end."""
    return _compiled(
        ffmpeg.input(sound)["a"].filter("ebur128", framelog="verbose", peak="true").output("-", format="null")
    )


def join_args(
    *, footage: str, sound: str, metadata: str, captions: str | None, language: str, burn: Burn | None, out: str
) -> list[str]:
    """Arguments that join a video: footage and sound copied, captions and chapters beside them.

    `footage` is a concat list, `metadata` an ffmetadata file, `captions` WebVTT, `language` an ISO 639-2/T code. With
    `burn` the picture is drawn upon and encoded as scenes are. The movie's clock ticks in samples: with ffmpeg's
    default of milliseconds the lengths in the edit lists, one for each track, would be rounded.
    """
    picture = ffmpeg.input(footage, format="concat")["v"]
    options: dict[str, Any] = {
        "c:v": "copy",
        "c:a": "copy",
        "metadata:s:v:0": f"language={language}",
        "metadata:s:a:0": f"language={language}",
        "movflags": "+faststart+write_colr",
        "movie_timescale": AUDIO_RATE,
        "video_track_timescale": VIDEO_TIMESCALE,
        "fflags": "+bitexact",
    }
    if burn:
        # Frames are numbered anew, so that none is doubled or dropped for a timestamp a microsecond off.
        picture = (
            picture.filter("settb", expr=f"1/{burn.fps}")
            .filter("setpts", expr="N")
            .filter("fps", fps=burn.fps)
            .filter("ass", filename=burn.captions)
        )
        quality = "qp" if burn.encoder_preset == "ultrafast" else "crf"
        options |= {
            "c:v": "libx264",
            "preset:v": burn.encoder_preset,
            f"{quality}:v": burn.crf,
            "x264-params": f"keyint={burn.fps}:min-keyint={burn.fps}:scenecut=0:open-gop=0:bframes=0",
            "pix_fmt": "yuv420p",
            "colorspace": "bt709",
            "color_primaries": "bt709",
            "color_trc": "bt709",
            "color_range": "tv",
            "flags:v": "+bitexact",
            "progress": burn.progress,
            "stats_period": 0.5,
        }
    tracks: list[Any] = [picture, ffmpeg.input(sound)["a"]]
    if captions:
        tracks.append(ffmpeg.input(captions)["s"])
        options |= {"c:s": "mov_text", "metadata:s:s:0": f"language={language}"}
    # An ffmetadata file has no streams; mapping "any, if there are some" is how it becomes an input all the same.
    tracks.append(ffmpeg.input(metadata, format="ffmetadata")["s?"])
    described = 2 + bool(captions)
    options |= {"map_metadata": described, "map_chapters": described}
    return _compiled(ffmpeg.output(*tracks, out, format="mp4", **options))


def _compiled(stream: Any) -> list[str]:
    """The argument list without the program's name."""
    args: list[str] = stream.compile()
    return args[1:]
