"""The circuit breaker."""

from __future__ import annotations

from lectern.llm.breaker import MAX_FAILURES, OPEN_SECONDS, CircuitBreaker


class FakeClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def open_breaker(clock: FakeClock) -> CircuitBreaker:
    breaker = CircuitBreaker(clock)
    for _ in range(MAX_FAILURES):
        assert breaker.admit()
        breaker.record_failure()
    return breaker


def test_failures_in_a_row_open_the_circuit() -> None:
    breaker = open_breaker(FakeClock())
    assert breaker.is_open
    assert not breaker.admit()


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = CircuitBreaker(FakeClock())
    for _ in range(MAX_FAILURES * 2):
        breaker.record_failure()
        breaker.record_success()
    assert breaker.admit()


def test_one_probe_is_admitted_after_a_while_and_closes_it_when_it_succeeds() -> None:
    clock = FakeClock()
    breaker = open_breaker(clock)
    clock.now += OPEN_SECONDS
    assert breaker.admit()
    assert not breaker.admit()
    breaker.record_success()
    assert breaker.admit()
    assert not breaker.is_open


def test_a_probe_that_never_reports_back_does_not_block_the_model_for_ever() -> None:
    clock = FakeClock()
    breaker = open_breaker(clock)
    clock.now += OPEN_SECONDS
    assert breaker.admit()
    clock.now += OPEN_SECONDS
    assert breaker.admit()
