"""Doubted beats in other words: only they change, and never for the worse."""

from __future__ import annotations

import pytest
from unit.scripter.reply_strategies import script_of

from lectern.contracts import script as s
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import ScriptTarget
from lectern.scripter.scriptwriting.rewriting import Place, apply_rewrite, locate

SENTENCE = "Sunlight is a mixture of all the colours, and the air scatters blue light more than red."
NEW = "Sunlight holds all the colours, and the air scatters blue light several times more than red."
SCRIPT = script_of([SENTENCE, "It has always been so."], ["Water boils at 100 degrees.", SENTENCE])


def rewrite(*beats: tuple[int, int, str]) -> replies.Rewrite:
    return replies.Rewrite(
        beats=[replies.RewrittenBeat(scene=scene, beat=beat, text=text) for scene, beat, text in beats]
    )


def texts(script: s.Script) -> list[list[str]]:
    return [[beat.text for beat in scene.beats] for scene in script.scenes]


@pytest.mark.parametrize(
    ("doubt", "place"),
    [
        (replies.Doubt(claim="boils at 100 degrees", why=""), Place(2, 1)),
        (replies.Doubt(claim="“Boils  at 100 degrees.”", why="", scene=1, beat=1), Place(2, 1)),
        (replies.Doubt(claim="the air scatters blue light", why="", scene=2, beat=2), Place(2, 2)),
        (replies.Doubt(claim="a claim in other words", why="", scene=1, beat=2), Place(1, 2)),
        (replies.Doubt(claim="the picture", why="", scene=2), Place(2, 0)),
        (replies.Doubt(claim="somewhere", why=""), None),
        (replies.Doubt(claim="nowhere", why="", scene=7, beat=1), None),
        (replies.Doubt(claim="nowhere", why="", scene=1, beat=-1), None),
        (replies.Doubt(claim="", why=""), None),
    ],
)
def test_a_claim_is_where_its_words_are_else_where_the_doubt_says(doubt: replies.Doubt, place: Place | None) -> None:
    assert locate(doubt, SCRIPT) == place


def test_a_beat_that_nobody_doubts_stays_whatever_the_reply_says() -> None:
    result = apply_rewrite(SCRIPT, rewrite((1, 1, NEW), (1, 2, "Gone.")), [Place(1, 1)], ScriptTarget())
    assert texts(result.script) == [[NEW, "It has always been so."], ["Water boils at 100 degrees.", SENTENCE]]
    assert result.changed == {Place(1, 1)}


def test_a_beat_in_the_same_words_is_no_change() -> None:
    assert not apply_rewrite(SCRIPT, rewrite((1, 1, SENTENCE)), [Place(1, 1)], ScriptTarget()).changed


@pytest.mark.parametrize("text", ["", "…", "See https://example.org for it.", "It is $\\frac{a}{b}$ now.", "a² = b"])
def test_words_that_cannot_be_spoken_are_not_used(text: str) -> None:
    result = apply_rewrite(SCRIPT, rewrite((1, 1, text)), [Place(1, 1)], ScriptTarget())
    assert result.script == SCRIPT
    assert not result.changed


def test_a_rewrite_in_another_language_is_not_used() -> None:
    text = "天空是蓝色的因为空气散射蓝光比红光多很多"
    result = apply_rewrite(SCRIPT, rewrite((1, 1, text), (2, 2, text)), [Place(1, 1), Place(2, 2)], ScriptTarget())
    assert result.script == SCRIPT


def test_a_beat_that_becomes_too_long_becomes_two_and_the_others_keep_their_places() -> None:
    long = f"{NEW} {NEW} {NEW}"
    result = apply_rewrite(SCRIPT, rewrite((1, 1, long), (2, 1, NEW)), [Place(2, 1), Place(1, 1)], ScriptTarget())
    first, second = texts(result.script)
    assert " ".join(first) == f"{long} It has always been so."
    assert len(first) == 3
    assert second == [NEW, SENTENCE]


def test_the_speaker_the_note_and_the_pause_of_a_beat_stay() -> None:
    beat = s.Beat(text=SENTENCE, show="a prism", speaker="Ana", pause=1.5)
    script = s.Script(title="T", scenes=(s.Scene(title="S", beats=(beat, beat)),))
    result = apply_rewrite(script, rewrite((1, 2, f"Ana: {NEW}")), [Place(1, 2)], ScriptTarget())
    assert result.script.scenes[0].beats == (beat, s.Beat(text=NEW, show="a prism", speaker="Ana", pause=1.5))
