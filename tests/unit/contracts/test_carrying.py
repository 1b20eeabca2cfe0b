"""What a scene's code is run with: the cast, and the scenes before it."""

from __future__ import annotations

import pytest

from lectern.contracts import script as s
from lectern.contracts.carrying import (
    MAX_CHAIN,
    CodeNeeds,
    asks_for_carried,
    find_needs,
    list_asked,
    list_carried,
    list_followers,
    uses_cast,
    waits_for_scene_before,
)
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


def make_plan(*scenes: tuple[str, str]) -> s.Script:
    """A script of scenes, each with the code in the script, if any, and what it is planned to carry."""
    return s.Script(
        title="A video",
        scenes=tuple(
            s.Scene(
                title="S",
                beats=(s.Beat(text="Said."),),
                visual=s.Manim(source=source) if source else None,
                plan=s.ScenePlan(carries=tuple(carries.split())),
            )
            for source, carries in scenes
        ),
        cast=CAST,
    )


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        (("", "car"), ("", ""), True),
        (("", ""), ("", ""), False),
        ((DRAWS, "car"), ("", ""), False),
        (("", "car"), (DRAWS, ""), False),
        (("", ""), (GOES_ON, ""), True),
    ],
    ids=["model, model", "nothing planned", "code in the script", "takes nothing", "an author's code that asks"],
)
def test_a_scene_waits_for_the_one_before_where_it_needs_code_that_is_not_written_yet(
    first: tuple[str, str], second: tuple[str, str], waits: bool
) -> None:
    script = make_plan(first, second)
    assert [waits_for_scene_before(script, number) for number in (0, 1, 2, 3)] == [False, False, waits, False]


def test_a_template_neither_waits_nor_is_waited_for() -> None:
    bullets = s.Scene(title="S", beats=(s.Beat(text="Said."),), visual=s.Bullets(items=("one",)))
    carrying = make_plan(("", "car")).scenes[0]
    for scenes in ((carrying, bullets), (bullets, carrying)):
        assert not waits_for_scene_before(s.Script(title="A", scenes=scenes), 2)


def test_a_scene_after_one_that_a_model_coded_is_run_with_its_code_and_what_that_is_run_with() -> None:
    script = make_plan(("", "car"), ("", "car"), (GOES_ON, ""), ("", ""))
    codes = {
        1: CodeRef(key="k1", origin="model"),
        2: CodeRef(key="k2", origin="model", context=CodeContext(cast_key="c", before=("k1",))),
    }
    assert find_needs(script, 4, GOES_ON, codes) == CodeNeeds(cast=CAST, stored=("k1", "k2"), before=(GOES_ON,))
    assert find_needs(script, 3, GOES_ON, {2: CodeRef(key="t", origin="template")}).stored == ()
    long = {2: CodeRef(key="k2", origin="model", context=CodeContext(before=("k",) * MAX_CHAIN))}
    assert len(find_needs(script, 3, GOES_ON, long).stored) == MAX_CHAIN


def test_the_names_that_are_handed_on_and_asked_for_are_read_from_the_code() -> None:
    source = "self.carry(car=c, road=r)\nself.carry(**others)\na, b = self.carried('car', 'road')\nself.carried(name)"
    assert (list_carried(source), list_asked(source)) == (("car", "road"), ("car", "road"))
    assert (list_carried("self.carry("), list_asked("(" * 5000 + "self.carried('a')")) == ((), ())


def test_a_scene_that_waits_for_a_changed_one_follows_it() -> None:
    script = make_plan(("", "car"), ("", ""), ("", ""))
    uncoded = [(number, None) for number in (1, 2, 3)]
    assert list_followers(script, uncoded, [1], recast=False) == {2}
