"""A pause that a model asks for follows the last words of its beat, and is never longer than a script may have."""

from __future__ import annotations

import pytest

from lectern.contracts import script as s
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import estimate_seconds
from lectern.scripter.scriptwriting.drafting import draft_beats
from lectern.scripter.scriptwriting.repair import _split_beat

SENTENCE = "Sunlight is a mixture of all the colours, and the air scatters blue light far more than red."


@pytest.mark.parametrize(("asked", "kept"), [(1.5, 1.5), (-1.0, 0.0), (60.0, 5.0), (0.0, 0.0)])
def test_a_pause_is_kept_within_its_bounds(asked: float, kept: float) -> None:
    (beat,) = draft_beats(replies.BeatDraft(text="Which one is it?", pause=asked), "en")
    assert beat.pause == kept


def test_a_beat_that_becomes_two_is_silent_after_the_second() -> None:
    beats = tuple(draft_beats(replies.BeatDraft(text=" ".join([SENTENCE] * 4), pause=1.5), "en"))
    assert [beat.pause for beat in beats] == [0.0] * (len(beats) - 1) + [1.5]
    assert len(beats) > 1


def test_a_beat_that_is_split_for_its_length_is_silent_after_its_last_part() -> None:
    parts = _split_beat(s.Beat(text=" ".join([SENTENCE] * 5), pause=1.5), "en")
    assert [part.pause for part in parts] == [0.0] * (len(parts) - 1) + [1.5]
    assert len(parts) > 1


def test_a_pause_counts_in_the_length_of_its_scene() -> None:
    plain = s.Scene(title="A", beats=(s.Beat(text=SENTENCE), s.Beat(text=SENTENCE)))
    paused = s.Scene(title="A", beats=(s.Beat(text=SENTENCE, pause=2.0), s.Beat(text=SENTENCE)))
    assert estimate_seconds(paused) - estimate_seconds(plain) == pytest.approx(2.0 - 0.45)
