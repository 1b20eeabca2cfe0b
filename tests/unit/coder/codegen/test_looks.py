"""A critique looks at a scene when something has just come, and at the end of each beat."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from unit.coder.coding_tasks import narrate

from lectern.coder.codegen.code_beats import find_beat_of_line, find_code_beats, find_names_in_lines
from lectern.coder.codegen.looks import MAX_LOOKS, MIN_APART, plan_looks

NARRATION = narrate("Light falls on the leaf and water rises in the stem.", "Sugar is what comes out of it in the end.")


def write_code(*beats: tuple[str, ...]) -> str:
    lines = ["class A(NarratedScene):", "    def construct(self):"]
    for cues in beats:
        lines.append("        with self.beat():")
        lines += [f"            self.at({cue!r}); self.play(FadeIn(Dot()))" for cue in cues]
        lines.append("            pass")
    return "\n".join(lines)


def test_pictures_follow_the_words_that_animations_wait_for() -> None:
    looks = plan_looks(write_code(("light", "water"), ("sugar",)), NARRATION)
    assert [look.place for look in looks] == [
        *("after “Light” is spoken", "after “water” is spoken", "its end"),
        *("after “Sugar” is spoken", "its end"),
    ]
    assert [look.beat for look in looks] == [1, 1, 1, 2, 2]


def test_code_that_waits_for_no_word_is_seen_in_the_middle_of_its_beats_too() -> None:
    for code in (write_code((), ()), "no code at all (", write_code(())):
        assert [look.place for look in plan_looks(code, NARRATION)] == ["its middle", "its end"] * 2


def test_a_word_that_is_not_spoken_is_not_looked_for() -> None:
    places = [look.place for look in plan_looks(write_code(("moon", "rises"), ()), NARRATION) if look.beat == 1]
    assert places == ["after “rises” is spoken", "its end"]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=40), st.integers(0, 5))
def test_looks_are_few_in_order_and_apart(lengths: list[int], cues: int) -> None:
    narration = narrate(*(" ".join(f"word{number}" for number in range(length)) for length in lengths))
    looks = plan_looks(write_code(*([tuple(f"word{number}" for number in range(cues))] * len(lengths))), narration)
    assert 0 < len(looks) <= MAX_LOOKS
    assert all(0 <= look.time <= narration.seconds for look in looks)
    assert [look.time for look in looks] == sorted(look.time for look in looks)
    assert all(later.time - look.time >= MIN_APART - 1e-9 for look, later in pairwise(looks) if look.beat == later.beat)
    assert looks[-1].beat == len(lengths)


def test_lines_belong_to_beats() -> None:
    code = write_code(("a",), ("b", "c"))
    assert [beat.cues for beat in find_code_beats(code)] == [("a",), ("b", "c")]
    assert [find_beat_of_line(code, line) for line in (1, 4, 7, 99)] == [None, 1, 2, None]


def test_words_in_strings_are_no_names_even_where_the_code_does_not_parse() -> None:
    assert find_names_in_lines('Label("stand clear").shift(UP)', {1}) == ["Label", "shift", "UP"]
    assert find_names_in_lines('Label("stand clear").shift(UP', {1}) == ["Label", "shift", "UP"]
