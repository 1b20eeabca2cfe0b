"""Caption and chapter files, written with pysubs2."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from pysubs2 import SSAEvent, SSAFile
from pysubs2.formats.webvtt import WebVTTFormat

from lectern.composer.captions.cues import Cue
from lectern.composer.captions.direction import directed
from lectern.composer.captions.lettering import joined
from lectern.composer.timeline import Span, Timeline

Placed: TypeAlias = Sequence[tuple[Span, Sequence[Cue]]]  # each scene's place with its cues


def srt(placed: Placed, timeline: Timeline, *, rtl: bool = False) -> str:
    """SubRip, without any styling. `rtl`: the language is written from right to left."""
    return _file(
        (
            (
                span.start + cue.start,
                span.start + cue.end,
                "\n".join(directed(line, rtl=rtl) for line in _srt_lines(cue)),
            )
            for span, cue in flat(placed)
        ),
        timeline,
        "srt",
    )


def vtt(placed: Placed, timeline: Timeline, *, karaoke: bool = False, rtl: bool = False) -> str:
    """WebVTT. With `karaoke` each word after a cue's first carries the time it is said."""
    return _file(
        (
            (
                span.start + cue.start,
                span.start + cue.end,
                "\n".join(directed(line, rtl=rtl) for line in _vtt_lines(span, cue, timeline, karaoke)),
            )
            for span, cue in flat(placed)
        ),
        timeline,
        "vtt",
    )


def chapters_vtt(timeline: Timeline) -> str:
    """A WebVTT file of kind `chapters`: a cue for each scene."""
    return _file(((span.start, span.end, _escaped(span.title)) for span in timeline.spans), timeline, "vtt")


def flat(placed: Placed) -> Iterable[tuple[Span, Cue]]:
    """All cues in order, each with the scene it is in."""
    return ((span, cue) for span, scene_cues in placed for cue in scene_cues)


def _file(entries: Iterable[tuple[int, int, str]], timeline: Timeline, format_: str) -> str:
    subs = SSAFile()
    for start, end, text in entries:
        event = SSAEvent(start=timeline.milliseconds(start), end=timeline.milliseconds(end))
        event.text = _literal(text)
        subs.append(event)
    # Braces and tags in a caption are the author's text, not styling.
    return subs.to_string(format_, keep_ssa_tags=True, apply_styles=False).rstrip("\n") + "\n"


def _literal(text: str) -> str:
    """Text in which `\\nabla` stays what it is: an invisible word joiner keeps readers from seeing a line break."""
    return re.sub(r"\\(?=[hnN])", "\\\\\u2060", text).replace("\n", r"\N")


def _srt_lines(cue: Cue) -> list[str]:
    return [joined(line, lambda text: one_line(text).replace("-->", "→")) for line in cue.lines]


def _vtt_lines(span: Span, cue: Cue, timeline: Timeline, karaoke: bool) -> list[str]:
    if not karaoke:
        return [joined(line, _escaped) for line in cue.lines]
    origin = span.start * 1000 / timeline.fps
    shown = timeline.milliseconds(span.start + cue.start)
    gone = timeline.milliseconds(span.start + cue.end)
    lines: list[str] = []
    for line in cue.lines:
        pieces: list[str] = []
        for word in line:
            said = round(origin + word.start * 1000)
            # The standard wants times inside a cue to rise, after its start and before its end.
            timed = shown < said < gone and word is not cue.lines[0][0]
            stamp = f"<{WebVTTFormat.ms_to_timestamp(said)}>" if timed else ""
            shown = max(shown, said)
            pieces.append(("" if word.glued or not pieces else " ") + stamp + _escaped(word.text))
        lines.append("".join(pieces))
    return lines


def _escaped(text: str) -> str:
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(text: str) -> str:
    """Text without line breaks, all white space single."""
    return " ".join(text.split())
