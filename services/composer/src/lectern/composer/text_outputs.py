"""The finished files that are text: captions, chapters and transcript."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from lectern.composer.captions import (
    SceneCues,
    adjust_for_burning,
    cut_cues,
    format_ass,
    format_chapters_vtt,
    format_srt,
    format_vtt,
    limits_for,
    style_for,
)
from lectern.composer.inputs import VideoInputs
from lectern.composer.transcript import format_timed_transcript, format_transcript
from lectern.contracts.notes import Note
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import preset
from lectern.language.tags import is_right_to_left


class FinishedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A finished file before it is stored: its text, or the path of its bytes."""

    kind: str
    name: str
    media_type: str
    content: str | Path


def cut_captions(inputs: VideoInputs, options: VideoOptions) -> SceneCues:
    """Cuts all narrations into cues; none if captions are off or nothing is spoken."""
    if options.captions == "off":
        return []
    limits = limits_for(options.aspect, inputs.script.language)
    timeline = inputs.timeline
    scenes = [
        (span, cut_cues(narration.words, span.frames, timeline.fps, limits))
        for span, narration in zip(timeline.spans, inputs.narrations, strict=True)
    ]
    return scenes if any(cues for _, cues in scenes) else []


def format_text_outputs(
    inputs: VideoInputs, options: VideoOptions, captions: SceneCues, notes: Sequence[Note] = ()
) -> list[FinishedFile]:
    """Formats all files that are text. Without captions there are no caption files."""
    timeline = inputs.timeline
    chapters = FinishedFile(
        kind="chapters_vtt", name="chapters.vtt", media_type="text/vtt", content=format_chapters_vtt(timeline)
    )
    transcript = FinishedFile(
        kind="transcript",
        name="transcript.txt",
        media_type="text/plain; charset=utf-8",
        content=format_transcript(inputs.script, timeline, notes),
    )
    timed = FinishedFile(
        kind="transcript_json",
        name="transcript.json",
        media_type="application/json",
        content=format_timed_transcript(inputs.script, timeline, inputs.narrations),
    )
    return [*_caption_files(inputs, options, captions), chapters, transcript, timed]


def _caption_files(inputs: VideoInputs, options: VideoOptions, captions: SceneCues) -> list[FinishedFile]:
    if not captions:
        return []
    rtl, karaoke = is_right_to_left(inputs.script.language), options.captions == "karaoke"
    vtt = format_vtt(captions, inputs.timeline, karaoke=karaoke, rtl=rtl)
    srt = format_srt(captions, inputs.timeline, rtl=rtl)
    files = [
        FinishedFile(kind="captions_vtt", name="captions.vtt", media_type="text/vtt", content=vtt),
        FinishedFile(kind="captions_srt", name="captions.srt", media_type="application/x-subrip", content=srt),
    ]
    if karaoke:
        ass = format_styled_captions(inputs, options, captions)
        files.append(FinishedFile(kind="captions_ass", name="captions.ass", media_type="text/x-ssa", content=ass))
    return files


def format_styled_captions(
    inputs: VideoInputs, options: VideoOptions, captions: SceneCues, *, burned: bool = False
) -> str:
    """Formats captions as ASS, to be drawn over the picture by players or, `burned`, into it by ffmpeg."""
    language = inputs.script.language
    frame = preset(options.quality, options.aspect)
    colours = options.brand.colours if options.brand else {}
    style = style_for(options.aspect, options.theme, language, width=frame.width, height=frame.height, colours=colours)
    return format_ass(
        captions,
        inputs.timeline,
        adjust_for_burning(style) if burned else style,
        karaoke=options.captions == "karaoke",
        rtl=is_right_to_left(language),
    )
