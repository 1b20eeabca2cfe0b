"""Scenes that a fuzzer wrote: a few new ones, always the same, and those that once broke a promise."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from fuzz.scene_fuzzing import CORPUS, find_faults
from fuzz.scene_writing import write_scene
from hostile.monitored_pool import MonitoredPool


@pytest.mark.parametrize("seed", range(5))
def test_a_scene_that_nobody_would_write_keeps_every_promise(seed: int, monitored: MonitoredPool) -> None:
    assert list(find_faults(monitored, write_scene(Random(seed)), "")) == []


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.py")), ids=lambda file: file.stem)
def test_a_scene_that_broke_a_promise_keeps_it(file: Path, monitored: MonitoredPool, honest_digest: str) -> None:
    assert list(find_faults(monitored, file.read_text(), honest_digest)) == []


def test_every_written_scene_is_python() -> None:
    random = Random(1)
    for _ in range(100):
        compile(write_scene(random), "scene.py", "exec")
