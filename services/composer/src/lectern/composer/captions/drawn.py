"""Captions as Advanced SubStation Alpha: what libass draws into the picture, and players that know it beside it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle

from lectern.composer.captions.cues import Cue
from lectern.composer.captions.direction import directed
from lectern.composer.captions.files import Placed, flat, one_line
from lectern.composer.captions.lettering import columns, joined
from lectern.composer.captions.look import WIDE, Colour, Look
from lectern.composer.timeline import Span, Timeline
from lectern.contracts.narration import Word

LIT_PAUSE = 0.3  # seconds of silence after which a word that was said is no longer lit
_STYLE = "Caption"
_WIDEST = 0.62  # ems that a column of the fonts in use takes at most, on average over a line
_JOINER = "\u2060"  # invisible


def ass(placed: Placed, timeline: Timeline, look: Look, *, karaoke: bool = False, rtl: bool = False) -> str:
    """The captions of a video. With `karaoke` the word being spoken is coloured.

    Every line is an event with a place of its own: leading is then the same for all scripts, where a font's own may be
    more than two ems (Noto Sans Arabic).
    """
    subs = SSAFile()
    subs.info |= {
        "PlayResX": str(look.width),
        "PlayResY": str(look.height),
        "WrapStyle": "2",
        "ScaledBorderAndShadow": "yes",
        "YCbCr Matrix": "TV.709",
    }
    subs.styles = {_STYLE: _style(look)}
    face = look.face()
    base = look.height - look.bottom + face.descent * face.scale * look.em
    for span, cue in flat(placed):
        for start, end, lit in _stages(span, cue, timeline, karaoke):
            for number, line in enumerate(cue.lines):
                y = base - look.leading * (len(cue.lines) - 1 - number)
                event = SSAEvent(start=start, end=end, style=_STYLE)
                em = _em(line, look)
                smaller = f"\\fs{face.size(em)}" if em < look.em else ""
                event.text = f"{{\\pos({look.width / 2:g},{y:.1f}){smaller}}}{_text(line, em, lit, look, rtl)}"
                subs.append(event)
    return subs.to_string("ass", header_notice="Captions drawn by Lectern")


def shown_from(frame: int, fps: int) -> int:
    """A time in milliseconds that puts a caption into `frame` and not into the one before.

    ASS counts in hundredths of a second. Two milliseconds before the frame, rounded down, lie after the frame before
    at up to 60 frames a second, and no rounding of the frame's own time comes before them.
    """
    return max(0, math.floor((frame * 1000 / fps - 2) / 10) * 10)


def _stages(span: Span, cue: Cue, timeline: Timeline, karaoke: bool) -> Iterator[tuple[int, int, Word | None]]:
    """From when until when (ms) a cue looks the same, and the word that is lit meanwhile."""
    cuts: list[tuple[int, Word | None]] = [(cue.start, None)]
    if karaoke:
        words = cue.words()
        for word, following in zip(words, [*words[1:], None], strict=True):
            cuts.append((math.floor(word.start * timeline.fps + 1e-6), word))
            if following is None or following.start - word.end > LIT_PAUSE:
                cuts.append((math.ceil(word.end * timeline.fps - 1e-6), None))
    frame, lit = cuts[0]
    for next_frame, next_lit in [*cuts[1:], (cue.end, None)]:
        until = min(max(next_frame, frame), cue.end)
        if until > frame:
            first, last = (shown_from(span.start + at, timeline.fps) for at in (frame, until))
            yield first, last, lit
        frame, lit = until, next_lit


def _text(line: Sequence[Word], em: float, lit: Word | None, look: Look, rtl: bool) -> str:
    pieces: list[str] = []
    for word in line:
        text = _set(one_line(word.text), em, look)
        if word is lit:
            text = f"{{\\1c{_bgr(look.spoken)}}}{text}{{\\1c{_bgr(look.text)}}}"
        pieces.append(("" if word.glued or not pieces else " ") + text)
    return directed("".join(pieces), rtl=rtl)


def _set(text: str, em: float, look: Look) -> str:
    """A word, each run of letters in the font of its script: a font that renderers find themselves has another size."""
    parts = []
    for script, letters in groupby(text, lambda letter: _script(letter, look.script)):
        face, literal = look.face(script), _literal("".join(letters))
        own = script == look.script
        parts.append(literal if own else f"{{\\fn{face.name}\\fs{face.size(em)}}}{literal}{_face(look, em)}")
    return "".join(parts)


def _face(look: Look, em: float) -> str:
    return f"{{\\fn{look.face().name}\\fs{look.face().size(em)}}}"


def _script(letter: str, own: str) -> str:
    """The script a letter is set in, in a text that is mostly of script `own`; marks go with the text's."""
    if letter.isascii() or unicodedata.name(letter, "").startswith(
        ("LATIN", "GREEK", "CYRILLIC", "SUBSCRIPT", "SUPER")
    ):
        return own if own in WIDE else "Latn"  # East Asian fonts have letters that suit them, others have none
    if columns(letter) == 2:
        return own if own in WIDE else "Hans"
    return next((script for name, script in _NAMES.items() if unicodedata.name(letter, "").startswith(name)), own)


_NAMES = {"ARABIC": "Arab", "HEBREW": "Hebr", "DEVANAGARI": "Deva", "BENGALI": "Beng", "TAMIL": "Taml", "THAI": "Thai"}


def _literal(text: str) -> str:
    """An author's braces and backslashes are text: libass takes `\\{` for a brace, and a joiner ends an escape."""
    return text.replace("\\", "\\" + _JOINER).replace("{", "\\{").replace("}", "\\}")


def _em(line: Sequence[Word], look: Look) -> float:
    """The size of a line's letters: smaller where it would leave the picture because a word is longer than a line."""
    wanted = columns(joined(line)) * _WIDEST * look.em
    return look.em * min(1.0, look.room / wanted)


def _style(look: Look) -> SSAStyle:
    return SSAStyle(
        fontname=look.face().name,
        fontsize=look.face().size(look.em),
        primarycolor=_colour(look.text),
        secondarycolor=_colour(look.spoken),
        outlinecolor=_colour(look.edge),
        backcolor=_colour(look.edge, 0x60),
        bold=False,
        outline=round(look.em * 0.12, 1),
        shadow=0,
        borderstyle=1,
        alignment=Alignment.BOTTOM_CENTER,
        encoding=-1,  # libass then finds a line's direction itself
    )


def _colour(colour: Colour, alpha: int = 0) -> Color:
    return Color(*colour, alpha)


def _bgr(colour: Colour) -> str:
    red, green, blue = colour
    return f"&H{blue:02X}{green:02X}{red:02X}&"
