from datetime import datetime
from typing import Any

from lectern.cli.progress import VideoProgress

PROBLEM = {"detail": "the model gave up."}


def video(**facts: Any) -> dict[str, Any]:
    return {
        "title": "Leaf", "status": "in_progress", "stage": "voicing", "progress": 5, "scene_count": 2, **facts,
    }  # fmt: skip


def scene(number: int, status: str, **facts: Any) -> dict[str, Any]:
    return {
        "number": number, "title": f"Part {number}", "status": status, "seconds": None, "degraded": None, "error": None,
        **facts,
    }  # fmt: skip


def scripted() -> VideoProgress:
    progress = VideoProgress()
    progress.apply({"type": "video.snapshot", "video": video(scenes=[scene(1, "planned"), scene(2, "waiting")])})
    return progress


def test_a_snapshot_sets_title_and_scenes() -> None:
    progress = scripted()
    assert progress.title == "Leaf"
    assert [scene.stage for scene in progress.scenes.values()] == ["voicing", "waiting"]
    assert progress.changes[0] == "script: Leaf, 2 scenes"


def test_a_script_is_announced_even_when_its_title_is_the_topic() -> None:
    progress = VideoProgress()
    progress.apply({"type": "video.snapshot", "video": video(scene_count=0, stage="scripting", scenes=[])})
    progress.apply({"type": "video.scripted", "video": video(scenes=[scene(1, "waiting"), scene(2, "waiting")])})
    assert progress.changes[0] == "script: Leaf, 2 scenes"


def test_a_scene_event_changes_only_its_scene() -> None:
    progress = scripted()
    progress.apply({"type": "scene.coded", "video": video(stage="rendering"), "scene": scene(1, "coded", seconds=4.5)})
    assert progress.scenes[1].stage == "rendering"
    assert progress.scenes[1].seconds == 4.5
    assert progress.scenes[2].stage == "waiting"
    assert progress.changes == ["scene 1/2 Part 1: rendering"]


def test_a_repeated_event_changes_nothing() -> None:
    progress = scripted()
    event = {"type": "scene.narrated", "video": video(), "scene": scene(1, "narrated")}
    progress.apply(event)
    progress.apply(event)
    assert progress.changes == []


def test_frames_are_counted_only_while_a_scene_renders() -> None:
    progress = scripted()
    progress.apply({"type": "scene.coded", "video": video(), "scene": scene(1, "coded")})
    progress.apply({"type": "progress", "scene": 1, "doing": "rendering", "done": 120.0, "of": 372.0, "attempt": 2})
    assert (progress.scenes[1].done, progress.scenes[1].total, progress.scenes[1].activity) == (
        120,
        372,
        "rendering, attempt 2",
    )
    progress.apply({"type": "scene.rendered", "video": video(), "scene": scene(1, "rendered")})
    assert (progress.scenes[1].total, progress.scenes[1].stage) == (0, "ready")
    assert progress.scenes[1].elapsed is not None


def test_a_degraded_scene_is_reported_as_its_fallback() -> None:
    progress = scripted()
    progress.apply({"type": "scene.rendered", "video": video(), "scene": scene(1, "rendered", degraded=PROBLEM)})
    assert "as its fallback: the model gave up." in progress.changes[0]


def test_a_failed_scene_is_reported_with_the_reason() -> None:
    progress = scripted()
    progress.apply({"type": "scene.failed", "video": video(), "scene": scene(2, "failed", error=PROBLEM)})
    assert progress.changes == ["scene 2/2 Part 2: failed: the model gave up."]


def test_a_scene_that_waits_says_for_what_and_since_when_and_says_it_once() -> None:
    progress = scripted()
    since = datetime(2026, 11, 21, 12, 3).astimezone()
    away = {"detail": "The object store cannot be reached.", "remedy": "Nothing to do.", "scene": 1}
    waits = {"stage": "voice", "since": since.isoformat(), "problem": away}
    event = {
        "type": "scene.delayed",
        "video": {**video(), "waiting": waits},
        "scene": {**scene(1, "planned"), "waiting": waits},
    }
    progress.apply(event)
    said = "waiting since 12:03: The object store cannot be reached. Nothing to do."
    assert [change for change in progress.changes if "since" in change] == [f"scene 1/2 Part 1: {said}"]
    progress.apply(event)
    assert progress.changes == []


def test_a_video_that_waits_says_so_before_it_has_scenes() -> None:
    progress = VideoProgress()
    away = {"detail": "The model does not answer.", "remedy": "Nothing to do.", "scene": None}
    waits = {"stage": "scripter", "since": datetime(2026, 11, 21, 12, 3).astimezone().isoformat(), "problem": away}
    progress.apply({"type": "video.delayed", "video": {**video(), "waiting": waits}})
    assert "waiting since 12:03: The model does not answer. Nothing to do." in progress.changes


def test_progress_of_an_unannounced_scene_is_accepted() -> None:
    progress = VideoProgress()
    progress.apply({"type": "progress", "scene": 3, "doing": "speaking", "done": 0, "of": 0})
    progress.apply({"type": "something.new"})
    assert progress.scenes[3].activity == "speaking"
