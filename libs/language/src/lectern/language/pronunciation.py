"""What a voice is given to say: the text as it is written, spelt as it sounds where a voice would misread it."""

from __future__ import annotations

from lectern.language.homographs import Misreading, find_misreadings, respell
from lectern.language.spoken_figures import say_figures
from lectern.language.tags import base_language


def spell_as_spoken(text: str, language: str) -> str:
    """The text with figures in words, and with letters and homographs respelt where their context is sure.

    For voices that read letter by letter, as espeak-ng does. Languages other than English are left as they are.
    """
    return respell(say_figures(text)) if base_language(language) == "en" else text


def list_misreadings(text: str, language: str) -> list[Misreading]:
    """The words of a text that a voice may say wrongly, as nothing around them tells which way they are meant."""
    return find_misreadings(say_figures(text)) if base_language(language) == "en" else []
