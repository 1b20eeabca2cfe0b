"""The transcript: the narration as text to read."""

from __future__ import annotations

from lectern.composer.timeline import VideoTimeline
from lectern.contracts.script import Script
from lectern.language.sentences import sentences


def format_transcript(script: Script, timeline: VideoTimeline) -> str:
    """Formats the title, then each scene with its start time and its sentences, one a line; sources last."""
    parts = [script.title]
    for span in timeline.spans:
        beats = script.scene(span.number).beats
        spoken = [" ".join(sentence.split()) for beat in beats for sentence in sentences(beat.text, script.language)]
        heading = f"{span.number}. {span.title} ({_format_clock(span.start // timeline.fps)})"
        parts.append("\n".join([heading, "", *spoken]))
    if script.sources:
        parts.append("\n".join(["Sources", "", *script.sources]))
    return "\n\n".join(parts) + "\n"


def _format_clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"
