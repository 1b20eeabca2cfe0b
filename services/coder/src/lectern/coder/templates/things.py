"""The things that a scene names: its video's symbols, the figures it tells, and the words that its plan is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from lectern.coder.coding import CodingTask
from lectern.coder.templates.phrases import key_phrase
from lectern.coder.templates.text import clean_line, shorten
from lectern.contracts import script as s
from lectern.language.stems import stem, stems
from lectern.language.words import fold, is_content_word
from lectern.things import find_thing

MAX_NAME = 28  # characters of a name, wrapped between its words: longer ones would be set too small to read
MAX_WORD = 15  # characters of each of its words
MAX_UNSPACED = 10  # characters of a name in a script without spaces
OWN_COLOURS = ("primary", "teal", "violet")  # of things that are no symbol
COLOURS = (*OWN_COLOURS, "good", "bad", "muted", "text")  # that a symbol may have; accent is nobody's own
_FIGURE = re.compile(
    r"(?<![\w.,])(?P<before>[$€£¥]?)(?P<number>\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.\d{1,3})?)(?![\d.,]*\d)"
    r"\s?(?P<unit>%|°[CF]?|(?:per cent|percent)\b"
    r"|(?:km/h|m/s|ms|[kcmµn]?m|k?g|[kMG]?Hz|[kM]?W|[kM]?J|s|V|A|K)(?![\w/]))?"
)
_YEARS = frozenset(map(str, range(1000, 2200)))  # a whole number without a unit among these is no amount


class NamedThing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to draw: its name, its colour in the theme, the text that speaks of it, and a figure if it is one."""

    name: str
    colour: str
    spoken: str
    value: float | None = None
    decimals: int = 0
    unit: str = ""


def find_things(task: CodingTask, limit: int) -> tuple[NamedThing, ...]:
    """At most `limit` things in the order in which they are spoken of, one of each beat before a second of any."""
    taken: set[str] = set()
    by_beat = [_find_in_beat(task, number, taken) for number in range(len(task.narration.beats))]
    chosen: list[tuple[int, int]] = []
    for rank in range(max(map(len, by_beat), default=0)):
        own = [(beat, rank) for beat, things in enumerate(by_beat) if rank < len(things)]
        chosen += _spread(own, limit - len(chosen))
    coloured: list[NamedThing] = []
    used = {each.colour for each in task.script.symbols}
    free = [colour for colour in OWN_COLOURS if colour not in used] or list(OWN_COLOURS)
    for beat, rank in sorted(chosen):
        thing = by_beat[beat][rank]
        colour = thing.colour or free[len(coloured) % len(free)]
        coloured.append(msgspec.structs.replace(thing, colour=colour))
    return tuple(coloured)


def _find_in_beat(task: CodingTask, number: int, taken: set[str]) -> list[NamedThing]:
    """A beat's figures, symbols and, where it has neither, the word that it is about, each once in the scene."""
    text = clean_line(task.narration.beats[number].text)
    things = _find_figures(text)[:1]
    things += _find_symbols(text, task.script.symbols, task.options.language)
    if not things and (word := _find_word(text, _read_plan(task.scene, number), task.options.language)):
        things = [NamedThing(name=word, colour="", spoken=word)]
    fresh = [thing for thing in things if fold(thing.name) not in taken]
    taken.update(fold(thing.name) for thing in fresh)
    return fresh[:2]


def _find_figures(text: str) -> list[NamedThing]:
    found: list[NamedThing] = []
    for match in _FIGURE.finditer(text):
        digits = match["number"].replace(",", "")
        is_plain = not match["unit"] and not match["before"] and digits == match["number"]
        if is_plain and (digits in _YEARS or float(digits) < 10):
            continue
        unit = "%" if (match["unit"] or "").startswith("per") else match["unit"] or match["before"]
        after = [fold(word) for word in text[match.end() :].split()[:3] if is_content_word(word)]
        before = [fold(word) for word in text[: match.start()].split()[-3:] if is_content_word(word)]
        name = (after or before[::-1] or [""])[0]
        decimals = len(digits.partition(".")[2])
        spoken = match["number"] + " " + name
        found.append(
            NamedThing(
                name=_fit_name(name) or digits,
                colour="",
                spoken=spoken,
                value=float(digits),
                decimals=decimals,
                unit=unit,
            )
        )
    return found


def _find_symbols(text: str, symbols: Sequence[s.Symbol], language: str) -> list[NamedThing]:
    """The symbols of which a text speaks."""
    spoken = stems(text, language)
    words = [fold(word) for word in text.split()]
    return [
        NamedThing(name=name, colour=symbol.colour if symbol.colour in COLOURS else "", spoken=name)
        for symbol in symbols
        if (name := _fit_name(symbol.name))
        and (fold(name) in words or (stems(name, language) and stems(name, language) <= spoken))
    ]


def _find_word(text: str, plan: frozenset[str], language: str) -> str:
    """The word or two that a text is about: those of the plan before others, long ones before short ones."""
    tokens = text.split()
    if len(tokens) < 2 or max(map(len, tokens)) > 3 * MAX_WORD:  # a script without spaces
        phrase = key_phrase(text, language)
        return _fit_name(phrase if text.isascii() else shorten(phrase, MAX_UNSPACED))
    best, best_score = "", 0.0
    for start in range(len(tokens)):
        for end in (start + 1, start + 2):
            run = tokens[start:end]
            name = " ".join(run).strip(" .,;:!?…“”\"'()[]")
            whole = (len(run) == end - start and not run[0].endswith((",", ";", ":", ".", "!", "?"))) or len(run) == 1
            if not whole or max(map(len, run)) > MAX_WORD or not all(map(is_content_word, run)):
                continue
            score = sum(min(len(fold(word)), 10) / 10 + 2 * (stem(word, language) in plan) for word in run)
            score += 0.9 if find_thing(name) is not None else 0
            score -= 0.8 if len(run) > 1 and not all(stem(word, language) in plan for word in run) else 0
            if score > best_score:
                best, best_score = name, score
    return best or _fit_name(key_phrase(text, language))


def _fit_name(text: str) -> str:
    """The text as a name: some short words, as many as can be read in a disc."""
    words: list[str] = []
    for word in clean_line(text).split():
        if words and sum(map(len, words)) + len(words) + len(word) > MAX_NAME:
            break
        words.append(shorten(word, MAX_WORD))
    return " ".join(words)


def _read_plan(scene: s.Scene, number: int) -> frozenset[str]:
    """The stems of what the plan and the writer say is to be seen, most of all in this beat."""
    show = scene.beats[number].show if number < len(scene.beats) else ""
    return stems(f"{show} {scene.plan.idea} {scene.plan.shows}")


def _spread(places: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    if len(places) <= count:
        return places
    return [places[(number + 1) * len(places) // count - 1] for number in range(count)]
