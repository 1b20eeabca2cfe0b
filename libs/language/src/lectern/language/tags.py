"""Language tags (BCP-47): normal form, parts, names, and whether two tags mean the same language.

A tag that cannot be read counts as `und`, the undetermined language; only `normalize` raises.
"""

from __future__ import annotations

import functools

from langcodes import Language, standardize_tag, tag_distance, tag_is_valid

UNDETERMINED = "und"
MULTIPLE = "mul"  # multiple languages: a voice that speaks any language it is given
_RIGHT_TO_LEFT = frozenset(
    ("Adlm", "Arab", "Aran", "Armi", "Hebr", "Mand", "Nkoo", "Phnx", "Rohg", "Samr", "Syrc", "Thaa")
)
_SAME_LANGUAGE_DISTANCE = 1  # CLDR's distance of Norwegian from Bokmål; the next dialects are at 4


def is_valid(tag: str) -> bool:
    """True if a tag is well formed and all its parts are registered."""
    return tag_is_valid(tag)


@functools.lru_cache(1024)
def normalize(tag: str) -> str:
    """The normal form of a tag: `iw` is `he`, `cmn-cn` is `zh-CN`, `en_uk` is `en-GB`.

    Raises ValueError for a malformed tag.
    """
    return standardize_tag(tag, macro=True)


def names_language(tag: str) -> bool:
    """True if a tag is well formed and begins with a language: not `419`, a bare region, nor the private `x-elvish`."""
    try:
        first = normalize(tag).partition("-")[0]
    except ValueError:
        return False
    return len(first) > 1 and first.isalpha()


def base_language(tag: str) -> str:
    """The language subtag alone: `zh` for `cmn-Hant-TW`. A tag of several or no languages keeps `mul` or `und`."""
    return _parse(tag).language or UNDETERMINED


def leading_language(name: str) -> str:
    """The language that a name such as a voice's begins with (`de` of `de-DE-Neural2-B`), or an empty string."""
    first = name.partition("-")[0]
    return base_language(first) if is_valid(first) else ""


def region(tag: str) -> str:
    """The region a tag names (ISO 3166, `GB`), or an empty string."""
    return _parse(tag).territory or ""


def script(tag: str) -> str:
    """The script a tag is written in (ISO 15924): `Hant` for `zh-TW`, `Latn` where nothing else is known."""
    return _parse(tag).maximize().script or "Latn"


def is_right_to_left(tag: str) -> bool:
    """True if a language is written from right to left."""
    return script(tag) in _RIGHT_TO_LEFT


def alpha3(tag: str) -> str:
    """The ISO 639-2/T code that MP4 and Matroska tracks carry: `eng` for `en-GB`, `und` for an unknown language."""
    try:
        return _parse(tag).to_alpha3()
    except LookupError:
        return UNDETERMINED


def english_name(tag: str) -> str:
    """A language's English name: `Portuguese (Brazil)`."""
    return _parse(tag).display_name()


def own_name(tag: str) -> str:
    """A language's name in that language: `português (Brasil)`."""
    return _parse(tag).autonym()


def same_language(one: str, other: str) -> bool:
    """True if two tags share a language, whatever their regions and scripts. `mul` and `und` share none."""
    first, second = base_language(one), base_language(other)
    if {first, second} & {UNDETERMINED, MULTIPLE}:
        return False
    return first == second or tag_distance(first, second) <= _SAME_LANGUAGE_DISTANCE


def matches(requested: str, offered: str) -> bool:
    """True if an offered language serves a requested one: `en` accepts `en-GB`, `en-GB` only itself.

    A requested script is compared with the one the offer is written in (`zh-Hant` accepts `zh-TW`). An offer of `mul`
    serves every language.
    """
    if base_language(offered) == MULTIPLE:
        return base_language(requested) != UNDETERMINED
    if not same_language(requested, offered):
        return False
    if region(requested) and region(requested) != region(offered):
        return False
    return not _parse(requested).script or script(requested) == script(offered)


@functools.lru_cache(1024)
def _parse(tag: str) -> Language:
    try:
        return Language.get(normalize(tag))
    except ValueError:
        return Language.get(UNDETERMINED)
