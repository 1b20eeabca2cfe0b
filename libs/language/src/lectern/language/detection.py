"""Language detection without a model: by a text's script, and for a few languages by their commonest words."""

from __future__ import annotations

import re
import unicodedata

from langcodes import Language

from lectern.language.tags import base_language, same_language, script

# Unicode names of letters begin with the script's name, but for these
_LETTER_NAMES = {
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"),
    "Kore": ("HANGUL", "CJK"),
    "Beng": ("BENGALI",),
    "Orya": ("ORIYA",),
}
_TWO_SCRIPTS = frozenset({"sr", "uz", "az", "bs", "pa", "ku"})
_COMMON_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and is that it was for are with as they this have from but not what when which",
        "de": "der die das und ist nicht ein eine zu von mit sich auf dem den für wird auch wie wir",
        "fr": "le la les des et est une que dans qui pour pas plus sur avec ce il sont nous vous",
        "es": "el los las y es una que en por con para no se del como más pero su son este",
        "it": "il gli e è una che di per non con si sono della come più ma questo nel alla del",
        "pt": "o os as e é uma que em por com para não se do da como mais mas são este",
        "nl": "de het een en is dat van niet met op zijn voor die als maar ook wordt we naar dit",
        "pl": "i w na się nie jest to że z do jak ale co są od przez dla tak już czy",
        "sv": "och är att det en som på för av med inte den ett till har de kan om men vi",
    }.items()
}
MIN_WORDS = 40  # from which the share of common words is evidence
MIN_SHARE = 0.1  # of words that are among a language's commonest
MIN_LEAD = 2  # times the share of the second language


def script_share(text: str, language: str) -> float:
    """The share of letters, 0 to 1, in the script of a BCP-47 language; 1 where it is written in two."""
    letters = [char for char in text if char.isalpha()]
    if not letters or base_language(language) in _TWO_SCRIPTS:
        return 1.0
    code = script(language)
    names = _LETTER_NAMES.get(code) or (Language.make(script=code).script_name().upper(),)
    return sum(unicodedata.name(char, "").startswith(names) for char in letters) / len(letters)


def detect_language(text: str) -> str:
    """The language (of nine European ones) a text is written in; an empty string where that is not clear."""
    words = re.findall(r"\w+", text.lower())
    if len(words) < MIN_WORDS:
        return ""
    shares = sorted(
        (sum(word in common for word in words) / len(words), code) for code, common in _COMMON_WORDS.items()
    )
    (second, _), (best, code) = shares[-2:]
    return code if best >= MIN_SHARE and best >= MIN_LEAD * second else ""


def is_written_in(text: str, language: str, min_script_share: float) -> bool:
    """True if a text may be in a BCP-47 language: enough letters in its script, and the words of no other language."""
    detected = detect_language(text)
    foreign = bool(detected) and not same_language(detected, language)
    return not foreign and script_share(text, language) >= min_script_share
