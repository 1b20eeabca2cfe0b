"""Finding a thing by words: by its name and its synonyms, whatever their grammatical forms."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from .catalogue import read_sources
from .icons import list_icons

LONGEST_PHRASE = 4
"""Words of the longest name that is looked for."""
STEMMED_FROM = 4
"""Letters from which a word is reduced to its stem: `bus` is no form of `bu`."""

# Words that icons are named by, and that mean something else, or nothing that can be drawn, in a sentence.
_NO_ICONS = """
    the and for with from not are was its that this then than who how why what when where you she her his him they
    account adjust alert alien all archive at attachment auto average axis back badge between block blur border
    bottom box bridge bring broadcast call can cancel cast center check circle close collage collapse color combine
    compare contain content copy cross cut debug decimal delete delta details direction display distribute divide do
    dots down drag draw drawing duplicate edit eject end equal exclude exit expand export eye fan fast file fill
    filter fit flip floor focus folder follow form format forward function gesture go gradient grid group guy hand
    handle hanging headphone help hexagon hide history home hook import information inside intersect iron item jump
    keep label land launch layers left less level life light line link list load login logout loop lot low make mark
    marker match math max menu merge middle min minus mixed mode more motion move multiple near new next no none
    note null number off offset ok old omega on opacity open order orientation out outside over overlay page pan
    panorama part pause percent perspective pi pin place plan play plus point pound power present previous priority
    progress protocol publish pull pulse push puzzle quality question radius rate record redo refresh relation
    relative remove rename repeat replace reply resistor resize restart restore right roll rotate run save scale
    screen select selection send set shape share show shuffle sigma sign signal single size skip slash slide slow
    sort source speed split spread square standard start state step stop strategy stretch subtract swap switch sync
    tab table tag tally target test text through time timeline to toggle tool top total trend triangle trim turn
    undo unfold up update variable version view water wave weight wide width wrap
"""


def find_thing(words: str) -> str | None:
    """The name of the thing that words mean: `find_thing("the leaves of a plant")` is "leaf". None if there is none.

    A longer name is more exact, a drawn thing better than an icon, and the first that is named better than the others.
    """
    found = find_things(words, limit=1)
    return found[0] if found else None


def find_things(words: str, limit: int = 12) -> tuple[str, ...]:
    """The names of the things that words mean, the best first. Each word counts once, for the longest name."""
    split = _split_words(words)
    stems = tuple(_stem(word) for word in split)
    found: list[tuple[int, bool, int, str]] = []
    taken: set[int] = set()
    for length in range(min(LONGEST_PHRASE, len(split)), 0, -1):
        for start in range(len(split) - length + 1):
            places = range(start, start + length)
            exact, stemmed = split[start : start + length], stems[start : start + length]
            name, is_icon = _drawn_words().get(exact) or _drawn_stems().get(stemmed), False
            if name is None:
                name, is_icon = _icon_stems().get(stemmed), True
            if name is not None and taken.isdisjoint(places):
                taken.update(places)
                found.append((-length, is_icon, start, name))
    return tuple(dict.fromkeys(name for *_, name in sorted(found)))[:limit]


def name_of(words: str) -> str | None:
    """The thing or icon whose own name or synonym the words are, in any grammatical form."""
    split = _split_words(words)
    stems = tuple(_stem(word) for word in split)
    return _drawn_words().get(split) or _drawn_stems().get(stems) or _every_icon().get(stems)


def _split_words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text.casefold()))


def _stem(word: str) -> str:
    return str(_make_stemmer().stemWord(word)) if len(word) >= STEMMED_FROM else word


def _stem_words(text: str) -> tuple[str, ...]:
    return tuple(_stem(word) for word in _split_words(text))


@functools.cache
def _make_stemmer() -> Any:
    import snowballstemmer  # knows thirty languages, which whoever names a thing exactly need not wait for

    return snowballstemmer.stemmer("english")


@functools.cache
def _drawn_words() -> Mapping[tuple[str, ...], str]:
    sources = read_sources().values()
    own = {_split_words(each.name): each.name for each in sources}
    return {_split_words(word): each.name for each in sources for word in each.synonyms} | own


@functools.cache
def _drawn_stems() -> Mapping[tuple[str, ...], str]:
    sources = [*read_sources().values()]
    own = {_stem_words(each.name): each.name for each in reversed(sources)}
    return {_stem_words(word): each.name for each in reversed(sources) for word in each.synonyms} | own


@functools.cache
def _every_icon() -> Mapping[tuple[str, ...], str]:
    icons = list_icons()
    own = {_stem_words(name): name for name in reversed([*icons])}
    others = {_stem_words(word): name for name, words in icons.items() for word in words}
    return others | own


@functools.cache
def _icon_stems() -> Mapping[tuple[str, ...], str]:
    refused = {_stem_words(word) for word in _NO_ICONS.split()}
    return {phrase: name for phrase, name in _every_icon().items() if phrase not in refused and len(phrase[0]) > 2}
