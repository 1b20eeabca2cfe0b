"""ffmpeg's commands for mixing sound, decoding music and joining a video.

File names are relative to ffmpeg's working folder, so equal videos have equal commands.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.contracts.quality import AUDIO_RATE, Preset
from lectern.media import (
    FLAC,
    FOOTAGE,
    FOOTAGE_LIST,
    M4A,
    METADATA,
    MUSIC,
    PCM,
    WEBVTT,
    FfmpegCommand,
    Levels,
    MediaInput,
    apply_levels,
    combine_streams,
    compile_graph,
    fit_length,
    input_args,
    loudness_filters,
    open_stream,
    write_stream,
)

VIDEO_TIMESCALE = 90_000  # ticks a second: a frame of 15, 30 or 60 fps is a whole number of them

MUSIC_MAX_ALLOC = 256 * 1024 * 1024  # bytes in one allocation


class NarrationTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's narration file, and the number of samples it must fill."""

    name: str
    samples: int


class FootageList(msgspec.Struct, frozen=True, kw_only=True):
    """A concat list (ffmpeg-formats, "concat"), and the footage files that it names."""

    name: str
    parts: tuple[str, ...]


class BurnIn(msgspec.Struct, frozen=True, kw_only=True):
    """Captions to draw into the picture, and how the picture is encoded then.

    `captions` is an ASS file, `fps` the footage's frame rate, `progress` the file that ffmpeg reports progress to.
    """

    captions: str
    fps: int
    encoder_preset: str
    crf: int
    progress: str


def build_sound_command(
    *, narrations: Sequence[NarrationTrack], music: str | None, levels: Levels, language: str, bitrate: str, out: str
) -> FfmpegCommand:
    """Builds the command that mixes a video's sound, narrations end to end and music beneath, into AAC in an MP4.

    `music` is 16-bit stereo at 48 kHz without a header, exactly as long as the narrations; `language` an ISO 639-2/T
    code. The movie's clock ticks in samples, or the length in the edit list, which leaves out the encoder's 1024
    priming samples, would be rounded. One decoder thread per narration: by default every input would start as many as
    there are cores.
    """
    tracks = [
        fit_length(
            open_stream(MediaInput(path=track.name, kind=FLAC, options=(("threads", 1),)), "a").filter(
                "aformat", sample_rates=AUDIO_RATE, channel_layouts="mono"
            ),
            track.samples,
        )
        for track in narrations
    ]
    # `concat` counts in microseconds; numbering the samples again keeps every timestamp whole. `pan` doubles the one
    # channel as it is, where ffmpeg's own upmix would make it 3 dB quieter.
    sound = (
        combine_streams(tracks, "concat", n=len(tracks), v=0, a=1)
        .filter("asetpts", expr="N/SR/TB")
        .filter("pan", args="stereo|c0=c0|c1=c0")
    )
    if music:
        bed = open_stream(MediaInput(path=music, kind=PCM, options=(("ar", AUDIO_RATE), ("ac", 2))), "a")
        sound = combine_streams([sound, bed], "amix", inputs=2, duration="first", normalize=0)
    sound = apply_levels(sound, levels, AUDIO_RATE)
    if levels.ceiling is not None:
        sound = fit_length(sound, sum(track.samples for track in narrations))
    options = {
        "c:a": "aac",
        "profile:a": "aac_low",
        "b:a": bitrate,
        "metadata:s:a:0": f"language={language}",
        "movie_timescale": AUDIO_RATE,
        "fflags": "+bitexact",
        "flags:a": "+bitexact",
    }
    return compile_graph(write_stream(sound, out, format="mp4", **options))


def build_music_command(*, track: str, max_seconds: float, loudness: str, out: str) -> FfmpegCommand:
    """Builds the command that decodes music to 16-bit stereo at 48 kHz and reports its loudness to a file.

    The track may be a stranger's: one thread decodes at most `max_seconds` of it, with 256 MB at most in an allocation.
    """
    decoding = f"aformat=sample_rates={AUDIO_RATE}:channel_layouts=stereo:sample_fmts=s16"
    measuring = loudness_filters(loudness, true_peak=False)
    options = (("threads", 1), ("vn", None), ("sn", None), ("dn", None))
    return FfmpegCommand(
        args=(
            *("-max_alloc", str(MUSIC_MAX_ALLOC)),
            *input_args(MediaInput(path=track, kind=MUSIC, options=options)),
            *("-map", "0:a:0", "-af", f"{decoding},{measuring}", "-t", str(max_seconds)),
            *("-f", "s16le", "-c:a", "pcm_s16le", "-ac", "2", "-ar", str(AUDIO_RATE), out),
        ),
        writes=(loudness, out),
    )


