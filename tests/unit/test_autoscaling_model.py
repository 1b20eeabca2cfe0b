"""The autoscaler that the simulator scales by does what KEDA's and Kubernetes' documentation says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

BENCH = str(Path(__file__).parents[2] / "bench")


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An autoscaler that counts one stage's lag, with other settings than usual."""
    monkeypatch.syspath_prepend(BENCH)
    from autoscaling import Autoscaler, Scaling

    def make(**settings: Any) -> Any:
        return Autoscaler(Scaling(**{"weights": {"renderer": 1.0}, "up_pods": 100, **settings}))

    return make


def test_from_none_the_first_pod_comes_with_a_poll_and_more_with_a_sync(make: Any) -> None:
    scaler = make()
    assert [scaler.sync(0.0, 5.0), scaler.poll(5.0, 5.0), scaler.sync(15.0, 5.0)] == [0, 1, 5]


def test_a_share_of_a_pod_is_a_pod(make: Any) -> None:
    scaler = make(target=2.0)
    scaler.poll(0.0, 0.5)
    assert [scaler.sync(15.0, 0.5), scaler.sync(30.0, 5.0)] == [1, 3]


def test_there_are_never_more_than_the_maximum_nor_more_new_ones_than_the_policy_lets(make: Any) -> None:
    scaler = make(maximum=20, up_pods=3, up_percent=100.0)
    scaler.poll(0.0, 50.0)
    assert [scaler.sync(15.0 * n, 50.0) for n in range(1, 5)] == [4, 8, 16, 20]


def test_a_tenth_more_or_less_changes_nothing(make: Any) -> None:
    scaler = make(minimum=10, stabilization=0.0)
    assert [scaler.sync(15.0, 10.9), scaler.sync(30.0, 9.1), scaler.sync(45.0, 11.1)] == [10, 10, 12]


def test_it_scales_in_to_the_most_that_was_wanted_within_the_window(make: Any) -> None:
    scaler = make(minimum=1, stabilization=60.0, down_percent=100.0)
    assert scaler.sync(0.0, 10.0) == 10
    assert [scaler.sync(at, lag) for at, lag in ((15.0, 2.0), (30.0, 6.0), (60.0, 2.0))] == [10, 10, 10]
    assert [scaler.sync(at, 2.0) for at in (75.0, 90.0, 105.0)] == [6, 6, 2]


def test_it_scales_in_by_no_more_than_half_in_a_minute(make: Any) -> None:
    scaler = make(minimum=1, stabilization=0.0, down_percent=50.0, down_period=60.0)
    scaler.sync(0.0, 16.0)
    assert [scaler.sync(at, 1.0) for at in (15.0, 30.0, 60.0, 75.0, 90.0)] == [8, 8, 8, 4, 4]


def test_to_none_it_goes_once_nothing_was_there_for_the_cooldown(make: Any) -> None:
    scaler = make(cooldown=300.0)
    scaler.poll(0.0, 1.0)
    assert [scaler.poll(at, lag) for at, lag in ((100.0, 0.0), (200.0, 1.0), (499.0, 0.0), (500.0, 0.0))] == [
        1,
        1,
        1,
        0,
    ]


def test_a_minimum_stays(make: Any) -> None:
    scaler = make(minimum=2, cooldown=10.0)
    assert [scaler.poll(1000.0, 0.0), scaler.sync(1000.0, 0.0)] == [2, 2]
