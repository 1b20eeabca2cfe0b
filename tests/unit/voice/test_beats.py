"""A scene's beats as a voice gets them."""

from __future__ import annotations

import pytest

from lectern.contracts.script import Beat, Scene, Script
from lectern.voice.beats import MAX_PRONUNCIATION_CHARACTERS, prepare_beats, respell_beats
from lectern.voice.voices import Voice
from lectern.worker import Permanent


def spoken(text: str, pronunciations: dict[str, str]) -> str:
    scene = Scene(title="A", beats=(Beat(text=text),))
    return prepare_beats(Script(title="A", scenes=(scene,), pronunciations=pronunciations), 1)[0].spoken_text()


def test_a_pronunciation_replaces_whole_words_and_the_longest_first() -> None:
    assert spoken("Xi met Xiang and Xi Li.", {"Xi": "she", "Xi Li": "she lee"}) == "she met Xiang and she lee."


def test_a_pronunciation_is_not_looked_through_for_other_words() -> None:
    doubling = {f"w{number}": f"w{number + 1} w{number + 1}" for number in range(40)}  # 2 ** 40 words one by one
    assert spoken("Say w0 now.", doubling) == "Say w1 w1 now."


def test_a_pronunciation_that_is_a_text_is_refused() -> None:
    with pytest.raises(Permanent) as refused:
        spoken("Say a now.", {"a": "b" * (MAX_PRONUNCIATION_CHARACTERS + 1)})
    assert refused.value.problem.code == "pronunciation-too-long"


@pytest.mark.parametrize(("scene", "cards", "pause"), [(2, True, 3.0), (1, True, 0.0), (2, False, 0.0)])
def test_the_end_card_has_time_after_the_last_word_of_the_film(scene: int, cards: bool, pause: float) -> None:
    scenes = tuple(Scene(title=title, beats=(Beat(text="Light falls."),)) for title in ("One", "Two"))
    script = Script(title="Leaves", idea="A leaf makes sugar.", scenes=scenes)
    assert prepare_beats(script, scene, cards=cards)[-1].pause == pause


def test_letters_and_homographs_are_respelt_for_the_voices_that_misread_them_and_captions_stay() -> None:
    voices = [Voice(id=engine, language="en", gender="", engine=engine, name=engine) for engine in ("espeak", "google")]
    beat = Beat(text="Then a squared tears it open.", pause=1.5)
    respelt, kept = respell_beats((beat, beat), voices, "en-GB", {"espeak", "piper"})
    assert (respelt.text, respelt.pause) == (beat.text, 1.5)
    assert respelt.spoken == "Then a squared tares it open."
    assert kept == beat


def test_a_spoken_form_of_the_author_s_is_respelt_too() -> None:
    voice = Voice(id="e", language="en", gender="", engine="espeak", name="e")
    (beat,) = respell_beats((Beat(text="a² + b²", spoken="a squared plus b squared"),), [voice], "en", {"espeak"})
    assert beat.spoken == "eigh squared plus b squared"
