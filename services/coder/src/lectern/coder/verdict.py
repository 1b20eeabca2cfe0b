"""What preflight says of a source, and what that means for the scene."""

from __future__ import annotations

import msgspec

from lectern.contracts.problems import Problem

# What breaks a scene whoever wrote it: it would not be in step with its narration.
OUT_OF_STEP = frozenset({"beat-missing", "beat-overrun"})


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the run found. `beat` and `line` count from 1; `line` is of the scene's own source."""

    rule: str
    level: str
    message: str
    beat: int | None = None
    line: int | None = None
    object: str | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """The exception that ended the run."""

    type: str
    message: str = ""
    line: int | None = None
    code: str | None = None
    traceback: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A preflight's reply. `unavailable` is set when the renderer, not the source, is at fault."""

    ok: bool
    findings: tuple[Finding, ...] = ()
    error: Failure | None = None
    killed: str | None = None
    reason: str = ""
    unavailable: str | None = None

    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    def fit_for_template(self, tolerated: frozenset[str] = frozenset()) -> bool:
        """Whether a template may be shown: ours must have no error of any kind but those tolerated."""
        return self.ok and not any(finding.rule not in tolerated for finding in self.errors())

    def fit_for_author(self) -> bool:
        """Whether an author's own scene may be shown. How it is laid out is theirs to judge; that it runs and keeps
        step with the voice is not."""
        return self.ok and not any(finding.rule in OUT_OF_STEP for finding in self.errors())


def author_problem(verdict: Verdict) -> Problem:
    """Why an author's scene is replaced by a template: the error, its line, and what to change."""
    where = "of the scene's manim block"
    if verdict.error:
        failure = verdict.error
        line = f", in line {failure.line} {where}: `{(failure.code or '').strip()[:120]}`" if failure.line else ""
        return Problem(
            code="manim-error",
            title="The scene's Manim does not run",
            detail=f"{failure.type}: {failure.message.strip()[:400]}{line}.",
            remedy=f"Correct {f'line {failure.line}' if failure.line else 'the block'} and make the scene again; "
            "until then it shows a card with its key phrases.",
        )
    if verdict.killed or not verdict.errors():
        return Problem(
            code=f"manim-{verdict.killed or 'failed'}",
            title="The scene's Manim was stopped",
            detail=(verdict.reason or f"It was ended ({verdict.killed or 'without a result'})")[:400].rstrip(".") + ".",
            remedy="Draw less, look for a loop that never ends, and use no files, network or programs; "
            "until then the scene shows a card with its key phrases.",
        )
    broken = [finding for finding in verdict.errors() if finding.rule in OUT_OF_STEP] or list(verdict.errors())
    line = f" (line {broken[0].line} {where})" if broken[0].line else ""
    return Problem(
        code=broken[0].rule,
        title="The scene's Manim is out of step with its narration",
        detail=f"{broken[0].message[:400].rstrip('.')}{line}.",
        remedy="Write one `with self.beat():` for each paragraph, short enough for its sentence, and make the scene "
        "again; until then it shows a card with its key phrases.",
    )
