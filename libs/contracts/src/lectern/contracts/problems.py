"""Problems: what went wrong, where, and what to do about it. The same value is in an event and in an API error."""

from __future__ import annotations

import msgspec

__all__ = [
    "TYPE_PREFIX",
    "FieldError",
    "Problem",
    "ProblemError",
]

TYPE_PREFIX = "/problems/"  # RFC 9457's `type` is this and the code: a page of the API, relative to its address


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the input that was refused. `pointer` is a JSON pointer (RFC 6901) or `line 12` for Markdown."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A failure in words a user can act on.

    `code` is a stable slug (`unknown-lesson`), `detail` says what happened, `remedy` what to do. `stage`, `scene` and
    `attempt` locate it in the pipeline; errors of the API itself have none of them.
    """

    code: str
    title: str
    detail: str
    remedy: str
    stage: str | None = None
    scene: int | None = None
    attempt: int | None = None
    retryable: bool = False
    errors: tuple[FieldError, ...] = ()

    def sentence(self) -> str:
        """One line for logs and terminals: where, what, remedy."""
        where = ", ".join(
            part
            for part in (
                self.stage,
                f"scene {self.scene}" if self.scene is not None else None,
                f"attempt {self.attempt}" if self.attempt is not None else None,
            )
            if part
        )
        return f"{where + ': ' if where else ''}{self.detail} {self.remedy}".strip()


class ProblemError(Exception):
    """Carries a Problem up the stack. Raised where input is refused or a stage cannot go on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence())
        self.problem = problem
