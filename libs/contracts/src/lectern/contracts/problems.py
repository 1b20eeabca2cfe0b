"""Problems: what went wrong, where, and what to do about it. The same value is in an event and in an API error."""

from __future__ import annotations

import msgspec

from lectern.contracts.plain_text import clean_text, shorten

__all__ = [
    "MAX_DETAIL",
    "MAX_ERRORS",
    "MAX_POINTER",
    "MAX_REMEDY",
    "MAX_TITLE",
    "TYPE_PREFIX",
    "FieldError",
    "Problem",
    "ProblemError",
]

TYPE_PREFIX = "/problems/"  # RFC 9457's `type` is this and the code: a page of the API, relative to its address

# Characters. What is longer is cut where a Problem is made: it may quote what a user or a scene wrote, and the event
# that records a failure must fit into a message (1 MiB), or the failure is never known.
MAX_TITLE = 200
MAX_DETAIL = 600
MAX_REMEDY = 600
MAX_POINTER = 200
MAX_ERRORS = 50  # fields; nobody reads more


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the input that was refused. `pointer` is a JSON pointer (RFC 6901) or `line 12` for Markdown."""

    pointer: str
    detail: str

    def __post_init__(self) -> None:
        _bound(self, pointer=MAX_POINTER, detail=MAX_DETAIL)


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A failure in words a user can act on.

    `code` is a stable slug (`unknown-lesson`), `detail` says what happened, `remedy` what to do. `stage`, `scene` and
    `attempt` locate it in the pipeline; errors of the API itself have none of them. Texts are cut at their limits, and
    cleaned of control characters.
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

    def __post_init__(self) -> None:
        _bound(self, title=MAX_TITLE, detail=MAX_DETAIL, remedy=MAX_REMEDY)
        if len(self.errors) > MAX_ERRORS:
            msgspec.structs.force_setattr(self, "errors", self.errors[:MAX_ERRORS])

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


def _bound(struct: msgspec.Struct, **limits: int) -> None:
    for name, limit in limits.items():
        text = getattr(struct, name)
        if len(text) > limit or not text.isprintable():
            bounded = shorten(clean_text(shorten(text, 4 * limit)), limit)
            msgspec.structs.force_setattr(struct, name, bounded)
