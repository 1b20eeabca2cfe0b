"""Captions as Advanced SubStation Alpha, which libass draws into the picture and some players draw over it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle

from lectern.composer.captions.cues import Cue
from lectern.composer.captions.line_text import break_markup, count_columns, embed_line, join_words, on_one_line
from lectern.composer.captions.srt_vtt import SceneCues, cues_of
from lectern.composer.captions.style import FULL_WIDTH_SCRIPTS, CaptionStyle, Colour
from lectern.composer.timeline import SceneSpan, VideoTimeline
from lectern.contracts.narration import Word

MAX_HIGHLIGHTED_PAUSE = 0.3  # seconds of silence during which the last word stays highlighted
_STYLE = "Caption"
_MAX_COLUMN_WIDTH = 0.62  # ems that a column of the fonts in use takes at most, on average over a line
_LETTER_NAMES = {
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "TAMIL": "Taml",
    "THAI": "Thai",
}


def format_ass(
    scenes: SceneCues, timeline: VideoTimeline, style: CaptionStyle, *, karaoke: bool = False, rtl: bool = False
) -> str:
    """Formats a video's captions as ASS. With `karaoke` the word being spoken is highlighted.

    Every line is an event with a position of its own: leading is then the same for all scripts, where a font's own may
    be more than two ems (Noto Sans Arabic).
    """
    subtitles = SSAFile()
    subtitles.info |= {
        "PlayResX": str(style.width),
        "PlayResY": str(style.height),
        "WrapStyle": "2",
        "ScaledBorderAndShadow": "yes",
        "YCbCr Matrix": "TV.709",
    }
    subtitles.styles = {_STYLE: _ssa_style(style)}
    font = style.font()
    base = style.height - style.bottom + font.descent * font.scale * style.em
    for span, cue in cues_of(scenes):
        em = min(_fitting_em(line, style) for line in cue.lines)
        for start, end, highlighted in _phases(span, cue, timeline, karaoke):
            for number, line in enumerate(cue.lines):
                y = base - style.leading * (len(cue.lines) - 1 - number)
                event = SSAEvent(start=start, end=end, style=_STYLE)
                size = f"\\fs{font.size(em)}" if em < style.em else ""
                text = _format_line(line, em, highlighted, style, rtl)
                event.text = f"{{\\pos({style.width / 2:g},{y:.1f}){size}}}{text}"
                subtitles.append(event)
    return subtitles.to_string("ass", header_notice="Captions drawn by Lectern")


def time_in_frame(frame: int, fps: int) -> int:
    """Returns a time in milliseconds that shows a caption in `frame` but not in the one before.

    ASS counts in hundredths of a second. Two milliseconds before the frame, rounded down, lie after the frame before
    at up to 60 frames a second, and no rounding of the frame's own time comes before them.
    """
    return max(0, math.floor((frame * 1000 / fps - 2) / 10) * 10)


def _phases(
    span: SceneSpan, cue: Cue, timeline: VideoTimeline, karaoke: bool
) -> Iterator[tuple[int, int, Word | None]]:
    """Yields start and end (ms) of each phase in which a cue looks the same, and the highlighted word."""
    cuts: list[tuple[int, Word | None]] = [(cue.start, None)]
    if karaoke:
        words = cue.words()
        for word, following in zip(words, [*words[1:], None], strict=True):
            cuts.append((math.floor(word.start * timeline.fps + 1e-6), word))
            if following is None or following.start - word.end > MAX_HIGHLIGHTED_PAUSE:
                cuts.append((math.ceil(word.end * timeline.fps - 1e-6), None))
    frame, highlighted = cuts[0]
    for next_frame, next_highlighted in [*cuts[1:], (cue.end, None)]:
        until = min(max(next_frame, frame), cue.end)
        if until > frame:
            start, end = (time_in_frame(span.start + at, timeline.fps) for at in (frame, until))
            yield start, end, highlighted
        frame, highlighted = until, next_highlighted


def _format_line(line: Sequence[Word], em: float, highlighted: Word | None, style: CaptionStyle, rtl: bool) -> str:
    pieces: list[str] = []
    for word in line:
        text = _format_word(on_one_line(word.text), em, style)
        if word is highlighted:
            text = f"{{\\1c{_bgr(style.spoken)}}}{text}{{\\1c{_bgr(style.text)}}}"
        pieces.append(("" if word.glued or not pieces else " ") + text)
    return embed_line("".join(pieces), rtl=rtl)


def _format_word(text: str, em: float, style: CaptionStyle) -> str:
    """Sets each run of letters in the font of its script: a font that renderers choose themselves has another size."""
    parts = []
    for script, letters in groupby(text, lambda letter: _letter_script(letter, style.script)):
        literal = _escape("".join(letters))
        if script == style.script:
            parts.append(literal)
        else:
            parts.append(f"{_font_tag(style, em, script)}{literal}{_font_tag(style, em)}")
    return "".join(parts)


def _font_tag(style: CaptionStyle, em: float, script: str = "") -> str:
    font = style.font(script)
    return f"{{\\fn{font.name}\\fs{font.size(em)}}}"


def _letter_script(letter: str, own: str) -> str:
    """Returns the script a letter is set in, in a text that is mostly of script `own`, as are marks without one."""
    name = unicodedata.name(letter, "")
    if letter.isascii() or name.startswith(("LATIN", "GREEK", "CYRILLIC", "SUBSCRIPT", "SUPER")):
        return own if own in FULL_WIDTH_SCRIPTS else "Latn"  # East Asian fonts have matching letters, others have none
    if count_columns(letter) == 2:
        return own if own in FULL_WIDTH_SCRIPTS else "Hans"
    return next((script for prefix, script in _LETTER_NAMES.items() if name.startswith(prefix)), own)


def _escape(text: str) -> str:
    """Keeps an author's braces and backslashes: libass reads `\\{` as a brace, and a joiner ends an escape."""
    return break_markup(text).replace("{", "\\{").replace("}", "\\}")


def _fitting_em(line: Sequence[Word], style: CaptionStyle) -> float:
    """Returns the size of a line's letters: smaller if a word longer than a line would leave the picture."""
    width = count_columns(join_words(line)) * _MAX_COLUMN_WIDTH * style.em
    return style.em * min(1.0, style.max_line_width / width)


def _ssa_style(style: CaptionStyle) -> SSAStyle:
    return SSAStyle(
        fontname=style.font().name,
        fontsize=style.font().size(style.em),
        primarycolor=Color(*style.text),
        secondarycolor=Color(*style.spoken),
        outlinecolor=Color(*style.outline),
        backcolor=Color(*style.outline, 0x60),
        bold=False,
        outline=round(style.em * 0.12, 1),
        shadow=0,
        borderstyle=1,
        alignment=Alignment.BOTTOM_CENTER,
        encoding=-1,  # libass then finds a line's direction itself
    )


def _bgr(colour: Colour) -> str:
    red, green, blue = colour
    return f"&H{blue:02X}{green:02X}{red:02X}&"
