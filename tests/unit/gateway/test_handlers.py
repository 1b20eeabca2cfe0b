"""Handlers, without a server or a store."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from unit.gateway.published_video import OUT_OF_MEMORY, make_script

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.ids import new_id
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief, VideoOptions
from lectern.gateway import handlers
from lectern.gateway.refusals import Refusal
from lectern.gateway.schemas import DubRequest, RedoRequest, VideoRequest

VIDEO_ID = new_id()
OPTIONS = VideoOptions(review=True)
SCRIPT = make_script(2)
SCRIPT_KEY = keys.script(VIDEO_ID, keys.digest(SCRIPT))
TITLES = tuple(e.SceneTitle(title=scene.title, words=6) for scene in SCRIPT.scenes)


def make_log(*events: e.AnyEvent) -> VideoLog:
    return VideoLog(enumerate(events, 1))


def make_requested() -> e.VideoRequested:
    return e.VideoRequested(video_id=VIDEO_ID, brief=Brief(topic="Leaves"), options=OPTIONS)


def make_scripted(*, review: bool = True) -> e.VideoScripted:
    return e.VideoScripted(
        video_id=VIDEO_ID, script_key=SCRIPT_KEY, title="The leaf", scenes=TITLES, options=OPTIONS, review=review
    )


def make_approved(revision: int = 1, plan: Sequence[int] = (1, 2)) -> e.ScriptApproved:
    return e.ScriptApproved(
        video_id=VIDEO_ID,
        revision=revision,
        script_key=SCRIPT_KEY,
        title="The leaf",
        scenes=TITLES,
        plan=tuple(plan),
        options=OPTIONS,
    )


def make_finished(options: VideoOptions = OPTIONS) -> VideoLog:
    approved = msgspec.structs.replace(make_approved(), options=options)
    return make_log(make_requested(), make_scripted(), approved, make_rendered(1), make_rendered(2))


def make_coded(scene: int) -> e.SceneCoded:
    return e.SceneCoded(
        video_id=VIDEO_ID,
        scene=scene,
        script_key=SCRIPT_KEY,
        options=OPTIONS,
        narration=e.NarrationRef(key="n", audio_key="a", seconds=4.5, beats=2),
        code=e.CodeRef(key=f"code{scene}", origin="template"),
    )


def make_failed() -> e.VideoFailed:
    return e.VideoFailed(video_id=VIDEO_ID, problem=OUT_OF_MEMORY)


def make_completed() -> e.VideoCompleted:
    return e.VideoCompleted(video_id=VIDEO_ID, seconds=9.0, frames=270, outputs=())


WAITING = make_log(make_requested(), make_scripted())
IN_PROGRESS = make_log(make_requested(), make_scripted(), make_approved())
CODED = make_log(make_requested(), make_scripted(), make_approved(), make_coded(1), make_coded(2))


def test_approval_plans_every_scene_of_the_same_revision() -> None:
    event = handlers.approve(WAITING, 1)
    assert event is not None
    assert (event.revision, event.plan, event.script_key) == (1, (1, 2), SCRIPT_KEY)


def test_approving_twice_changes_nothing() -> None:
    assert handlers.approve(IN_PROGRESS) is None


@pytest.mark.parametrize(
    ("log", "revision", "code"),
    [
        (make_log(make_requested()), None, "invalid-state"),
        (make_log(make_requested(), make_scripted(review=False)), None, "invalid-state"),
        (make_log(make_requested(), make_scripted(), make_failed()), None, "invalid-state"),
        (WAITING, 2, "stale-script"),
    ],
    ids=["no script", "no review", "ended", "another revision"],
)
def test_approval_is_refused_when_there_is_nothing_to_approve(log: VideoLog, revision: int | None, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        handlers.approve(log, revision)
    assert refused.value.problem.code == code


def test_a_redo_with_new_words_names_a_new_script_and_keeps_the_other_scenes() -> None:
    change = handlers.redo(IN_PROGRESS, SCRIPT, 1, RedoRequest(narration=["New words."]))
    assert change.script is not None
    assert change.script.scene(1).beats == (s.Beat(text="New words."),)
    assert change.script.scene(2) == SCRIPT.scene(2)
    assert isinstance(change.event, e.ScriptApproved)
    assert change.event.script_key == keys.script(VIDEO_ID, keys.digest(change.script))
    assert (change.event.plan, change.event.fresh, change.event.revision) == ((1,), False, 2)


@pytest.mark.parametrize("narration", [None, [beat.text for beat in SCRIPT.scene(2).beats]], ids=["none", "the same"])
def test_a_redo_with_the_same_words_starts_afresh(narration: list[str] | None) -> None:
    change = handlers.redo(IN_PROGRESS, SCRIPT, 2, RedoRequest(narration=narration))
    assert change.script is None
    assert isinstance(change.event, e.ScriptApproved)
    assert (change.event.plan, change.event.script_key) == ((2,), SCRIPT_KEY)
    assert change.event.salts == {2: e.message_id(change.event)}


def make_carried_log() -> VideoLog:
    """Two scenes that a model has coded, the second after the first, both rendered."""
    first = make_rendered(1)
    code = e.CodeRef(key="k2", origin="model", context=e.CodeContext(before=(first.code.key,)))
    second = msgspec.structs.replace(make_rendered(2, salt="once"), code=code)
    return make_log(make_requested(), make_scripted(), make_approved(), first, second)


def test_a_scene_that_is_made_afresh_has_those_made_again_that_go_on_with_its_things_and_only_itself_afresh() -> None:
    again = handlers.redo(make_carried_log(), SCRIPT, 1).event
    assert isinstance(again, e.ScriptApproved)
    assert again.plan == (1, 2)
    assert again.salts == {1: e.message_id(again), 2: "once"}
    alone = handlers.redo(make_carried_log(), SCRIPT, 2).event
    assert isinstance(alone, e.ScriptApproved)
    assert alone.plan == (2,)


def test_a_take_that_is_chosen_has_those_made_again_that_go_on_with_its_things() -> None:
    later = msgspec.structs.replace(make_rendered(1), revision=2)
    log = make_log(*make_carried_log().events, make_approved(2, (1,)), later)
    change = handlers.choose(log, SCRIPT, 1, 1, SCRIPT)
    assert change is not None
    assert isinstance(change.event, e.ScriptApproved)
    assert (change.event.plan, [take.scene for take in change.event.chosen]) == ((1, 2), [1])


def test_an_edit_plans_the_scenes_that_differ() -> None:
    scenes = (SCRIPT.scene(1), msgspec.structs.replace(SCRIPT.scene(2), title="Other"))
    change = handlers.edit(IN_PROGRESS, SCRIPT, msgspec.structs.replace(SCRIPT, scenes=scenes))
    assert change is not None
    assert isinstance(change.event, e.ScriptApproved)
    assert change.event.plan == (2,)
    assert [title.title for title in change.event.scenes] == ["Part 1", "Other"]


def test_an_edit_of_the_cast_plans_the_scenes_that_use_it_and_an_older_client_leaves_it_as_it_is() -> None:
    cast = "def leaf():\n    return Square()"
    coded = msgspec.structs.replace(
        make_coded(2), code=e.CodeRef(key="code2", origin="author", context=e.CodeContext(cast_key="c"))
    )
    log = make_log(make_requested(), make_scripted(), make_approved(), make_coded(1), coded)
    before = msgspec.structs.replace(SCRIPT, cast=cast)
    change = handlers.edit(log, before, msgspec.structs.replace(SCRIPT, cast=cast + "\n"))
    assert change is not None
    assert isinstance(change.event, e.ScriptApproved)
    assert change.event.plan == (2,)
    assert handlers.edit(log, before, SCRIPT, leaves_cast=True) is None
    removed = handlers.edit(log, before, SCRIPT)
    assert removed is not None
    assert removed.script == SCRIPT


@pytest.mark.parametrize(
    ("change", "plan"),
    [
        ({"title": "Another title"}, (1,)),
        ({"question": "Why is a leaf green?"}, (1,)),
        ({"idea": "A leaf drinks light."}, (2,)),
        ({"sources": ("A book",)}, (2,)),
        ({"title": "Another title", "sources": ("A book",)}, (1, 2)),
        ({"pronunciations": {"leaf": "leef"}}, (2,)),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_an_edit_of_what_the_script_tells_plans_the_scenes_that_show_or_say_it(
    change: dict[str, object], plan: tuple[int, ...]
) -> None:
    said = msgspec.structs.replace(SCRIPT.scene(2), beats=(s.Beat(text="Look at the leaf."),))
    before = msgspec.structs.replace(SCRIPT, scenes=(SCRIPT.scene(1), said))
    edited = handlers.edit(make_finished(), before, msgspec.structs.replace(before, **change))  # type: ignore[arg-type]
    assert edited is not None
    assert isinstance(edited.event, e.ScriptApproved)
    assert (edited.event.plan, edited.event.chosen) == (plan, ())


def test_without_cards_an_edit_of_the_question_only_joins_the_film_anew() -> None:
    log = make_finished(msgspec.structs.replace(OPTIONS, cards=False))
    edited = handlers.edit(log, SCRIPT, msgspec.structs.replace(SCRIPT, question="Why?"))
    assert edited is not None
    assert isinstance(edited.event, e.ScriptApproved)
    assert [take.scene for take in edited.event.chosen] == [1]


def test_the_scene_that_is_the_last_one_now_gets_the_end_card() -> None:
    before = msgspec.structs.replace(make_script(3), idea="A leaf drinks light.")
    edited = handlers.edit(make_finished(), before, msgspec.structs.replace(before, scenes=before.scenes[:2]))
    assert edited is not None
    assert isinstance(edited.event, e.ScriptApproved)
    assert edited.event.plan == (2,)


def test_scenes_that_go_on_with_things_of_a_changed_one_are_planned_with_it() -> None:
    coded = msgspec.structs.replace(
        make_coded(2), code=e.CodeRef(key="code2", origin="model", context=e.CodeContext(before=("code1",)))
    )
    log = make_log(make_requested(), make_scripted(), make_approved(), make_coded(1), coded)
    change = handlers.redo(log, SCRIPT, 1, RedoRequest(narration=["New words."]))
    assert isinstance(change.event, e.ScriptApproved)
    assert change.event.plan == (1, 2)


def test_an_edit_to_another_language_plans_every_scene() -> None:
    change = handlers.edit(IN_PROGRESS, SCRIPT, msgspec.structs.replace(SCRIPT, language="de"))
    assert change is not None
    assert isinstance(change.event, e.ScriptApproved)
    assert change.event.plan == (1, 2)


def test_an_edit_during_review_keeps_the_script_in_review() -> None:
    change = handlers.edit(WAITING, SCRIPT, make_script(3))
    assert change is not None
    assert isinstance(change.event, e.VideoScripted)
    assert (change.event.review, change.event.revision, len(change.event.scenes)) == (True, 2, 3)


@pytest.mark.parametrize(("seen", "status"), [({"etag": 7}, 412), ({"revision": 7}, 409)])
def test_an_edit_of_an_older_script_is_refused(seen: dict[str, int], status: int) -> None:
    with pytest.raises(Refusal) as refused:
        handlers.edit(IN_PROGRESS, SCRIPT, make_script(3), **seen)
    assert refused.value.status == status


def test_a_retry_keeps_the_script_of_the_event() -> None:
    event = handlers.retry(make_log(make_requested(), make_scripted(), make_approved(), make_coded(1), make_failed()))
    assert isinstance(event, e.ScriptApproved)
    assert (event.plan, event.revision, event.scenes) == ((1, 2), 2, TITLES)


@pytest.mark.parametrize("outcome", [make_completed(), make_failed()])
def test_a_video_that_has_ended_cannot_be_cancelled(outcome: e.AnyEvent) -> None:
    with pytest.raises(Refusal, match="cannot be cancelled"):
        handlers.cancel(make_log(make_requested(), outcome))


def test_a_dub_reuses_the_code_and_replaces_language_and_voice() -> None:
    new_id_ = new_id()
    event = handlers.dub(CODED, DubRequest(language="de"), new_id_)
    assert event.video_id == new_id_
    assert event.brief.dub is not None
    assert event.brief.dub.codes == ("code1", "code2")
    assert (event.options.language, event.options.voice, event.options.review) == ("de", "", False)
    assert event.brief.document_key == ""


def test_a_dub_waits_until_every_scene_has_code() -> None:
    with pytest.raises(Refusal, match="Scene 2 has no code"):
        handlers.dub(
            make_log(make_requested(), make_scripted(), make_approved(), make_coded(1)),
            DubRequest(language="de"),
            new_id(),
        )


def test_a_new_video_names_its_document_by_key() -> None:
    request = VideoRequest.model_validate(
        {"document": {"markdown": "# A", "assets": {"./a.png": "0" * 64}}, "lane": "bulk"}
    )
    event = handlers.create(request, VIDEO_ID)
    assert (event.lane, event.brief.document_key) == ("bulk", keys.document(VIDEO_ID))
    assert event.brief.assets == {"a.png": keys.asset("0" * 64)}


def test_whatever_is_decided_about_a_video_stays_with_its_owner() -> None:
    requested, scripted = (msgspec.structs.replace(event, owner="ann") for event in (make_requested(), make_scripted()))
    review, failed = make_log(requested, scripted), make_failed()
    made = make_log(requested, scripted, make_approved(), make_coded(1), make_coded(2))
    edited = handlers.edit(review, SCRIPT, make_script(1))
    assert edited is not None
    request = VideoRequest(topic="Leaves")
    decided = [
        handlers.create(request, new_id(), "ann"),
        handlers.approve(review),
        edited.event,
        handlers.redo(made, SCRIPT, 1).event,
        handlers.cancel(made),
        handlers.retry(make_log(requested, failed)),
        handlers.retry(make_log(requested, scripted, make_approved(), failed)),
        handlers.retry(make_log(requested, scripted, failed)),
        handlers.dub(made, DubRequest(language="de"), new_id()),
    ]
    assert [event.owner for event in decided if event] == ["ann"] * len(decided)


def make_rendered(scene: int, revision: int = 1, salt: str = "", take: int = 0) -> e.SceneRendered:
    coded = make_coded(scene)
    return e.SceneRendered(
        video_id=VIDEO_ID,
        revision=revision,
        scene=scene,
        script_key=SCRIPT_KEY,
        options=OPTIONS,
        salt=salt,
        take=take,
        narration=coded.narration,
        code=coded.code,
        footage=e.FootageRef(key=f"footage{scene}r{revision}", frames=135, fps=30),
    )


RENDERED = make_log(make_requested(), make_scripted(), make_approved(), make_rendered(1), make_rendered(2, salt="once"))


def test_a_redo_with_a_direction_keeps_words_and_salt_so_that_nothing_is_spoken_again() -> None:
    change = handlers.redo(RENDERED, SCRIPT, 2, RedoRequest(direction="  As a\nnumber line. "))
    assert isinstance(change.event, e.ScriptApproved)
    assert change.script is not None
    assert change.script.scene(2).plan.direction == "As a number line."
    assert change.script.scene(2).beats == SCRIPT.scene(2).beats
    assert (change.event.plan, change.event.fresh, change.event.salts) == ((2,), False, {2: "once"})
    assert [scene.direction for scene in change.event.scenes] == ["", "As a number line."]
    assert make_log(change.event).state.scene_count() == 2


def test_a_direction_stays_until_it_is_taken_back() -> None:
    directed = handlers.redo(RENDERED, SCRIPT, 1, RedoRequest(direction="Draw a tree.")).script
    assert directed is not None
    again = handlers.redo(RENDERED, directed, 1, RedoRequest(voice="en-GB")).script
    assert again is not None
    assert (again.scene(1).plan.direction, again.scene(1).voice) == ("Draw a tree.", "en-GB")
    plain = handlers.redo(RENDERED, again, 1, RedoRequest(direction="", voice="")).script
    assert plain == SCRIPT


def test_the_same_direction_again_makes_the_scene_afresh() -> None:
    directed = handlers.redo(RENDERED, SCRIPT, 1, RedoRequest(direction="Draw a tree.")).script
    assert directed is not None
    again = handlers.redo(RENDERED, directed, 1, RedoRequest(direction="Draw a tree.")).event
    assert isinstance(again, e.ScriptApproved)
    assert again.salts == {1: e.message_id(again)}


def test_a_chosen_take_brings_back_its_words_and_names_all_that_it_is_made_of() -> None:
    edited = handlers.redo(RENDERED, SCRIPT, 2, RedoRequest(narration=["Other words."]))
    assert edited.script is not None
    log = make_log(*RENDERED.events, edited.event, make_rendered(2, 2))
    change = handlers.choose(log, edited.script, 2, 1, SCRIPT)
    assert change is not None
    assert isinstance(change.event, e.ScriptApproved)
    assert change.script == SCRIPT
    assert (change.event.revision, change.event.plan, change.event.script_key) == (3, (2,), SCRIPT_KEY)
    [take] = change.event.chosen
    assert (take.scene, take.take, take.footage.key, take.salt) == (2, 1, "footage2r1", "once")


def test_choosing_the_take_in_force_changes_nothing_and_while_it_is_redone_ends_that() -> None:
    assert handlers.choose(RENDERED, SCRIPT, 1, 1, SCRIPT) is None
    redone = make_log(*RENDERED.events, handlers.redo(RENDERED, SCRIPT, 1).event)
    change = handlers.choose(redone, SCRIPT, 1, 1, SCRIPT)
    assert change is not None
    assert change.script is None
    assert change.event.revision == 3


@pytest.mark.parametrize(("number", "revision", "code"), [(1, 2, "no-such-take"), (3, 1, "no-such-scene")])
def test_a_take_that_does_not_exist_cannot_be_chosen(number: int, revision: int, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        handlers.choose(RENDERED, SCRIPT, number, revision, SCRIPT)
    assert (refused.value.status, refused.value.problem.code) == (404, code)


def test_a_take_in_another_language_is_not_put_between_scenes_of_this_one() -> None:
    with pytest.raises(Refusal) as refused:
        handlers.choose(RENDERED, msgspec.structs.replace(SCRIPT, language="de"), 1, 1, SCRIPT)
    assert refused.value.problem.code == "invalid-state"
    assert '"language": "en"' in refused.value.problem.remedy


def test_an_edit_that_changes_no_scene_keeps_the_take_in_force() -> None:
    log = make_log(*RENDERED.events, make_approved(2, (1,)), make_rendered(1, 2, take=1))
    change = handlers.edit(log, SCRIPT, msgspec.structs.replace(SCRIPT, audience="Nurses"))
    assert change is not None
    assert isinstance(change.event, e.ScriptApproved)
    assert [(take.scene, take.take) for take in change.event.chosen] == [(1, 1)]
    assert change.event.plan == (1,)


SOURCE = "class Mine(NarratedScene):\n    def construct(self):\n        pass"


def test_own_code_is_the_scenes_visual_and_ends_a_direction() -> None:
    directed = handlers.redo(RENDERED, SCRIPT, 1, RedoRequest(direction="Draw a tree.")).script
    assert directed is not None
    checked = make_coded(1).narration
    change = handlers.write_code(RENDERED, directed, 1, SOURCE, checked_with=checked)
    assert change is not None
    assert change.script is not None
    assert change.script.scene(1).visual == s.Manim(source=SOURCE)
    assert change.script.scene(1).plan.direction == ""
    assert change.event.scenes[0].direction == ""


@pytest.mark.parametrize(("tag", "refused"), [('"code1"', False), ("*", False), ("", False), ('"other"', True)])
def test_code_that_has_changed_since_it_was_read_is_not_overwritten(tag: str, *, refused: bool) -> None:
    checked = make_coded(1).narration
    if not refused:
        assert handlers.write_code(RENDERED, SCRIPT, 1, SOURCE, checked_with=checked, if_match=tag)
        return
    with pytest.raises(Refusal) as stale:
        handlers.write_code(RENDERED, SCRIPT, 1, SOURCE, checked_with=checked, if_match=tag)
    assert (stale.value.status, stale.value.problem.code) == (412, "stale-code")


def test_code_that_was_checked_with_other_narration_is_not_used() -> None:
    other = msgspec.structs.replace(make_coded(1).narration, key="other")
    with pytest.raises(Refusal) as busy:
        handlers.write_code(RENDERED, SCRIPT, 1, SOURCE, checked_with=other)
    assert busy.value.problem.code == "conflict-busy"
