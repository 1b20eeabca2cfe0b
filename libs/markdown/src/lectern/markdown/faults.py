"""What is wrong with a lesson, line by line: all of it is told at once, so that it can be mended in one go."""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

from lectern.contracts.problems import FieldError, Problem, ProblemError

SHOWN = 20  # faults listed in one problem; a longer list is not read


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong, with its line (from 1) and what to write instead."""

    code: str
    line: int
    detail: str
    remedy: str

    def sentence(self) -> str:
        return f"{self.detail} {self.remedy}"


class Faults:
    """Collects faults while a lesson is read."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, code: str, line: int, detail: str, remedy: str) -> None:
        """Notes a fault and goes on reading."""
        self._found.append(Fault(code=code, line=line, detail=detail, remedy=remedy))

    def raise_any(self) -> None:
        """Raises ProblemError with every fault found, in the order of lines; returns when there is none."""
        if not self._found:
            return
        found = sorted(self._found, key=lambda fault: fault.line)
        first = found[0]
        more = f" ({len(found) - 1} more below it.)" if len(found) > 1 else ""
        raise ProblemError(
            Problem(
                code=first.code,
                title="The lesson cannot be read",
                detail=f"Line {first.line}: {first.detail}{more}",
                remedy=first.remedy,
                errors=tuple(
                    FieldError(pointer=f"line {fault.line}", detail=fault.sentence()) for fault in found[:SHOWN]
                ),
            )
        )


def nearest(name: str, known: tuple[str, ...]) -> str | None:
    """The known name that `name` was probably meant to be; None when nothing is alike."""
    return next(iter(get_close_matches(name.lower(), known, n=1, cutoff=0.6)), None)
