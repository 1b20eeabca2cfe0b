"""Cards: scenes of words, for a scene without a visual and for one whose visual cannot be displayed."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.coder.coding import CodingTask
from lectern.coder.templates.choreography import CuedAnimation, Highlight, Reveal, choreograph
from lectern.coder.templates.phrases import key_phrase
from lectern.coder.templates.source import write_scene
from lectern.coder.templates.text import clean_line, quote

MAX_PHRASES = 3  # on screen at once
MAX_PLAIN_TITLE = 80  # characters


def write_card(task: CodingTask) -> str:
    """Source that shows the scene's title and, as each beat is spoken, its key phrase.

    A scene of one beat, and the first scene of the script, open with their title alone.
    """
    title = _title(task)
    phrases = [key_phrase(span.text, task.options.language) for span in task.narration.beats]
    if len(phrases) == 1:
        subtitle = f", subtitle={quote(phrases[0])}" if phrases[0] and phrases[0] != title else ""
        setup = [f"card = fit(TitleCard({quote(title)}{subtitle}), frame.safe.width, frame.safe.height)", ""]
        reveal = Reveal(
            text="", animation="card.reveal()", highlights=(Highlight(text=title, animation="focus(card.words)"),)
        )
        beats = choreograph([reveal], task.narration, task.options.language)
        return write_scene("Card", setup, beats, task.narration)
    return _write_pages(task, title, phrases, opening=task.number == 1)


def write_plain_card(task: CodingTask) -> str:
    """Source that shows the scene's title and nothing that could go wrong, for when even the card is unfit."""
    words = f"Label({_title(task)[:MAX_PLAIN_TITLE]!r}, size=theme.title, width=frame.safe.width * 0.8)"
    setup = [f"title = fit({words}, frame.safe.width, frame.safe.height)", ""]
    focus = CuedAnimation(animation="focus(title)")
    beats = [[CuedAnimation(animation="FadeIn(title)")], *([focus] for _ in task.narration.beats[1:])]
    return write_scene("PlainCard", setup, beats, task.narration)


def _title(task: CodingTask) -> str:
    return clean_line(task.scene.title) or clean_line(task.script.title) or "…"


def _write_pages(task: CodingTask, title: str, phrases: Sequence[str], *, opening: bool) -> str:
    first = 1 if opening else 0
    pages = _split_evenly([number for number in range(first, len(phrases)) if phrases[number]])
    setup = [f"title = Title({quote(title)})"]
    if opening:
        setup.append(f"card = fit(TitleCard({quote(title)}), frame.safe.width, frame.safe.height)")
    for number, page in enumerate(pages, 1):
        ideas = ", ".join(f"idea({quote(phrases[each])})" for each in page)
        setup.append(f"page{number} = stack({ideas}, gap=0.75, align=LEFT)")
    beats = _page_animations(len(task.narration.beats), pages, opening=opening)
    helper = [
        "def idea(text):",
        '    words = Label(text, size=theme.heading, width=frame.body.width * 0.86, weight="SEMIBOLD", align=LEFT)',
        "    mark = RoundedRectangle(width=0.09, height=words.height + 0.1, corner_radius=0.045, stroke_width=0)",
        "    return VGroup(mark.set_fill(theme.accent, 1).next_to(words, LEFT, buff=0.35), words)",
        "",
    ]
    return write_scene("KeyPhrases", [*helper, *setup, ""], beats, task.narration)


def _page_animations(beat_count: int, pages: Sequence[Sequence[int]], *, opening: bool) -> list[list[CuedAnimation]]:
    places = {beat: (page, row) for page, beats in enumerate(pages, 1) for row, beat in enumerate(beats)}
    animations: list[list[CuedAnimation]] = []
    shown = "card.words" if opening else "title"
    for beat in range(beat_count):
        own: list[str] = []
        if beat == 0:
            own.append("card.reveal()" if opening else "title.reveal()")
        if beat == 1 and opening:
            own += ["FadeOut(card, shift=0.3 * UP, run_time=0.6)", "title.reveal()"]
        if beat in places:
            page, row = places[beat]
            if row == 0 and page > 1:
                own.append(f"FadeOut(page{page - 1}, shift=0.3 * UP, run_time=0.6)")
            entrance = f"FadeIn(page{page}[{row}], shift=0.3 * RIGHT)"
            own.append(entrance if row == 0 else f"page{page}[{row - 1}].animate.set_opacity(0.5), {entrance}")
            shown = f"page{page}[{row}]"
        animations.append([CuedAnimation(animation=each) for each in own or [f"focus({shown})"]])
    return animations


def _split_evenly(beats: Sequence[int]) -> list[list[int]]:
    """The beats on as few pages as hold them, as evenly as possible."""
    count = -(-len(beats) // MAX_PHRASES)
    size = -(-len(beats) // count) if count else 1
    return [list(beats[start : start + size]) for start in range(0, len(beats), size)]
