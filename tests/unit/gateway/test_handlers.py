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
from lectern.gateway.schemas import DubRequest, VideoRequest

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
    change = handlers.redo(IN_PROGRESS, SCRIPT, 1, ["New words."])
    assert change.script is not None
    assert change.script.scene(1).beats == (s.Beat(text="New words."),)
    assert change.script.scene(2) == SCRIPT.scene(2)
    assert isinstance(change.event, e.ScriptApproved)
    assert change.event.script_key == keys.script(VIDEO_ID, keys.digest(change.script))
    assert (change.event.plan, change.event.fresh, change.event.revision) == ((1,), False, 2)


@pytest.mark.parametrize("narration", [None, [beat.text for beat in SCRIPT.scene(2).beats]], ids=["none", "the same"])
def test_a_redo_with_the_same_words_starts_afresh(narration: list[str] | None) -> None:
    change = handlers.redo(IN_PROGRESS, SCRIPT, 2, narration)
    assert change.script is None
    assert isinstance(change.event, e.ScriptApproved)
    assert (change.event.plan, change.event.fresh, change.event.script_key) == ((2,), True, SCRIPT_KEY)


def test_an_edit_plans_the_scenes_that_differ() -> None:
    scenes = (SCRIPT.scene(1), msgspec.structs.replace(SCRIPT.scene(2), title="Other"))
    change = handlers.edit(IN_PROGRESS, SCRIPT, msgspec.structs.replace(SCRIPT, scenes=scenes))
    assert change is not None
    assert isinstance(change.event, e.ScriptApproved)
    assert change.event.plan == (2,)
    assert [title.title for title in change.event.scenes] == ["Part 1", "Other"]


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
