"""Whether a text is in the language it should be in: by its script, and for a few languages by its little words."""

from __future__ import annotations

import re
import unicodedata

_SCRIPTS = {
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "kk", "mn"), ("CYRILLIC",)),
    **dict.fromkeys(("ar", "fa", "ur", "ps"), ("ARABIC",)),
    **dict.fromkeys(("hi", "mr", "ne"), ("DEVANAGARI",)),
    "zh": ("CJK",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "ko": ("HANGUL", "CJK"),
    "he": ("HEBREW",),
    "el": ("GREEK",),
    "th": ("THAI",),
    "bn": ("BENGALI",),
    "ta": ("TAMIL",),
    "te": ("TELUGU",),
    "ka": ("GEORGIAN",),
    "hy": ("ARMENIAN",),
}
_EITHER = frozenset({"sr", "uz", "az", "bs", "pa", "ku"})  # written in two scripts
_LITTLE = {
    "en": "the of and is that it was for are with as they this have from but not what when which",
    "de": "der die das und ist nicht ein eine zu von mit sich auf dem den für wird auch wie wir",
    "fr": "le la les des et est une que dans qui pour pas plus sur avec ce il sont nous vous",
    "es": "el los las y es una que en por con para no se del como más pero su son este",
    "it": "il gli e è una che di per non con si sono della come più ma questo nel alla del",
    "pt": "o os as e é uma que em por com para não se do da como mais mas são este",
    "nl": "de het een en is dat van niet met op zijn voor die als maar ook wordt we naar dit",
    "pl": "i w na się nie jest to że z do jak ale co są od przez dla tak już czy",
    "sv": "och är att det en som på för av med inte den ett till har de kan om men vi",
}
_WORDS = {language: frozenset(words.split()) for language, words in _LITTLE.items()}
ENOUGH = 40  # words from which the little words say something


def script_share(text: str, language: str) -> float:
    """The share of letters, 0 to 1, that belong to the language's script; 1 where it has several or is unknown."""
    code = language.lower().split("-")[0]
    letters = [char for char in text if char.isalpha()]
    if not letters or code in _EITHER:
        return 1.0
    wanted = _SCRIPTS.get(code, ("LATIN",))
    return sum(unicodedata.name(char, "").startswith(wanted) for char in letters) / len(letters)


def seems(text: str) -> str:
    """The language (of those with known little words) a text is written in; "" when that is not clear."""
    words = re.findall(r"\w+", text.lower())
    if len(words) < ENOUGH:
        return ""
    shares = sorted(((sum(word in known for word in words) / len(words), code) for code, known in _WORDS.items()))
    (second, _), (best, code) = shares[-2:]
    return code if best >= 0.1 and best >= 2 * second else ""
