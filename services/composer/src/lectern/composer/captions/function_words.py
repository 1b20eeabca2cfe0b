"""The small words of a language: a line may break before some of them, and never after others."""

from __future__ import annotations

import msgspec


class FunctionWords(msgspec.Struct, frozen=True, kw_only=True):
    """`leaders` are articles, determiners and auxiliaries: the word after them belongs to them."""

    conjunctions: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    leaders: frozenset[str] = frozenset()

    def cling(self, word: str) -> bool:
        """Whether nothing may break after `word`."""
        return word in self.leaders or word in self.prepositions or word in self.conjunctions


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LANGUAGES = {
    "en": FunctionWords(
        conjunctions=_words(
            "and but or nor so yet because although though while when where which who whose whom that than if unless "
            "until whereas since as before after"
        ),
        prepositions=_words(
            "about above across against along among around at below beneath beside between beyond by down during for "
            "from in inside into like near of off on onto out outside over past per through throughout to toward "
            "towards under up upon via with within without"
        ),
        leaders=_words(
            "a an the this these those my your his her its our their no every each some any very too not is are was "
            "were be been being am has have had do does did can could will would shall should may might must"
        ),
    ),
    "de": FunctionWords(
        conjunctions=_words("und oder aber denn sondern weil dass wenn als ob obwohl damit während bevor nachdem wie"),
        prepositions=_words("an auf aus bei durch für gegen in im ins mit nach ohne über um unter von vor zu zum zur"),
        leaders=_words(
            "der die das den dem des ein eine einen einem einer eines kein keine mein sein ihr unser ist sind war "
            "waren hat haben wird werden kann können muss müssen nicht sehr"
        ),
    ),
    "fr": FunctionWords(
        conjunctions=_words("et ou mais donc or ni car que qui quand si lorsque puisque comme parce où dont"),
        prepositions=_words("à de en dans par pour sur sous avec sans entre vers chez depuis pendant contre au aux du"),
        leaders=_words(
            "le la les un une des ce cet cette ces mon ma mes son sa ses notre leur leurs est sont était a ont peut ne"
        ),
    ),
    "es": FunctionWords(
        conjunctions=_words("y e o u pero sino porque que quien cuando si aunque mientras como donde pues"),
        prepositions=_words(
            "a ante bajo con contra de desde en entre hacia hasta para por según sin sobre tras al del"
        ),
        leaders=_words(
            "el la los las un una unos unas este esta estos estas mi su sus nuestro es son era ha han no muy puede se"
        ),
    ),
}


def function_words(language: str) -> FunctionWords:
    """Those of a BCP-47 language; none for a language not known here, which then breaks at punctuation alone."""
    return _LANGUAGES.get(language.replace("_", "-").split("-")[0].lower(), FunctionWords())
