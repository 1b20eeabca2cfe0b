"""Captions: cues cut from the words of a narration, and the files they are delivered in."""

from lectern.composer.captions.ass import format_ass
from lectern.composer.captions.cues import Cue, cut_cues
from lectern.composer.captions.reading_limits import ReadingLimits, limits_for
from lectern.composer.captions.srt_vtt import SceneCues, format_chapters_vtt, format_srt, format_vtt
from lectern.composer.captions.style import CaptionStyle, adjust_for_burning, style_for

__all__ = [
    "CaptionStyle",
    "Cue",
    "ReadingLimits",
    "SceneCues",
    "adjust_for_burning",
    "cut_cues",
    "format_ass",
    "format_chapters_vtt",
    "format_srt",
    "format_vtt",
    "limits_for",
    "style_for",
]
