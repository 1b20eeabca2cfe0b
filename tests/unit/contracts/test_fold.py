"""The fold: a video is the sum of its facts, whatever order and however often they arrive."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from unit.contracts.logs import OPTIONS, PROBLEM, VIDEO, logs, scene_events, titles

from lectern.contracts import events as e
from lectern.contracts.options import Brief, RefusedVoice
from lectern.contracts.state import VideoState, fold

AT = e.now()


def started(scenes: int = 2, *, review: bool = False) -> list[e.AnyEvent]:
    return [
        e.VideoRequested(video_id=VIDEO, at=AT, brief=Brief(topic="Tides"), options=OPTIONS),
        e.VideoScripted(
            video_id=VIDEO, at=AT, script_key="s", title="Tides", scenes=titles(scenes), options=OPTIONS, review=review
        ),
    ]


def approved(revision: int, plan: tuple[int, ...], scenes: int = 2) -> e.ScriptApproved:
    return e.ScriptApproved(
        video_id=VIDEO, at=AT, revision=revision, script_key="s2", title="Tides", scenes=titles(scenes), plan=plan,
        options=OPTIONS,
    )  # fmt: skip


def rendered(scene: int, revision: int = 1) -> e.AnyEvent:
    return scene_events(scene, revision, AT)[3]


@given(logs(), st.randoms(use_true_random=False))
def test_duplicates_and_order_change_nothing(log: list[e.AnyEvent], chance: random.Random) -> None:
    shuffled = log + [chance.choice(log) for _ in range(len(log))]
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(log)


@given(logs(), st.data())
def test_folding_on_from_a_stored_state_is_folding_everything(log: list[e.AnyEvent], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(log)))
    stored = msgspec.json.decode(msgspec.json.encode(fold(log[:cut])), type=VideoState)
    assert fold(log[cut:], stored) == fold(log)


@given(logs())
def test_a_replay_over_the_end_changes_nothing(log: list[e.AnyEvent]) -> None:
    assert fold(log, fold(log)) == fold(log)


@given(logs())
def test_progress_and_status_always_make_sense(log: list[e.AnyEvent]) -> None:
    state = fold(log)
    assert 0 <= state.progress() <= 100
    assert (state.progress() == 100) == (state.status() == "completed")
    if state.final_events():
        assert [word.scene for word in state.final_events() or ()] == list(state.scenes())


@given(logs())
def test_a_stale_revision_never_wins(log: list[e.AnyEvent]) -> None:
    state = fold(log)
    for number, facts in state.scenes().items():
        wanted = state.planned_in.get(number, 1)
        for fact in (facts.planned, facts.narrated, facts.coded, facts.rendered, facts.failed, facts.delayed):
            assert fact is None or fact.revision >= wanted
    outcome = state.outcome()
    assert outcome is None or outcome.revision >= state.revision()


def test_work_is_billed_once_however_often_it_is_reported() -> None:
    _, first, *_ = scene_events(1, 1, AT)
    _, second, *_ = scene_events(2, 1, AT)
    [bill] = fold([*started(), first, first, second, first]).usage()
    assert (bill.kind, bill.characters) == ("voice", 18)


def test_a_video_is_settled_when_every_scene_is_and_not_before() -> None:
    log = started(scenes=2)
    assert fold([*log, rendered(1)]).final_events() is None
    assert [w.scene for w in fold([*log, rendered(2), rendered(1)]).final_events() or ()] == [1, 2]


def test_a_scene_that_is_redone_is_waited_for_even_before_it_is_planned() -> None:
    log = [*started(scenes=2), rendered(1), rendered(2), approved(2, plan=(2,))]
    assert fold(log).final_events() is None
    assert fold([*log, rendered(2, revision=2)]).final_events() is not None


def test_a_script_under_review_is_not_made() -> None:
    state = fold([*started(review=True), rendered(1), rendered(2)])
    assert state.status() == "awaiting_approval"
    assert state.final_events() is None
    assert fold([*started(review=True), approved(1, plan=(1, 2))]).status() == "in_progress"


def test_an_earlier_completion_does_not_end_a_later_revision() -> None:
    done = e.VideoCompleted(video_id=VIDEO, at=AT, seconds=1, frames=1, outputs=())
    log = [*started(), rendered(1), rendered(2), done]
    assert fold(log).status() == "completed"
    again = fold([*log, approved(2, plan=(1,))])
    assert again.status() == "in_progress"
    assert again.completed == done, "what the user had is still there"


def test_a_failure_is_overcome_when_its_stage_succeeds_later() -> None:
    failed = e.SceneFailed(video_id=VIDEO, scene=1, at=AT, stage="voice", problem=PROBLEM)
    _, narrated, *_ = scene_events(1, 1, AT)
    assert fold([*started(), failed]).scene(1).status() == "failed"
    assert fold([*started(), failed, narrated]).scene(1).status() == "narrated"


def test_a_failure_after_its_inputs_is_a_failure() -> None:
    narrated, coded = scene_events(1, 1, AT)[1:3]
    failed = e.SceneFailed(video_id=VIDEO, scene=1, at=AT, stage="renderer", problem=PROBLEM)
    assert fold([*started(), narrated, coded, failed]).scene(1).status() == "failed"


def delayed(stage: str, scene: int = 1, revision: int = 1, at: datetime = AT) -> e.SceneDelayed:
    return e.SceneDelayed(video_id=VIDEO, scene=scene, revision=revision, at=at, stage=stage, problem=PROBLEM, since=at)


def test_a_scene_waits_until_the_stage_that_waits_has_answered() -> None:
    _, narrated, coded, *_ = scene_events(1, 1, AT)
    waiting = [*started(), narrated, delayed("coder")]
    assert fold(waiting).scene(1).delay() == delayed("coder")
    assert fold(waiting).delay() == delayed("coder")
    assert fold([*waiting, coded]).scene(1).delay() is None
    assert fold([*waiting, coded]).delay() is None


def test_a_scene_that_is_planned_again_no_longer_waits_for_what_it_waited_for() -> None:
    assert fold([*started(), delayed("voice"), approved(2, plan=(1,))]).scene(1).delay() is None


def test_the_latest_of_several_delays_counts_and_a_failure_ends_it() -> None:
    later = delayed("voice", at=AT + timedelta(minutes=1))
    assert fold([*started(), later, delayed("voice")]).scene(1).delay() == later
    failed = e.SceneFailed(video_id=VIDEO, scene=1, at=AT + timedelta(days=1), stage="voice", problem=PROBLEM)
    assert fold([*started(), later, failed]).scene(1).delay() is None


def test_a_video_waits_for_its_script_until_there_is_one() -> None:
    requested, scripted = started()
    waits = e.VideoDelayed(video_id=VIDEO, at=AT, stage="scripter", problem=PROBLEM, since=AT)
    assert fold([requested, waits]).delay() == waits
    assert fold([requested, waits, scripted]).delay() is None


def test_a_video_shows_the_scene_that_has_waited_longest() -> None:
    first, second = delayed("voice", 2), delayed("voice", 1, at=AT + timedelta(minutes=1))
    assert fold([*started(), first, second]).delay() == first


def test_a_video_that_has_ended_waits_for_nothing() -> None:
    waits = e.VideoDelayed(video_id=VIDEO, at=AT, stage="composer", problem=PROBLEM, since=AT)
    log = [*started(), rendered(1), rendered(2), waits]
    assert fold(log).delay() == waits
    assert fold([*log, e.VideoCancelled(video_id=VIDEO, at=AT)]).delay() is None


def refused_scene(*, version: int = 1) -> list[e.AnyEvent]:
    """A scene whose code of this version was refused by the renderer."""
    planned, narrated, coded, _, _, refused, *_ = scene_events(1, 1, AT)
    assert isinstance(coded, e.SceneCoded)
    assert isinstance(refused, e.SceneRefused)
    versions = [msgspec.structs.replace(coded, version=number) for number in range(1, version + 1)]
    return [planned, narrated, *versions, msgspec.structs.replace(refused, version=version)]


def test_a_scene_whose_code_was_refused_is_narrated_until_it_has_another_code() -> None:
    log = refused_scene()
    state = fold(log).scene(1)
    assert state.status() == "narrated"
    assert state.refusal() == log[-1]
    coded = log[2]
    assert isinstance(coded, e.SceneCoded)
    again = fold([*log, msgspec.structs.replace(coded, version=2)]).scene(1)
    assert (again.status(), again.refusal()) == ("coded", None)
    assert again.coded is not None
    assert again.coded.version == 2


def test_a_scene_that_cannot_be_coded_again_after_a_refusal_has_failed() -> None:
    failed = e.SceneFailed(video_id=VIDEO, scene=1, at=AT, stage="coder", version=2, problem=PROBLEM)
    assert fold([*refused_scene(), failed]).scene(1).status() == "failed"


def test_a_failure_that_was_overcome_stays_so_when_the_code_is_refused() -> None:
    failed = e.SceneFailed(video_id=VIDEO, scene=1, at=AT, stage="coder", problem=PROBLEM)
    assert fold([*refused_scene(), failed]).scene(1).failure() is None


def test_a_stage_that_fails_after_an_earlier_one_was_retried_fails_the_scene() -> None:
    _, narrated, *_ = scene_events(1, 1, AT)
    first = e.SceneFailed(video_id=VIDEO, scene=1, at=AT, stage="voice", problem=PROBLEM)
    second = e.SceneFailed(video_id=VIDEO, scene=1, at=AT + timedelta(minutes=1), stage="coder", problem=PROBLEM)
    assert e.message_id(first) != e.message_id(second)
    assert fold([*started(), first, narrated]).scene(1).failure() is None
    assert fold([*started(), first, narrated, second]).scene(1).failure() == second


def test_a_wait_that_is_over_does_not_come_back_with_a_refusal() -> None:
    planned, narrated, coded, refused = refused_scene()
    before = [planned, narrated, delayed("coder"), coded, delayed("renderer", at=AT + timedelta(seconds=1))]
    later = AT + timedelta(minutes=1)
    refused = msgspec.structs.replace(refused, at=later)
    assert fold([*before]).scene(1).delay() == delayed("renderer", at=AT + timedelta(seconds=1))
    assert fold([*before, refused]).scene(1).delay() is None
    waits = delayed("coder", at=later + timedelta(seconds=1))
    assert fold([*before, refused, waits]).scene(1).delay() == waits
    again = msgspec.structs.replace(coded, version=2, at=later + timedelta(seconds=2))
    assert fold([*before, refused, waits, again]).scene(1).delay() is None


def test_a_wait_is_over_although_the_clock_of_the_machine_that_answered_is_slow() -> None:
    _, narrated, coded, *_ = scene_events(1, 1, AT)
    waits = delayed("coder", at=AT + timedelta(minutes=1))
    assert fold([*started(), narrated, waits, coded]).scene(1).delay() is None


def test_nothing_is_left_to_do_about_code_that_was_refused_replaced_or_filmed() -> None:
    _, _, coded, refused = refused_scene()
    again = msgspec.structs.replace(coded, version=2)
    assert fold([coded, refused]).scene(1).is_code_settled(coded)
    assert not fold([coded, refused]).scene(1).is_code_settled(refused)
    assert fold([coded, refused, again]).scene(1).is_code_settled(refused)
    assert not fold([coded, refused, again]).scene(1).is_code_settled(again)
    assert fold([coded, refused, rendered(1)]).scene(1).is_code_settled(refused)


def test_each_version_of_a_scenes_code_is_a_message_of_its_own() -> None:
    ids = [e.message_id(event) for event in refused_scene(version=3)]
    assert len(set(ids)) == len(ids)


def narrated(scene: int, voice: str, revision: int = 1) -> e.AnyEvent:
    narration = e.NarrationRef(key="n", audio_key="a", seconds=4.0, beats=2, voice=voice)
    return e.SceneNarrated(
        video_id=VIDEO, scene=scene, revision=revision, script_key="s", options=OPTIONS, narration=narration
    )


def test_a_video_notes_the_doubts_of_the_script_in_force() -> None:
    requested, scripted = started()
    assert isinstance(scripted, e.VideoScripted)
    first = msgspec.structs.replace(scripted, doubts=("Nine planets.", "In 1905."))
    edited = msgspec.structs.replace(approved(2, (1,)), doubts=("In 1905.",))
    assert [note.text for note in fold([requested, first]).notes()] == [
        "To be checked: Nine planets.", "To be checked: In 1905.",
    ]  # fmt: skip
    assert [note.text for note in fold([requested, first, edited]).notes()] == ["To be checked: In 1905."]
    assert fold([requested]).notes() == ()


def test_a_video_notes_which_voice_speaks_in_place_of_one_that_was_refused() -> None:
    refused = RefusedVoice(voice="en-US-Neural2-F", reason="Google Text-to-Speech: no such voice.")
    again = msgspec.structs.replace(
        approved(2, (1, 2)), options=msgspec.structs.replace(OPTIONS, refused_voices=(refused,))
    )
    before = fold([*started(), narrated(1, "en-US-Neural2-F"), again])
    assert before.voice() == "", "what was spoken before is made again"
    [note] = fold([narrated(2, "espeak-en-US", revision=2)], before).notes()
    assert (note.code, note.text) == (
        "voice-replaced",
        "The voice en-US-Neural2-F could not be used. Google Text-to-Speech: no such voice. "
        "It is spoken by espeak-en-US instead.",
    )


def test_a_video_notes_the_letters_that_no_font_has() -> None:
    events = scene_events(1, 1, AT)
    drawn = events[3]
    assert isinstance(drawn, e.SceneRendered)
    boxes = msgspec.structs.replace(drawn, footage=msgspec.structs.replace(drawn.footage, missing_letters="光合"))
    finished = e.VideoCompleted(video_id=VIDEO, at=AT, seconds=1, frames=30, outputs=(), missing_letters="水")
    [scene, captions] = fold([*started(1), *events[:3], boxes, finished]).notes()
    assert (scene.code, captions.code) == ("letters-missing", "letters-missing")
    assert scene.text.startswith("Scene 1 shows boxes in place of 光 合: no font has them.")
    assert captions.text.startswith("The captions show boxes in place of 水")
    assert "fonts-noto-cjk" in scene.text


def described(version: int, title: str, revision: int = 1) -> e.VideoDescribed:
    earlier = AT - timedelta(minutes=version)  # machines' clocks differ, and versions do not
    return e.VideoDescribed(
        video_id=VIDEO, at=earlier, revision=revision, version=version, title=title, metadata={"n": title}
    )


@given(st.permutations([described(1, "one"), described(2, "two"), described(3, "three", revision=2)]))
def test_the_latest_description_counts_in_whatever_order_it_arrives(log: list[e.AnyEvent]) -> None:
    state = fold([*log, *started()])
    assert (state.title(), state.metadata()) == ("three", {"n": "three"})


def test_the_users_title_is_shown_before_the_scripts_and_that_before_the_topic() -> None:
    request, script = started()
    assert fold([request]).title() == "Tides"
    named = msgspec.structs.replace(request, title="Mine", metadata={"a": "b"})
    assert fold([named, script]).title() == "Mine"
    assert fold([named, script]).metadata() == {"a": "b"}
    assert fold([named, script, described(1, "")]).title() == "Tides"


@given(logs(), st.data())
def test_a_deletion_ends_every_revision_for_good(log: list[e.AnyEvent], data: st.DataObject) -> None:
    deleted = e.VideoDeleted(video_id=VIDEO, at=AT)
    at = data.draw(st.integers(0, len(log)))
    state = fold([*log[:at], deleted, *log[at:]])
    assert state.outcome() == deleted
    assert state.delay() is None


def chosen_again(scene: int, revision: int, take: int) -> e.SceneRendered:
    """A scene that gets back, in a revision, what an earlier one rendered."""
    event = rendered(scene, revision)
    assert isinstance(event, e.SceneRendered)
    return msgspec.structs.replace(event, take=take)


def test_every_rendered_version_of_a_scene_is_a_take_also_one_that_came_too_late() -> None:
    log = [*started(), rendered(1), approved(2, plan=(1,)), approved(3, plan=(1,)), rendered(1, 3), rendered(1, 2)]
    state = fold(log)
    assert sorted(state.takes[1]) == [1, 2, 3]
    assert state.take_in_force(1) == 3
    assert state.take_in_force(2) is None


def test_a_take_that_is_chosen_again_is_in_force_and_no_take_of_its_own() -> None:
    log = [*started(), rendered(1), approved(2, plan=(1,)), rendered(1, 2), approved(3, plan=(1,))]
    assert fold(log).take_in_force(1) is None, "until the choice has been carried out"
    state = fold([*log, chosen_again(1, 3, take=1)])
    assert state.take_in_force(1) == 1
    assert sorted(state.takes[1]) == [1, 2]
    assert state.takes[1][1] == rendered(1), "a take is what was rendered, not what was chosen"


def test_a_scene_is_redone_chosen_and_redone_again() -> None:
    log = [*started(), rendered(1), approved(2, plan=(1,)), rendered(1, 2), approved(3, plan=(1,))]
    log += [chosen_again(1, 3, take=1), approved(4, plan=(1,)), rendered(1, 4)]
    assert fold(log).take_in_force(1) == 4
    assert sorted(fold(log).takes[1]) == [1, 2, 4]
    later = [*log, approved(5, plan=(1,)), chosen_again(1, 5, take=1)]
    assert fold(later).take_in_force(1) == 1
    assert fold([*later, chosen_again(1, 3, take=2)]).take_in_force(1) == 1, "a choice of an older revision is stale"


def test_a_take_whose_rendering_has_left_the_log_is_known_by_its_choice() -> None:
    choice = chosen_again(1, 3, take=1)
    assert fold([approved(3, plan=(1,)), choice]).takes == {1: {1: choice}}


@given(st.permutations([(1, 0), (2, 0), (3, 1), (4, 2), (4, 0), (5, 1)]), st.data())
def test_takes_and_the_one_in_force_do_not_depend_on_order(order: list[tuple[int, int]], data: st.DataObject) -> None:
    events: list[e.AnyEvent] = [chosen_again(1, revision, take) for revision, take in order]
    events += [approved(revision, plan=(1,)) for revision in range(2, 6)]
    shuffled = data.draw(st.permutations(events))
    again = data.draw(st.lists(st.sampled_from(events)))
    assert fold([*shuffled, *again]) == fold(events)
    assert fold(shuffled).take_in_force(1) == 1


def test_a_scene_with_a_voice_of_its_own_does_not_decide_who_speaks_the_others() -> None:
    alone = narrated(1, "Aoede")
    assert isinstance(alone, e.SceneNarrated)
    alone = msgspec.structs.replace(alone, narration=msgspec.structs.replace(alone.narration, own_voice=True))
    assert fold([*started(), alone]).voice() == ""
    assert fold([*started(), alone, narrated(2, "Kore")]).voice() == "Kore"
