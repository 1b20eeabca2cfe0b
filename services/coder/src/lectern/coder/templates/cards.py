"""Scenes of words: for a scene that shows nothing else, and for one whose own picture cannot be made."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.coder.task import Task
from lectern.coder.templates.choreography import Move, Part, Step, choreograph
from lectern.coder.templates.phrases import key_phrase
from lectern.coder.templates.source import scene_source
from lectern.coder.templates.text import quoted, visible

PAGE = 3  # phrases on screen at once


def card(task: Task) -> str:
    """The scene's title and, as each beat is spoken, its key phrase. A scene of one beat, and the first scene, open
    with their title alone."""
    title = visible(task.scene.title) or visible(task.script_title) or "…"
    phrases = [key_phrase(span.text) for span in task.narration.beats]
    if len(phrases) == 1:
        subtitle = f", subtitle={quoted(phrases[0])}" if phrases[0] and phrases[0] != title else ""
        setup = [f"card = fit(TitleCard({quoted(title)}{subtitle}), frame.safe.width, frame.safe.height)", ""]
        step = Step(text="", show="card.reveal()", parts=(Part(text=title, point="focus(card.words)"),))
        return scene_source("Card", setup, choreograph([step], task.narration), task.narration)
    opening = task.number == 1
    return _pages(task, title, phrases, opening=opening)


def plain_card(task: Task) -> str:
    """The scene's title, and nothing that could go wrong: what is shown when even the card cannot be."""
    title = visible(task.scene.title) or visible(task.script_title) or "…"
    words = f"Label({title[:80]!r}, size=theme.title, width=frame.safe.width * 0.8)"
    setup = [f"title = fit({words}, frame.safe.width, frame.safe.height)", ""]
    beats = [[Move(play="FadeIn(title)")], *([Move(play="focus(title)")] for _ in task.narration.beats[1:])]
    return scene_source("PlainCard", setup, beats, task.narration)


def _pages(task: Task, title: str, phrases: Sequence[str], *, opening: bool) -> str:
    first = 1 if opening else 0
    told = [number for number in range(first, len(phrases)) if phrases[number]]
    pages = _shared(told)
    setup = [f"title = Title({quoted(title)})"]
    if opening:
        setup.append(f"card = fit(TitleCard({quoted(title)}), frame.safe.width, frame.safe.height)")
    for number, page in enumerate(pages, 1):
        ideas = ", ".join(f"idea({quoted(phrases[each])})" for each in page)
        setup.append(f"page{number} = stack({ideas}, gap=0.75, align=LEFT)")
    moves = _moves(task, pages, opening=opening)
    helper = [
        "def idea(text):",
        '    words = Label(text, size=theme.heading, width=frame.body.width * 0.86, weight="SEMIBOLD", align=LEFT)',
        "    mark = RoundedRectangle(width=0.09, height=words.height + 0.1, corner_radius=0.045, stroke_width=0)",
        "    return VGroup(mark.set_fill(theme.accent, 1).next_to(words, LEFT, buff=0.35), words)",
        "",
    ]
    return scene_source("KeyPhrases", [*helper, *setup, ""], moves, task.narration)


def _moves(task: Task, pages: Sequence[Sequence[int]], *, opening: bool) -> list[list[Move]]:
    where = {beat: (page, row) for page, beats in enumerate(pages, 1) for row, beat in enumerate(beats)}
    moves: list[list[Move]] = []
    shown = "card.words" if opening else "title"
    for beat in range(len(task.narration.beats)):
        mine: list[Move] = []
        if beat == 0:
            mine.append(Move(play="card.reveal()" if opening else "title.reveal()"))
        if beat == 1 and opening:
            mine += [Move(play="FadeOut(card, shift=0.3 * UP, run_time=0.6)"), Move(play="title.reveal()")]
        if beat in where:
            page, row = where[beat]
            if row == 0 and page > 1:
                mine.append(Move(play=f"FadeOut(page{page - 1}, shift=0.3 * UP, run_time=0.6)"))
            entrance = f"FadeIn(page{page}[{row}], shift=0.3 * RIGHT)"
            mine.append(
                Move(play=entrance if row == 0 else f"page{page}[{row - 1}].animate.set_opacity(0.5), {entrance}")
            )
            shown = f"page{page}[{row}]"
        moves.append(mine or [Move(play=f"focus({shown})")])
    return moves


def _shared(numbers: Sequence[int]) -> list[list[int]]:
    """Beats shared out over pages as evenly as can be."""
    count = -(-len(numbers) // PAGE)
    size = -(-len(numbers) // count) if count else 1
    return [list(numbers[start : start + size]) for start in range(0, len(numbers), size)]
