"""Function words by language, for breaking lines: before some of them a line may break, after others never."""

from __future__ import annotations

import msgspec

from lectern.language.tags import base_language


class FunctionWords(msgspec.Struct, frozen=True, kw_only=True):
    """`leaders` are articles, determiners and auxiliaries: the word after them belongs to them.

    `trailers` are particles, postpositions and endings: they belong to the word before.
    """

    conjunctions: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    leaders: frozenset[str] = frozenset()
    trailers: frozenset[str] = frozenset()

    def binds_to_next(self, word: str) -> bool:
        """True if a line must not break after `word`."""
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
    "it": FunctionWords(
        conjunctions=_words("e o ma però perché che se quando mentre come dove quindi"),
        prepositions=_words("a di da in con su per tra fra del della dei delle al alla nel nella sul sulla dal dalla"),
        leaders=_words("il lo la i gli le un uno una questo questa questi queste è sono era ha hanno non molto può si"),
    ),
    "pt": FunctionWords(
        conjunctions=_words("e ou mas porque que quem quando se embora enquanto como onde pois"),
        prepositions=_words("a de em com por para sobre sem entre até do da dos das no na nos nas ao à pelo pela"),
        leaders=_words("o os as um uma uns umas este esta estes estas meu seu sua é são era tem têm não muito pode se"),
    ),
    "ar": FunctionWords(
        conjunctions=_words("أن إن لكن لأن التي الذي الذين عندما حيث إذا كما ثم أو"),
        prepositions=_words("في من إلى على عن مع بين خلال بعد قبل تحت فوق عند"),
        leaders=_words("هذا هذه ذلك تلك هو هي هم كل لا لم لن قد كان كانت ما غير"),
    ),
    "he": FunctionWords(
        conjunctions=_words("או אבל כי אם כאשר אשר"),
        prepositions=_words("של על אל עם בין מן לפני אחרי תחת"),
        leaders=_words("את זה זו הוא היא הם לא כל יש אין"),
    ),
    "hi": FunctionWords(
        conjunctions=_words("और या लेकिन क्योंकि कि जब अगर जो"),
        trailers=_words("का के की को में से पर ने तक है हैं था थे थी ही भी तो"),
    ),
    "zh": FunctionWords(
        conjunctions=_words("和 与 或 但 但是 因为 所以 如果 而 而且 并 并且 以及"),
        prepositions=_words("在 从 对 向 把 被 用 为 通过"),
        leaders=_words("一 两 几 这 那 每 各 不 没 很 最 更 第 所"),
        trailers=_words("的 地 得 了 着 过 们 吗 呢 吧 啊 的话 之"),
    ),
    "ja": FunctionWords(
        trailers=_words(
            "は が を に へ と で の も や か ね よ から まで より だけ など て た です ます でした ました"
            " だ である という のは のに ので"
        ),
    ),
}


def function_words(language: str) -> FunctionWords:
    """The function words of a BCP-47 language; none for one without a list, whose lines break at punctuation alone."""
    return _LANGUAGES.get(base_language(language), FunctionWords())
