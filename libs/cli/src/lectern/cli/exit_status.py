"""The command's exit statuses, and the exception that ends it with one."""

from __future__ import annotations

from lectern.contracts.problems import Problem

OK = 0
FAILED = 1  # the video failed, a requirement is missing (doctor), or the event log differs (provision --check)
USAGE = 2  # invalid input: unknown options, unreadable files, requests that the API refuses
UNAVAILABLE = 3  # the API, a server or a part of this machine's installation is missing
CANCELLED = 130  # by Ctrl-C, as shells report it (128 + SIGINT)


class CommandExit(Exception):
    """Ends the command with a status and a Problem to show."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem.sentence())
        self.status = status
        self.problem = problem


def command_exit(status: int, code: str, title: str, detail: str, remedy: str) -> CommandExit:
    """Builds a CommandExit for the caller to raise."""
    return CommandExit(status, Problem(code=code, title=title, detail=detail, remedy=remedy))
