"""How many slots a machine has, by its cgroup's quota."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lectern.renderer.sandbox.slots import cores_available

ALL = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("quota", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", ALL)])
def test_a_version_2_quota_bounds_the_slots(tmp_path: Path, quota: str, cores: int) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    assert cores_available(tmp_path) == cores


@pytest.mark.parametrize(("quota", "cores"), [("150000", 1), ("-1", ALL)])
def test_a_version_1_quota_bounds_the_slots(tmp_path: Path, quota: str, cores: int) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu/cpu.cfs_quota_us").write_text(quota)
    (tmp_path / "cpu/cpu.cfs_period_us").write_text("100000")
    assert cores_available(tmp_path) == min(cores, ALL)


def test_without_a_cgroup_the_affinity_counts(tmp_path: Path) -> None:
    assert cores_available(tmp_path) == ALL
