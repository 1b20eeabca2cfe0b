"""What whoever writes a script should know before it is spoken, though nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

import msgspec

from lectern.contracts.notes import Note, NoteCode
from lectern.contracts.plain_text import clean_line, shorten
from lectern.contracts.script import Script
from lectern.language.pronunciation import list_misreadings
from lectern.language.words import count_words
from lectern.markdown import limits

LONG_PAUSE = 1.2
"""Seconds of silence in which an idea lands: a film without one a minute is heard as hurried."""
LONG_FILM_SECONDS = 60.0
MAX_HINTS, MAX_HINT_CHARACTERS = 12, 400
"""What an event can carry, and people read."""
MAX_SPOKEN_CHARACTERS = 60_000
"""Characters of a script that are looked through, an hour of speech: a second would be too long for who asks."""


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """Something to look at. `scene` and `beat` count from 1; 0 is the whole script. `code` is stable."""

    code: NoteCode
    text: str
    scene: int = 0
    beat: int = 0


def find_hints(script: Script) -> tuple[Hint, ...]:
    """The words that a voice may say wrongly, each where it first stands in a beat, and whether the film has no pause.

    At most `MAX_HINTS`.
    """
    found = chain(_find_haste(script), _find_misreadings(script))
    return tuple(islice(found, MAX_HINTS))


def write_notes(script: Script) -> tuple[Note, ...]:
    """The hints of a script as notes of its video, which name the place."""
    return tuple(Note(code=hint.code, text=_name_place(hint) + hint.text) for hint in find_hints(script))


def _name_place(hint: Hint) -> str:
    return f"Scene {hint.scene}, sentence {hint.beat}: " if hint.scene else ""


def _find_misreadings(script: Script) -> Iterator[Hint]:
    looked_through = 0
    for number, scene in enumerate(script.scenes, 1):
        for place, beat in enumerate(scene.beats, 1):
            looked_through += len(beat.spoken_text())
            if looked_through > MAX_SPOKEN_CHARACTERS:
                return
            for found in list_misreadings(beat.spoken_text(), script.language):
                if found.word not in script.pronunciations:
                    text = (
                        f"“{found.word}” in “{found.around}” may be misread ({found.ways}). "
                        "Spell the sentence as it sounds where it is read aloud (in Markdown <!-- say: … --> below it)."
                    )
                    shown = shorten(clean_line(text), MAX_HINT_CHARACTERS)
                    yield Hint(code="misreading", text=shown, scene=number, beat=place)


def _find_haste(script: Script) -> Iterator[Hint]:
    beats = [beat for scene in script.scenes for beat in scene.beats]
    seconds = sum(count_words(beat.spoken_text()) / limits.WORDS_PER_SECOND + beat.pause for beat in beats)
    if seconds > LONG_FILM_SECONDS and all(beat.pause < LONG_PAUSE for beat in beats[:-1]):
        text = (
            f"It runs for about {seconds:.0f} s without a silence of {LONG_PAUSE} s. Be silent after the question, or "
            "the sentence, that should sink in."
        )
        yield Hint(code="no-pause", text=text)
