"""What a scene's code is run with: the cast, and the scenes before it."""

from __future__ import annotations

import pytest

from lectern.contracts import script as s
from lectern.contracts.carrying import MAX_CHAIN, CodeNeeds, asks_for_carried, find_needs, list_followers, uses_cast
from lectern.contracts.references import CodeContext, CodeRef

CAST = "SIZE = 2\n\ndef car():\n    return Square(SIZE)\n"
DRAWS = "class A(NarratedScene):\n    def construct(self):\n        self.add(car())\n"
GOES_ON = 'class B(NarratedScene):\n    def construct(self):\n        c = self.carried("car")\n'
ALONE = "class C(NarratedScene):\n    def construct(self):\n        # self.carried('car') is not called\n        pass\n"


def make_script(*sources: str | None, cast: str = CAST) -> s.Script:
    return s.Script(
        title="A video",
        scenes=tuple(
            s.Scene(title="S", beats=(s.Beat(text="Said."),), visual=s.Manim(source=source) if source else None)
            for source in sources
        ),
        cast=cast,
    )


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        (GOES_ON, True),
        ("x = self.carried('a', 'b')[0]", True),
        (ALONE, False),
        ("text = 'self.carried()'", False),
        ("carried = 3", False),
        ("self.carried(", False),
        ("(" * 5000 + "self.carried()", False),
    ],
)
def test_code_asks_for_what_is_carried_where_it_calls_for_it(source: str, asks: bool) -> None:
    assert asks_for_carried(source) is asks


def test_a_scene_is_run_with_those_before_it_as_far_as_each_goes_on_with_the_one_before() -> None:
    script = make_script(ALONE, DRAWS, GOES_ON, GOES_ON + "        # again\n")
    assert find_needs(script, 4, script.scenes[3].visual.source).before == (DRAWS, GOES_ON)  # type: ignore[union-attr]
    assert find_needs(script, 2, DRAWS) == CodeNeeds(cast=CAST)
    assert find_needs(script, 1, GOES_ON) == CodeNeeds(cast=CAST)


def test_a_scene_whose_code_is_not_in_the_script_ends_the_chain() -> None:
    directed = make_script(DRAWS, GOES_ON)
    scene = s.Scene(
        title="S", beats=(s.Beat(text="x"),), visual=s.Manim(source=DRAWS), plan=s.ScenePlan(direction="no")
    )
    directed = s.Script(title="A", scenes=(scene, *directed.scenes[1:]), cast=CAST)
    assert find_needs(make_script(None, GOES_ON), 2, GOES_ON).before == ()
    assert find_needs(directed, 2, GOES_ON).before == ()


def test_a_chain_has_a_longest_length() -> None:
    script = make_script(DRAWS, *[GOES_ON] * (MAX_CHAIN + 5))
    assert len(find_needs(script, MAX_CHAIN + 6, GOES_ON).before) == MAX_CHAIN


@pytest.mark.parametrize(
    ("source", "cast", "uses"),
    [
        (DRAWS, CAST, True),
        (GOES_ON, CAST, True),
        (GOES_ON.replace('"car"', '"boat"'), CAST, False),
        (ALONE, CAST, False),
        (ALONE, "", False),
        ("x = SIZE", CAST, True),
        ("x = hull()", "if True:\n    from math import sqrt as hull", True),
        (ALONE, "def car(:", True),
        ("class (", CAST, True),
    ],
)
def test_code_uses_a_cast_whose_names_it_has_or_that_cannot_be_read(source: str, cast: str, uses: bool) -> None:
    assert uses_cast(source, cast) is uses


def test_scenes_follow_a_change_of_a_scene_they_go_on_with_and_of_a_cast_they_use() -> None:
    script = make_script(DRAWS, GOES_ON, GOES_ON, ALONE)
    codes = [(number, CodeRef(key="k", origin="author")) for number in (1, 2, 3, 4)]
    assert list_followers(script, codes, [1], recast=False) == {2, 3}
    assert list_followers(script, codes, [3], recast=False) == set()
    model = make_script(None, None)
    drawn = [
        (1, CodeRef(key="k", origin="model", context=CodeContext(cast_key="c"))),
        (2, CodeRef(key="k", origin="model", context=CodeContext(before=("k",)))),
    ]
    assert list_followers(model, drawn, [1], recast=False) == {2}
    assert list_followers(model, drawn, [], recast=True) == {1, 2}
