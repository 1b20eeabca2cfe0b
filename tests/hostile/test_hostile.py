"""Hostile scenes: what each must not achieve, and that the next honest job is unharmed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hostile.monitored_pool import (
    LIMITS,
    SCENES,
    SETTINGS,
    MonitoredPool,
    describe_end,
    parse_expected_ends,
    parse_expected_reason,
    wait_until,
)

ALL = sorted(SCENES.glob("*.py"))
HALVES = {"": (ALL[::2], ALL[1::2]), "other": (ALL[1::2], ())}
"""Scenes that every run has and those of long ones, by LECTERN_HOSTILE_HALF: what one pool leaves out, another has."""
RUN, RUN_LONG = HALVES[os.environ.get("LECTERN_HOSTILE_HALF", "")]
GOES_ON = "class B(NarratedScene):\n    def construct(self):\n        self.carried('car')\n"


def test_there_are_at_least_150_hostile_scenes_and_each_states_what_must_not_happen() -> None:
    assert len(ALL) >= 150
    assert [scene.name for scene in ALL if "must not" not in scene.read_text().split('"""')[1]] == []


@pytest.mark.parametrize(
    "scene",
    [*RUN, *(pytest.param(scene, marks=pytest.mark.long) for scene in RUN_LONG)],
    ids=lambda scene: scene.stem,
)
def test_a_hostile_scene_does_no_harm_and_the_next_honest_job_works(
    scene: Path, monitored: MonitoredPool, honest_digest: str
) -> None:
    started = time.monotonic()
    outcome, progress = monitored.run_scene(scene)
    duration = time.monotonic() - started
    if outcome.footage is not None:
        assert monitored.secret.encode() not in outcome.footage.read_bytes()
        outcome.footage.unlink()

    assert list(monitored.find_damage(outcome)) == []
    assert describe_end(outcome) in parse_expected_ends(scene.read_text()), outcome
    assert parse_expected_reason(scene.read_text()) in outcome.reason
    assert all(0 <= frames <= of == 5 for frames, of in progress)
    assert all(before < after for before, after in pairwise(progress))
    assert duration < LIMITS["wall_seconds"] + 5
    assert monitored.render_honest_scene() == honest_digest


HONEST_FILM = """# cast: films
import os
from manim import Scene

class Honest(Scene):
    def construct(self):
        film("footage.mp4")
        open("result.json", "w").write('{"ok": true, "frames": 5}')
        os._exit(0)
"""


def test_a_film_as_hostile_scenes_make_theirs_is_accepted_as_it_is(monitored: MonitoredPool) -> None:
    """A control: they are refused for what they add to it."""
    outcome = monitored.wait(monitored.pool.run(monitored.build_job(HONEST_FILM)))
    assert outcome.ok, outcome
    assert outcome.footage is not None
    outcome.footage.unlink()


TYPESET = """
from lectern.scenekit import *

class Typeset(Scene):
    def construct(self):
        self.add(MathTex(r"x^2"), Equation("x^2"))
        self.wait(0.1)
"""


def test_latex_and_typst_work_where_hostile_scenes_attack_them(monitored: MonitoredPool) -> None:
    """A control: without them those scenes would be refused for want of a program, and show nothing."""
    assert monitored.pool.latex, "LaTeX is not installed: `make test` installs it"
    outcome = monitored.wait(monitored.pool.run(monitored.build_job(TYPESET)))
    assert outcome.ok, outcome
    assert outcome.footage is not None
    outcome.footage.unlink()


@pytest.mark.parametrize("place", ["cast", "before"])
@pytest.mark.parametrize("scene", ["endless_loop", "read_host_secrets", "exec_a_program"])
def test_a_cast_and_the_scenes_before_are_held_by_the_same_sandbox(
    scene: str, place: str, monitored: MonitoredPool, honest_digest: str
) -> None:
    code = (SCENES / f"{scene}.py").read_text()
    job = monitored.build_job(GOES_ON, cpu_seconds=3, idle_seconds=3)
    if place == "cast":
        job = msgspec.structs.replace(job, cast=f"{code}\n\nHostile.construct(None)\n")
    else:
        narrated = code.replace("import Scene", "import *").replace("(Scene)", "(NarratedScene)")
        job = msgspec.structs.replace(job, before=(f"from lectern.scenekit import *\n{narrated}",))
    outcome = monitored.wait(monitored.pool.run(job))
    if outcome.footage is not None:
        assert monitored.secret.encode() not in outcome.footage.read_bytes()
        outcome.footage.unlink()
    assert list(monitored.find_damage(outcome)) == []
    assert not outcome.ok
    assert (outcome.killed == "cpu") == (scene == "endless_loop")
    assert monitored.render_honest_scene() == honest_digest


@pytest.mark.parametrize(
    "greedy",
    [
        "threads_without_end",
        "threads_that_spin",
        "endless_loop",
        "memory_bomb",
        "disk_flood_many_files",
        "disk_flood_hidden_from_the_watcher",
        "disk_reserved",
        "deep_folders_with_many_files",
        "log_flood",
        "inode_flood",
    ],
)
def test_a_greedy_scene_does_not_starve_its_neighbour(
    greedy: str, monitored: MonitoredPool, honest_digest: str
) -> None:
    code = (SCENES / f"{greedy}.py").read_text()
    greedy_run = monitored.start(monitored.pool.run(monitored.build_job(code, cpu_seconds=3, idle_seconds=3)))
    assert wait_until(lambda: bool(monitored.find_jobs()) or greedy_run.done())
    assert monitored.render_honest_scene() == honest_digest
    outcome = greedy_run.result(300)  # however busy the machine is
    if outcome.footage is not None:
        outcome.footage.unlink()
    assert list(monitored.find_damage(outcome)) == []


@pytest.mark.parametrize("scene", ["read_host_secrets", "exec_a_program"])
def test_the_same_scene_without_a_sandbox_does_escape(scene: str, monitored: MonitoredPool, tmp_path: Path) -> None:
    """A control: the scenes can do harm, and the monitoring would notice."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/targets.json").write_bytes(monitored.targets.read_bytes())
    (tmp_path / "scene.py").write_text((SCENES / f"{scene}.py").read_text())
    (tmp_path / "job.json").write_text(json.dumps(SETTINGS | {"mode": "measure", "tex": "none"}))
    command = [sys.executable, "-I", "-m", "lectern.scenekit", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "ESCAPED" in done.stdout + done.stderr
