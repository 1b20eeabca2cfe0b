"""Inputs that once broke something are tried in every run; `make test` looks for new ones for twenty seconds."""

from __future__ import annotations

import pytest

from fuzz.__main__ import CORPUS, main, read_corpus
from fuzz.running import Finding, check_input, minimize, run_batch
from fuzz.target import Target
from fuzz.targets import TARGETS

LONG = ("tall-table", "formatted-string", "dotted-import")  # seconds of computing each, by design
CASES = [
    pytest.param(name, file.name, marks=[pytest.mark.slow] if file.name in LONG else [])
    for name in TARGETS
    for file in sorted((CORPUS / name).iterdir())
]


@pytest.mark.parametrize(("name", "file"), CASES, ids=lambda part: str(part))
def test_an_input_of_the_corpus_keeps_every_promise(name: str, file: str) -> None:
    target = TARGETS[name]
    assert check_input(target, read_corpus(target)[file]) is None


def refuse_letter(data: bytes) -> None:
    if b"x" in data:
        raise KeyError("x")


def spin(data: bytes) -> None:
    while data.startswith(b"x"):
        pass


BROKEN = Target(name="broken", check=refuse_letter, tokens=(b"x",))


def test_an_undocumented_exception_is_found_and_minimised() -> None:
    assert run_batch(BROKEN, [b"a", b"b"]) == (2, None)
    done, finding = run_batch(BROKEN, [b"a", b"abxab", b"c"])
    assert done == 2
    assert finding is not None
    assert finding.kind == "KeyError in test_fuzz.py"
    assert minimize(BROKEN, finding, 10.0).data == b"x"


@pytest.mark.slow
def test_an_input_that_never_ends_is_a_finding() -> None:
    finding = run_batch(Target(name="spins", check=spin, tokens=(b"x",)), [b"a", b"x"], backstop=2)[1]
    assert finding is not None
    assert (finding.kind, finding.data) == ("crash", b"x")


@pytest.mark.slow
def test_memory_is_bounded() -> None:
    def fill(data: bytes) -> None:
        bytes(bytearray(b"a") * (300 * 1024**2))

    finding = check_input(Target(name="large", check=fill, tokens=(b"x",)), b"a")
    assert isinstance(finding, Finding)
    assert finding.kind == "memory"


@pytest.mark.slow
def test_nothing_is_found_within_twenty_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    # A seed of its own: this judges a change. `make fuzz` looks for what nobody has seen yet, with another each time.
    status = main(["--seconds", "20", "--seed", "1"])
    printed = capsys.readouterr().out
    assert status == 0, printed
