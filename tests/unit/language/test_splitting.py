from hypothesis import given
from hypothesis import strategies as st

from lectern.language.splitting import middle_break, split_text
from lectern.language.words import count_words

TEXTS = st.text(st.sampled_from("ab é.,! ?\n植物利用阳光。かなタイไทย1"), max_size=200)


@given(TEXTS, st.integers(5, 60))
def test_pieces_fit_and_lose_nothing_but_space(text: str, limit: int) -> None:
    pieces = split_text(text, lambda piece: len(piece.encode()) <= limit)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())
    for offset, piece in pieces:
        assert text[offset : offset + len(piece)] == piece
        assert len(piece.encode()) <= limit


@given(TEXTS, st.integers(1, 60))
def test_the_limit_may_be_in_words(text: str, limit: int) -> None:
    assert all(count_words(piece.text) <= limit for piece in split_text(text, lambda each: count_words(each) <= limit))


def test_a_text_is_split_between_sentences_then_clauses_then_words() -> None:
    text = "Light falls in. Water rises, slowly, in the stem. Sugar stays."
    assert _split(text, 40) == ["Light falls in.", "Water rises, slowly, in the stem.", "Sugar stays."]
    assert _split(text, 20) == ["Light falls in.", "Water rises,", "slowly, in the stem.", "Sugar stays."]
    assert _split("No clause in here at all", 15) == ["No clause in", "here at all"]
    assert _split("As Fig. 3 shows. Yes.", 18) == ["As Fig. 3 shows.", "Yes."]


def test_the_middle_break_is_the_nearest_sentence_end_else_clause_end() -> None:
    text = "One is here. Two comes next. Three is the last of them."
    assert text[: middle_break(text)].strip() == "One is here. Two comes next."
    assert middle_break("First this, then that") == len("First this, ")
    assert middle_break("No break in this") is None


def _split(text: str, limit: int) -> list[str]:
    return [piece.text for piece in split_text(text, lambda each: len(each) <= limit)]
