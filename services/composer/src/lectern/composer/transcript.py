"""The transcript: what is said, as text to read."""

from __future__ import annotations

from lectern.composer.captions.sentences import sentences
from lectern.composer.timeline import Timeline
from lectern.contracts.script import Script


def transcript(script: Script, timeline: Timeline) -> str:
    """Title, then each scene with the time it starts and its sentences, one a line; sources last."""
    parts = [script.title]
    for span in timeline.spans:
        said = [sentence for beat in script.scene(span.number).beats for sentence in sentences(beat.text)]
        heading = f"{span.number}. {span.title} ({_clock(span.start // timeline.fps)})"
        parts.append("\n".join([heading, "", *said]))
    if script.sources:
        parts.append("\n".join(["Sources", "", *script.sources]))
    return "\n\n".join(parts) + "\n"


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"
