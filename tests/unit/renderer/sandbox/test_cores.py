"""The number of cores, by affinity and cgroup quota."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lectern.renderer.sandbox.cores import count_cores

ALL = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("quota", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", ALL)])
def test_a_version_2_quota_bounds_the_number_of_cores(tmp_path: Path, quota: str, cores: int) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    assert count_cores(tmp_path) == cores


@pytest.mark.parametrize(("quota", "cores"), [("150000", 1), ("-1", ALL)])
def test_a_version_1_quota_bounds_the_number_of_cores(tmp_path: Path, quota: str, cores: int) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu/cpu.cfs_quota_us").write_text(quota)
    (tmp_path / "cpu/cpu.cfs_period_us").write_text("100000")
    assert count_cores(tmp_path) == min(cores, ALL)


def test_without_a_cgroup_the_affinity_decides(tmp_path: Path) -> None:
    assert count_cores(tmp_path) == ALL
