"""ffmpeg's commands, argument by argument."""

from __future__ import annotations

from lectern.composer.chapters import format_ffmetadata
from lectern.composer.commands import (
    BurnIn,
    FootageList,
    NarrationTrack,
    build_join_command,
    build_music_command,
    build_sound_command,
)
from lectern.composer.join import format_concat_list
from lectern.composer.thumbnail import choose_opening_shots, choose_shots
from lectern.composer.timeline import build_timeline
from lectern.media import FfmpegCommand, Levels, Shot, build_stills_command

NARRATIONS = [
    NarrationTrack(name="scene-001.flac", samples=161_600),
    NarrationTrack(name="scene-002.flac", samples=252_800),
]
SOUND = (
    "[0:a]aformat=channel_layouts=mono:sample_rates=48000[s0];[s0]apad=whole_len=161600[s1];"
    "[s1]atrim=end_sample=161600[s2];"
    "[1:a]aformat=channel_layouts=mono:sample_rates=48000[s3];[s3]apad=whole_len=252800[s4];"
    "[s4]atrim=end_sample=252800[s5];"
    "[s2][s5]concat=a=1:n=2:v=0[s6];[s6]asetpts=expr=N/SR/TB[s7];"
    r"[s7]pan=args=stereo|c0\\=c0|c1\\=c0[s8]"
)


def _sound_command(music: str | None = None, levels: Levels | None = None) -> FfmpegCommand:
    return build_sound_command(
        narrations=NARRATIONS, music=music, levels=levels or Levels(), language="eng", bitrate="192k", out="sound.m4a"
    )


def _join_command(captions: str | None, burn_in: BurnIn | None = None) -> FfmpegCommand:
    return build_join_command(
        footage=FootageList(name="footage.ffconcat", parts=("scene-001.mp4", "scene-002.mp4")),
        sound="sound.m4a",
        metadata="chapters.ffmetadata",
        captions=captions,
        language="eng",
        burn_in=burn_in,
        out="video.mp4",
        max_output_bytes=1_000_000,
    )


BURN_IN = BurnIn(captions="captions.ass", fps=30, encoder_preset="ultrafast", crf=20, progress="join.progress")


def test_narrations_are_cut_to_the_sample_and_encoded_once() -> None:
    command = _sound_command()
    only_flac = ["-f", "flac", "-codec_whitelist", "flac", "-format_whitelist", "flac", "-protocol_whitelist", "file"]
    assert command.writes == ("sound.m4a",)
    assert list(command.args) == [
        *only_flac, "-threads", "1", "-i", "scene-001.flac",
        *only_flac, "-threads", "1", "-i", "scene-002.flac",
        "-filter_complex", SOUND,
        "-map", "[s8]",
        "-f", "mp4", "-b:a", "192k", "-c:a", "aac", "-fflags", "+bitexact", "-flags:a", "+bitexact",
        "-metadata:s:a:0", "language=eng", "-movie_timescale", "48000", "-profile:a", "aac_low",
        "sound.m4a",
    ]  # fmt: skip


def test_music_is_mixed_in_unchanged_and_levels_come_last() -> None:
    args = _sound_command("music.pcm", Levels(gain=1.5, ceiling=-1.5)).args
    graph = args[args.index("-filter_complex") + 1]
    assert args[args.index("s16le") - 1 : args.index("music.pcm") + 1] == (
        "-f", "s16le", "-ac", "2", "-ar", "48000", "-codec_whitelist", "pcm_s16le", "-format_whitelist", "s16le",
        "-protocol_whitelist", "file", "-i", "music.pcm",
    )  # fmt: skip
    assert "amix=duration=first:inputs=2:normalize=0[s9];[s9]volume=1.50dB[s10];[s10]aresample=192000" in graph
    assert graph.endswith("apad=whole_len=414400[s14];[s14]atrim=end_sample=414400[s15]")


def test_a_video_is_joined_without_encoding_anything_again() -> None:
    command = _join_command("captions.vtt")
    assert (command.reads, command.writes) == (("scene-001.mp4", "scene-002.mp4"), ("video.mp4",))
    assert list(command.args) == [
        "-f", "concat", "-protocol_whitelist", "file", "-format_whitelist", "concat,mov", "-codec_whitelist", "h264",
        "-i", "footage.ffconcat",
        "-f", "mov", "-protocol_whitelist", "file", "-format_whitelist", "mov", "-codec_whitelist", "aac",
        "-i", "sound.m4a",
        "-f", "webvtt", "-protocol_whitelist", "file", "-format_whitelist", "webvtt", "-codec_whitelist", "webvtt",
        "-i", "captions.vtt",
        "-f", "ffmetadata", "-protocol_whitelist", "file", "-format_whitelist", "ffmetadata",
        "-codec_whitelist", "none", "-i", "chapters.ffmetadata",
        "-map", "0:v", "-c:v", "copy",
        "-map", "1:a", "-c:a", "copy",
        "-map", "2:s", "-c:s", "mov_text", "-metadata:s:s:0", "language=eng",
        "-map", "3:s?", "-map_metadata", "3", "-map_chapters", "3",
        "-metadata:s:v:0", "language=eng", "-metadata:s:a:0", "language=eng",
        "-movflags", "+faststart+write_colr", "-fflags", "+bitexact",
        "-movie_timescale", "48000", "-video_track_timescale", "90000",
        "-f", "mp4", "video.mp4",
    ]  # fmt: skip


