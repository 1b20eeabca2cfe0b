"""The history of a scene's repairs."""

from __future__ import annotations

from lectern.coder.codegen.repair_history import RepairHistory, fingerprint
from lectern.contracts.requests import Finding, SceneException, SceneVerdict


def test_the_same_strategy_is_never_tried_twice_on_the_same_findings() -> None:
    history = RepairHistory()
    for expected in ("lines", "block", "scene", "simpler"):
        assert history.next_strategy("a") == expected
        history.add_strategy("a", expected)
    assert history.next_strategy("a") is None
    assert history.next_strategy("b") == "lines"
    assert history.next_strategy("c", "scene") == "scene"


def test_fingerprints_differ_by_names_but_not_by_numbers() -> None:
    def verdict(message: str) -> SceneVerdict:
        return SceneVerdict(ok=False, error=SceneException(type="NameError", message=message))

    assert fingerprint(verdict("line 3 of 0x7f3a")) == fingerprint(verdict("line 14 of 0x11bb"))
    assert fingerprint(verdict("name 'a'")) != fingerprint(verdict("name 'b'"))
    one = SceneVerdict(
        ok=True, findings=(Finding(rule="out-of-frame", level="error", message="x", beat=1, object="Text"),)
    )
    assert fingerprint(one) != fingerprint(verdict("x"))


def test_code_that_was_checked_is_known_whatever_its_spacing() -> None:
    history = RepairHistory()
    assert not history.has_code("x = 1\n\n\ny = 2")
    history.add_code("x = 1\n\n\ny = 2")
    assert history.has_code("x = 1\n\ny = 2")
