"""Every hostile scene: what it must not achieve, and that the next honest job is unharmed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hostile.arena import LIMITS, SCENES, Arena, expected_ends, how_it_ended

ALL = sorted(SCENES.glob("*.py"))


def test_there_are_at_least_forty_hostile_scenes_and_each_says_what_must_not_happen() -> None:
    assert len(ALL) >= 40
    assert [scene.name for scene in ALL if "must not" not in scene.read_text().split('"""')[1]] == []


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.stem)
def test_a_hostile_scene_does_no_harm_and_the_next_honest_job_works(scene: Path, arena: Arena, honest: str) -> None:
    started = time.monotonic()
    outcome, progress = arena.let_loose(scene)
    took = time.monotonic() - started
    if outcome.footage is not None:
        assert arena.secret.encode() not in outcome.footage.read_bytes()
        outcome.footage.unlink()

    assert list(arena.damage(outcome)) == []
    assert how_it_ended(outcome) in expected_ends(scene.read_text()), outcome
    assert all(0 <= frames <= of for frames, of in progress)
    assert took < LIMITS["wall_seconds"] + 5
    assert arena.honest_digest() == honest
