"""Errors in a lesson, collected line by line and reported together, so that an author can fix all of them at once."""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

from lectern.contracts.problems import FieldError, Problem, ProblemError

MAX_REPORTED_ERRORS = 20  # errors listed in one problem; nobody reads a longer list
MAX_ERRORS = 200  # after which reading stops


class NoScenes(ProblemError):
    """The text has no headings, so it is prose and no lesson."""


class LineError(msgspec.Struct, frozen=True, kw_only=True):
    """One error: its line (from 1), what is wrong, and what to write instead."""

    code: str
    line: int
    detail: str
    remedy: str
    error_type: type[ProblemError] = ProblemError


class ErrorCollector:
    """Collects errors while a lesson is parsed."""

    def __init__(self) -> None:
        self._errors: list[LineError] = []

    def add(
        self, code: str, line: int, detail: str, remedy: str, error_type: type[ProblemError] = ProblemError
    ) -> None:
        """Records an error; parsing continues. `error_type` is raised when this is the first error of the lesson.

        Raises ProblemError when there are too many to go on.
        """
        self._errors.append(LineError(code=code, line=line, detail=detail, remedy=remedy, error_type=error_type))
        if len(self._errors) >= MAX_ERRORS:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Raises ProblemError with every recorded error in line order; returns when there is none."""
        if not self._errors:
            return
        ordered = sorted(self._errors, key=lambda error: error.line)
        first = ordered[0]
        others = f"{len(ordered) - 1}" if len(ordered) < MAX_ERRORS else f"at least {len(ordered) - 1}"
        more = f" ({others} more below it.)" if len(ordered) > 1 else ""
        raise first.error_type(
            Problem(
                code=first.code,
                title="The lesson cannot be read",
                detail=f"Line {first.line}: {first.detail}{more}",
                remedy=first.remedy,
                errors=tuple(
                    FieldError(pointer=f"line {error.line}", detail=f"{error.detail} {error.remedy}")
                    for error in ordered[:MAX_REPORTED_ERRORS]
                ),
            )
        )


def closest_match(name: str, candidates: tuple[str, ...]) -> str | None:
    """The candidate that `name` is probably a misspelling of; None when none is similar."""
    return next(iter(get_close_matches(name.lower(), candidates, n=1, cutoff=0.6)), None)