def test_burned_captions_are_drawn_on_numbered_frames_and_encoded_like_scenes() -> None:
    command = _join_command(None, BURN_IN)
    args = command.args
    assert command.fonts
    assert command.reads == ("scene-001.mp4", "scene-002.mp4", "captions.ass")
    assert command.writes == ("video.mp4", "join.progress")
    assert args[args.index("-filter:v") + 1] == "settb=1/30,setpts=N,fps=30,ass=captions.ass"
    assert args[args.index("-c:v") + 1] == "libx264"
    assert (args[args.index("-qp:v") + 1], args[args.index("-preset:v") + 1]) == ("20", "ultrafast")
    assert args[args.index("-x264-params") + 1] == "keyint=30:min-keyint=30:scenecut=0:open-gop=0:bframes=0"
    assert "mov_text" not in args
    assert args[args.index("-c:a") + 1] == "copy"


def test_without_captions_chapters_come_from_the_input_after_the_sound() -> None:
    args = _join_command(None).args
    assert "mov_text" not in args
    assert args[args.index("-map_chapters") + 1] == args[args.index("-map_metadata") + 1] == "2"
    assert [args[n + 1] for n, arg in enumerate(args) if arg == "-i"][2] == "chapters.ffmetadata"


def test_the_tail_of_the_narration_is_never_cut_by_a_shorter_picture() -> None:
    assert "-shortest" not in _join_command("captions.vtt").args + _sound_command().args


def test_music_is_decoded_by_few_decoders_and_for_a_limited_time() -> None:
    args = build_music_command(track="music.track", max_seconds=600.0, loudness="l", out="o.pcm").args
    before = args[: args.index("-i")]
    assert before[before.index("-protocol_whitelist") + 1] == "file"
    assert before[before.index("-format_whitelist") + 1] == "mp3,wav,flac,ogg,mov"
    assert {"-vn", "-sn", "-dn", "-max_alloc", "-codec_whitelist"} <= set(before)
    assert args[args.index("-t") + 1] == "600.0"


def test_each_still_decodes_from_a_key_frame_in_a_process_of_one() -> None:
    command = build_stills_command(
        [Shot(name="scene-001.mp4", seconds="3", still="still-001.jpg")],
        longest_edge=1280,
    )
    assert list(command.args) == [
        "-f", "mov", "-codec_whitelist", "h264", "-format_whitelist", "mov", "-protocol_whitelist", "file",
        "-ss", "3", "-threads", "1", "-i", "scene-001.mp4",
        "-filter_complex",
        r"[0:v]scale=flags=lanczos+accurate_rnd+full_chroma_int:h=if(gte(iw\,ih)\,-2\,1280):in_color_matrix=bt709:"
        r"out_color_matrix=bt601:out_range=pc:w=if(gte(iw\,ih)\,1280\,-2)[s0];[s0]format=yuvj420p[s1]",
        "-map", "[s1]",
        "-f", "image2", "-c:v", "mjpeg", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-q:v", "3",
        "-threads", "1", "-update", "1", "-vframes", "1", "still-001.jpg",
    ]  # fmt: skip


def test_lengths_in_the_concat_list_never_add_up_to_an_error() -> None:
    timeline = build_timeline(30, [(n, "T", 31) for n in range(1, 301)])
    lengths = [
        float(line.split()[1]) for line in format_concat_list(timeline).split("\n") if line.startswith("duration")
    ]
    for number, span in enumerate(timeline.spans):
        assert abs(sum(lengths[: number + 1]) - span.end / 30) < 2e-6


def test_chapters_are_counted_in_frames_and_titles_are_escaped() -> None:
    timeline = build_timeline(30, [(1, "a = b; #c \\", 31), (2, "two\nlines", 47)])
    assert format_ffmetadata("T", timeline) == (
        ";FFMETADATA1\ntitle=T\n"
        "[CHAPTER]\nTIMEBASE=1/30\nSTART=0\nEND=31\ntitle=a \\= b\\; \\#c \\\\\n"
        "[CHAPTER]\nTIMEBASE=1/30\nSTART=31\nEND=78\ntitle=two lines\n"
    )


def test_stills_are_taken_where_scenes_have_settled() -> None:
    timeline = build_timeline(30, [(1, "T", 90), (2, "T", 44), (3, "T", 45), (4, "T", 1)])
    assert [(shot.name, shot.seconds) for shot in choose_shots(timeline)] == [
        ("scene-001.mp4", "2"),  # 3 s long: half a second before the end is in second 2
        ("scene-002.mp4", "0.716667"),  # too short for that: its middle, frame 22
        ("scene-003.mp4", "1"),
        ("scene-004.mp4", "0.000000"),
    ]


def test_of_many_scenes_the_longest_are_candidates_in_order() -> None:
    timeline = build_timeline(30, [(n, "T", 30 * n) for n in range(1, 31)])
    assert [shot.still for shot in choose_shots(timeline)] == [f"still-{n:03d}.jpg" for n in range(19, 31)]


def test_the_poster_of_a_film_with_cards_is_its_first_picture_while_the_question_stands_on_it() -> None:
    long, short = build_timeline(30, [(1, "One", 300), (2, "Two", 90)]), build_timeline(30, [(1, "One", 45)])
    assert [(shot.name, shot.seconds) for shot in choose_opening_shots(long)] == [
        ("scene-001.mp4", f"{moment:.3f}") for moment in (0.0, 0.5, 1.0, 1.5, 2.0)
    ]
    assert [shot.seconds for shot in choose_opening_shots(short)] == ["0.000", "0.500"]
