"""The transcript: the narration as text to read."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.composer.timeline import VideoTimeline
from lectern.contracts.notes import Note
from lectern.contracts.script import Script
from lectern.language.sentences import sentences


def format_transcript(script: Script, timeline: VideoTimeline, notes: Sequence[Note] = ()) -> str:
    """Formats the title, then each scene with its start time and its sentences, one a line; sources and notes last."""
    parts = [script.title]
    for span in timeline.spans:
        beats = script.scene(span.number).beats
        spoken = [" ".join(sentence.split()) for beat in beats for sentence in sentences(beat.text, script.language)]
        heading = f"{span.number}. {span.title} ({_format_clock(span.start // timeline.fps)})"
        parts.append("\n".join([heading, "", *spoken]))
    if script.sources:
        parts.append("\n".join(["Sources", "", *script.sources]))
    if notes:
        parts.append("\n".join(["Notes", "", *(note.text for note in notes)]))
    return "\n\n".join(parts) + "\n"


def _format_clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"
