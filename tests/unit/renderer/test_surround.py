"""What a film has around its scenes, as the script and the options ask for it."""

from __future__ import annotations

import msgspec
import pytest

from lectern.contracts.narration import Narration, Word
from lectern.contracts.options import Brand, VideoOptions
from lectern.contracts.script import Beat, Bullets, Equation, Scene, Script
from lectern.renderer.surround import choose_ground, describe_surround, find_logo, time_closing

OPTIONS = VideoOptions()
SCENE = Scene(title="Light", beats=(Beat(text="Light falls."),), visual=Bullets(items=("Light",)))
FORMULA = msgspec.structs.replace(SCENE, visual=Equation(lines=("a = b",)))
SCRIPT = Script(title="Leaves", question="How?", idea="By light.", sources=("A book",), scenes=(SCENE, SCENE, FORMULA))
replace = msgspec.structs.replace


def test_the_first_scene_opens_with_the_question_and_the_last_closes_with_idea_and_sources() -> None:
    first, middle, last = (describe_surround(SCRIPT, number, OPTIONS) for number in (1, 2, 3))
    assert first == {"ground": "glow", "opening": "How?"}
    assert middle == {"ground": "glow"}
    assert last == {"ground": "glow", "closing": {"idea": "By light.", "sources": ("A book",)}}


def test_without_a_question_the_title_opens_the_film_and_without_an_idea_or_sources_nothing_closes_it() -> None:
    plain = replace(SCRIPT, question="", idea="", sources=())
    assert describe_surround(plain, 1, OPTIONS)["opening"] == "Leaves"
    assert "closing" not in describe_surround(plain, 3, OPTIONS)


@pytest.mark.parametrize(("language", "letters"), [("zh", "Hans"), ("zh-TW", "Hant"), ("ja", "Jpan"), ("de", None)])
def test_a_film_says_whose_chinese_characters_it_shows(language: str, letters: str | None) -> None:
    assert describe_surround(replace(SCRIPT, language=language), 2, OPTIONS).get("script") == letters


@pytest.mark.parametrize("number", [1, 3])
def test_cards_can_be_left_out(number: int) -> None:
    assert describe_surround(SCRIPT, number, replace(OPTIONS, cards=False)) == {"ground": "glow"}


def test_the_end_card_comes_after_the_last_word() -> None:
    words = (Word(text="Light", start=0.2, end=0.6, beat=0), Word(text="falls.", start=0.6, end=1.0, beat=0))
    narration = Narration(seconds=4.0, samples=1, words=words, voice="en", engine="silent", timing="exact", beats=())
    assert time_closing(describe_surround(SCRIPT, 3, OPTIONS), narration)["closing"]["start"] == 1.3


def test_a_film_of_formulas_and_graphs_stands_on_squared_paper() -> None:
    assert choose_ground(replace(SCRIPT, scenes=(SCENE, FORMULA))) == "grid"
    assert choose_ground(SCRIPT) == "glow"


def test_a_brand_is_told_with_its_logo_as_an_asset() -> None:
    branded = replace(OPTIONS, brand=Brand(colours={"primary": "#FFFFFF"}, font="Noto Serif", logo_key="assets/1"))
    told = describe_surround(SCRIPT, 2, branded)
    assert (told["colours"], told["font"]) == ({"primary": "#FFFFFF"}, "Noto Serif")
    assert find_logo(branded) == {told["logo"]: "assets/1"}
    assert find_logo(OPTIONS) == {}
