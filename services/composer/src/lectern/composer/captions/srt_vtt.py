"""Caption and chapter files as SubRip and WebVTT."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from pysubs2 import SSAEvent, SSAFile
from pysubs2.formats.webvtt import WebVTTFormat

from lectern.composer.captions.cues import Cue
from lectern.composer.captions.line_text import break_markup, embed_line, join_words, on_one_line
from lectern.composer.timeline import SceneSpan, VideoTimeline

SceneCues: TypeAlias = Sequence[tuple[SceneSpan, Sequence[Cue]]]  # each scene's place with its cues


def format_srt(scenes: SceneCues, timeline: VideoTimeline, *, rtl: bool = False) -> str:
    """Formats captions as SubRip, without any styling. `rtl` for languages written from right to left."""
    entries = (
        (
            span.start + cue.start,
            span.start + cue.end,
            "\n".join(embed_line(line, rtl=rtl) for line in _srt_lines(cue)),
        )
        for span, cue in cues_of(scenes)
    )
    return _format_file(entries, timeline, "srt")


def format_vtt(scenes: SceneCues, timeline: VideoTimeline, *, karaoke: bool = False, rtl: bool = False) -> str:
    """Formats captions as WebVTT. With `karaoke` each word after a cue's first has the time it is spoken."""
    entries = (
        (
            span.start + cue.start,
            span.start + cue.end,
            "\n".join(embed_line(line, rtl=rtl) for line in _vtt_lines(span, cue, timeline, karaoke)),
        )
        for span, cue in cues_of(scenes)
    )
    return _format_file(entries, timeline, "vtt")


def format_chapters_vtt(timeline: VideoTimeline) -> str:
    """Formats a WebVTT file of kind `chapters`: a cue for each scene."""
    entries = ((span.start, span.end, _escape(span.title)) for span in timeline.spans)
    return _format_file(entries, timeline, "vtt")


def cues_of(scenes: SceneCues) -> Iterable[tuple[SceneSpan, Cue]]:
    """Returns all cues in order, each with the scene it is in."""
    return ((span, cue) for span, cues in scenes for cue in cues)


def _format_file(entries: Iterable[tuple[int, int, str]], timeline: VideoTimeline, file_format: str) -> str:
    subtitles = SSAFile()
    for start, end, text in entries:
        event = SSAEvent(start=timeline.milliseconds(start), end=timeline.milliseconds(end))
        event.text = text.replace("\n", r"\N")
        subtitles.append(event)
    # Braces and tags in a caption are the author's text, not styling.
    return subtitles.to_string(file_format, keep_ssa_tags=True, apply_styles=False).rstrip("\n") + "\n"


def _srt_lines(cue: Cue) -> list[str]:
    return [join_words(line, lambda text: break_markup(on_one_line(text)).replace("-->", "→")) for line in cue.lines]


def _vtt_lines(span: SceneSpan, cue: Cue, timeline: VideoTimeline, karaoke: bool) -> list[str]:
    if not karaoke:
        return [join_words(line, _escape) for line in cue.lines]
    origin = span.start * 1000 / timeline.fps
    latest = timeline.milliseconds(span.start + cue.start)
    end = timeline.milliseconds(span.start + cue.end)
    lines: list[str] = []
    for line in cue.lines:
        pieces: list[str] = []
        for word in line:
            time = round(origin + word.start * 1000)
            # The standard requires times inside a cue to rise, after its start and before its end.
            timed = latest < time < end and word is not cue.lines[0][0]
            stamp = f"<{WebVTTFormat.ms_to_timestamp(time)}>" if timed else ""
            latest = max(latest, time)
            pieces.append(("" if word.glued or not pieces else " ") + stamp + _escape(word.text))
        lines.append("".join(pieces))
    return lines


def _escape(text: str) -> str:
    return break_markup(on_one_line(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
