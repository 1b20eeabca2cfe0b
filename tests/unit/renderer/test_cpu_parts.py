"""What a job says of its computing only shares out what the kernel has counted."""

from __future__ import annotations

import msgspec
import pytest

from lectern.renderer.pool import CpuParts


def test_parts_share_out_what_was_used() -> None:
    shared = CpuParts(set_up=1.0, interpolation=2.0, encoding=1.0).share(2.0)
    assert shared == {"set_up": 0.5, "interpolation": 1.0, "rasterising": 0.0, "conversion": 0.0, "encoding": 0.5}


def test_a_job_that_tells_nothing_has_no_parts() -> None:
    assert CpuParts().share(2.0) == {}


@pytest.mark.parametrize("told", [-1, 1e12, "much", None])
def test_what_no_job_can_have_used_is_refused(told: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"encoding": told}, CpuParts)
