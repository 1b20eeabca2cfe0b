from typing import Any

import pytest
import sentencex
from hypothesis import given
from hypothesis import strategies as st

from lectern.language.sentences import MAX_WINDOW, sentence_ends, sentence_spans, sentences

TEXTS = st.text(st.sampled_from("ab A.,! ?\n植。」）(é😀।۔")) | st.lists(
    st.sampled_from(["Dr.", "Fig.", "3", "shows", "A.", "It", "ends.", "“Yes!”", "好。", "(So.)", "Eq.", "…", "3.5"])
).map(" ".join)


@pytest.mark.parametrize(
    "expected",
    [
        ["As Fig. 3 shows, it falls.", "Then it rises."],
        ["Dr. Li met J. S. Bach, e.g. in Leipzig.", "Really?", "Yes."],
        ["Dr. Smith works in the U.S. today.", '"Really?"', "Yes, e.g. here.", "It is 3.5 m."],
        ["It costs $1,250.50 today.", "Eq. 5 holds, see Sec. 3.", "Wait… what?"],
        ["He asked: “Why?”", "She left.", "(It is so.)", "Well!?", "OK."],
        ["St. John met Prof. X vs. Mrs. Y in approx. ten places."],
        ["Call System.Out in Node.js.", "Yes."],
        ["It weighs 5 kg", "Then"],
    ],
)
def test_sentences_end_where_a_reader_pauses(expected: list[str]) -> None:
    assert sentences(("\n\n" if expected[-1] == "Then" else " ").join(expected)) == expected


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "cs", "sv"])
@pytest.mark.parametrize("name", ["A. Einstein", "J. S. Bach", "M. Dupont", "Dr. Li", "Prof. Li", "St. John", "Mr. Li"])
def test_initials_and_titles_end_no_sentence_in_any_language(name: str, language: str) -> None:
    assert sentences(f"{name} 1905. {name}.", language)[0].startswith(f"{name} 1905")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Solve for x.", "Then divide by n.", "It is f.", "Done."]),
        ("en", ["Take vitamin C.", "It helps in Brown v. Board."]),
        ("de", ["Löse nach x.", "Dann geht es, z. B. so."]),
        ("de", ["Es war 5 v. Chr. und kalt.", "Dann kam y.", "Fertig."]),
        ("fr", ["Cherche x.", "Puis divise."]),
    ],
)
def test_a_letter_may_end_a_sentence(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["植物需要光。", "「真的吗？」", "是的！", "（好。）", "再见！"]),
        ("ja", ["『そうですか。』", "彼は言った。"]),
        ("en", ["植物需要光。", "「真的吗？」", "是的！"]),
    ],
)
def test_full_width_marks_end_sentences_without_a_space(language: str, expected: list[str]) -> None:
    assert sentences("".join(expected), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ar", ["هل تعلم؟", "نعم."]),
        ("hi", ["पौधे खाना बनाते हैं।", "सच?"]),
        ("sa", ["यह है॥", "वह है।"]),
        ("ur", ["یہ ہے۔", "وہ ہے۔"]),
        ("de", ["Das war am 3. Mai bzw. ca. um acht.", "Ja."]),
    ],
)
def test_marks_and_abbreviations_of_other_languages(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


@given(TEXTS, st.sampled_from(["en", "de", "zh-TW", "ur", ""]))
def test_sentences_joined_are_the_text(text: str, language: str) -> None:
    parts = sentences(text, language)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part == part.strip() != "" for part in parts)


@given(TEXTS)
def test_spans_are_in_order_and_apart(text: str) -> None:
    bounds = [bound for span in sentence_spans(text) for bound in span]
    assert bounds == sorted(bounds)


@given(st.lists(st.sampled_from(["Dr.", "Fig.", "3", "ends.", "It", "好。", "“Yes!”"]), min_size=1))
def test_words_end_the_sentences_that_their_text_has(words: list[str]) -> None:
    ends = sentence_ends(words)
    assert len(ends) == len(words)
    assert ends[-1]
    assert sum(ends) <= len(sentences(" ".join(words)))


def test_an_abbreviation_is_a_word_that_ends_no_sentence() -> None:
    assert sentence_ends(["As", "Fig.", "3", "shows.", "Then"]) == (False, False, False, True, True)
    assert sentence_ends(()) == ()


@pytest.mark.parametrize(
    "sentence", ["This is one of Dr. Li's sentences. ", "これは文です。", "（好。）", "هل هذا سؤال؟ "]
)
def test_a_long_text_is_read_window_by_window(sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The library's time grows with the square of what it reads at once.
    read = sentencex.get_sentence_boundaries
    lengths: list[int] = []

    def record(language: str, text: str) -> Any:
        lengths.append(len(text))
        return read(language, text)

    monkeypatch.setattr(sentencex, "get_sentence_boundaries", record)
    assert sentences(sentence * 1500, "ja") == [sentence.strip()] * 1500
    assert max(lengths) <= MAX_WINDOW


def test_a_long_text_without_a_sentence_end_is_one_sentence() -> None:
    text = "word " * 2000
    assert sentences(text) == [text.strip()]
