from typing import Any

from lectern.cli.board import Board

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


def scripted() -> Board:
    board = Board()
    board.apply({"type": "video.snapshot", "video": video(scenes=[scene(1, "planned"), scene(2, "waiting")])})
    return board


def test_a_snapshot_fills_the_board() -> None:
    board = scripted()
    assert board.title == "Leaf"
    assert [row.stage for row in board.rows.values()] == ["voicing", "waits"]
    assert board.changes[0] == "script: Leaf, 2 scenes"


def test_a_script_is_announced_even_when_its_title_is_the_topic() -> None:
    board = Board()
    board.apply({"type": "video.snapshot", "video": video(scene_count=0, stage="scripting", scenes=[])})
    board.apply({"type": "video.scripted", "video": video(scenes=[scene(1, "waiting"), scene(2, "waiting")])})
    assert board.changes[0] == "script: Leaf, 2 scenes"


def test_a_scene_fact_moves_its_scene_only() -> None:
    board = scripted()
    board.apply({"type": "scene.coded", "video": video(stage="rendering"), "scene": scene(1, "coded", seconds=4.5)})
    assert board.rows[1].stage == "rendering"
    assert board.rows[1].seconds == 4.5
    assert board.rows[2].stage == "waits"
    assert board.changes == ["scene 1/2 Part 1: rendering"]


def test_the_same_fact_twice_changes_nothing_the_second_time() -> None:
    board = scripted()
    fact = {"type": "scene.narrated", "video": video(), "scene": scene(1, "narrated")}
    board.apply(fact)
    board.apply(fact)
    assert board.changes == []


def test_frames_are_counted_while_a_scene_renders_and_forgotten_after() -> None:
    board = scripted()
    board.apply({"type": "scene.coded", "video": video(), "scene": scene(1, "coded")})
    board.apply({"type": "progress", "scene": 1, "doing": "rendering", "done": 120.0, "of": 372.0, "attempt": 2})
    assert (board.rows[1].done, board.rows[1].of, board.rows[1].doing) == (120, 372, "rendering, attempt 2")
    board.apply({"type": "scene.rendered", "video": video(), "scene": scene(1, "rendered")})
    assert (board.rows[1].of, board.rows[1].stage) == (0, "ready")
    assert board.rows[1].took is not None


def test_a_template_says_that_it_is_one() -> None:
    board = scripted()
    board.apply({"type": "scene.rendered", "video": video(), "scene": scene(1, "rendered", degraded=PROBLEM)})
    assert "as a template: the model gave up." in board.changes[0]


def test_a_failed_scene_says_why() -> None:
    board = scripted()
    board.apply({"type": "scene.failed", "video": video(), "scene": scene(2, "failed", error=PROBLEM)})
    assert board.changes == ["scene 2/2 Part 2: failed: the model gave up."]


def test_progress_of_a_scene_nobody_announced_is_no_error() -> None:
    board = Board()
    board.apply({"type": "progress", "scene": 3, "doing": "speaking", "done": 0, "of": 0})
    board.apply({"type": "something.new"})
    assert board.rows[3].doing == "speaking"
