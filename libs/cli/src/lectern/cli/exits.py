"""What the command's exit status means, and the one exception that ends it."""

from __future__ import annotations

from lectern.contracts.problems import Problem

OK = 0
FAILED = 1  # the video failed, or something required is missing (doctor), or there is drift (provision --check)
USAGE = 2  # what was asked for cannot be: unknown options, unreadable files, input the API refuses
UNAVAILABLE = 3  # the API, a server or this machine's set-up is not there
CANCELLED = 130  # by Ctrl-C, as shells say it (128 + SIGINT)


class Stop(Exception):
    """Ends the command with a status and a Problem to show."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem.sentence())
        self.status = status
        self.problem = problem


def stop(status: int, code: str, title: str, detail: str, remedy: str) -> Stop:
    """A Stop in one call; raise what it returns."""
    return Stop(status, Problem(code=code, title=title, detail=detail, remedy=remedy))