def build_join_command(
    *,
    footage: FootageList,
    sound: str,
    metadata: str,
    captions: str | None,
    language: str,
    burn_in: BurnIn | None,
    out: str,
    max_output_bytes: int,
) -> FfmpegCommand:
    """Builds the command that joins a video: footage and sound copied, with captions and chapters.

    `metadata` is an ffmetadata file, `captions` WebVTT, `language` an ISO 639-2/T code. With `burn_in` the picture is
    drawn upon and encoded as scenes are. The movie's clock ticks in samples: with ffmpeg's default of milliseconds the
    lengths in the edit lists, one for each track, would be rounded.
    """
    sources = [
        MediaInput(path=footage.name, kind=FOOTAGE_LIST),
        MediaInput(path=sound, kind=M4A),
        *([MediaInput(path=captions, kind=WEBVTT)] if captions else []),
        MediaInput(path=metadata, kind=METADATA),
    ]
    caption_track = ["-map", "2:s", "-c:s", "mov_text", "-metadata:s:s:0", f"language={language}"] if captions else []
    last = len(sources) - 1
    args = [
        *(arg for source in sources for arg in input_args(source)),
        *("-map", "0:v", *(_burn_in_args(burn_in) if burn_in else ("-c:v", "copy"))),
        *("-map", "1:a", "-c:a", "copy", *caption_track),
        # An ffmetadata file has no streams; mapping "any, if there are some" is how it becomes an input all the same.
        *("-map", f"{last}:s?", "-map_metadata", f"{last}", "-map_chapters", f"{last}"),
        *("-metadata:s:v:0", f"language={language}", "-metadata:s:a:0", f"language={language}"),
        *("-movflags", "+faststart+write_colr", "-fflags", "+bitexact"),
        *("-movie_timescale", str(AUDIO_RATE), "-video_track_timescale", str(VIDEO_TIMESCALE)),
        *("-f", "mp4", out),
    ]
    return FfmpegCommand(
        args=tuple(args),
        writes=(out, burn_in.progress) if burn_in else (out,),
        reads=(*footage.parts, burn_in.captions) if burn_in else footage.parts,
        fonts=burn_in is not None,
        max_output_bytes=max_output_bytes,
    )


def build_transition_command(
    *,
    before: str,
    after: str,
    skipped: int,
    frames: int,
    push: bool,
    fps: int,
    preset: Preset,
    out: str,
    max_output_bytes: int,
) -> FfmpegCommand:
    """Builds the command that blends the last `frames` frames of one footage with the first of another.

    `skipped` frames of the first footage come before them. They dissolve, or are pushed out to the left. The first
    frame is the first footage's as it is; one more would be the other's. One thread, as scenes are encoded, or the
    stream's header would differ.
    """
    # Both are two frames longer than needed: where an input has ended, `xfade` shows the other alone.
    start = max(0.0, (skipped - 0.5) / fps)  # ffmpeg takes the first frame that does not begin before this time
    clock = f"settb=1/{fps},setpts=N,fps={fps},format=yuv420p"
    blend = (
        f"hstack,crop=w=iw/2:h=ih:x='(iw/2)*(1-cos(PI*n/{frames}))/2':y=0"
        if push
        else f"xfade=transition=fade:duration={frames / fps:.6f}:offset=0"
    )
    graph = (
        f"[0:v]{clock},trim=end_frame={frames},tpad=stop_mode=clone:stop=2[a];"
        f"[1:v]trim=end_frame=1,loop=loop={frames - 1}:size=1,{clock},tpad=stop_mode=clone:stop=2[b];"
        f"[a][b]{blend}[v]"
    )
    sources = (
        MediaInput(path=before, kind=FOOTAGE, options=(("ss", f"{start:.6f}"), ("threads", 1))),
        MediaInput(path=after, kind=FOOTAGE, options=(("threads", 1),)),
    )
    args = (
        *(arg for source in sources for arg in input_args(source)),
        *("-filter_complex_threads", "1", "-filter_complex", graph, "-map", "[v]", "-frames:v", str(frames)),
        *_encoder_args(fps=fps, encoder_preset=preset.encoder_preset, crf=preset.crf),
        *("-threads:v", "1", "-fflags", "+bitexact", "-f", "mp4", out),
    )
    return FfmpegCommand(args=args, writes=(out,), max_output_bytes=max_output_bytes)


def _burn_in_args(burn_in: BurnIn) -> list[str]:
    # Frames are numbered again, so that none is doubled or dropped for a timestamp a microsecond off.
    filters = f"settb=1/{burn_in.fps},setpts=N,fps={burn_in.fps},ass={burn_in.captions}"
    return [
        *("-filter:v", filters),
        *_encoder_args(fps=burn_in.fps, encoder_preset=burn_in.encoder_preset, crf=burn_in.crf),
        *("-progress", burn_in.progress, "-stats_period", "0.5"),
    ]


def _encoder_args(*, fps: int, encoder_preset: str, crf: int) -> list[str]:
    """The encoder's arguments, with which footage is encoded, too."""
    quality = "-qp:v" if encoder_preset == "ultrafast" else "-crf:v"
    return [
        *("-c:v", "libx264", "-preset:v", encoder_preset, quality, str(crf)),
        *("-x264-params", f"keyint={fps}:min-keyint={fps}:scenecut=0:open-gop=0:bframes=0"),
        *("-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-color_range", "tv", "-flags:v", "+bitexact"),
    ]
