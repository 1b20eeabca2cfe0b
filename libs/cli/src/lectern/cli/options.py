"""Options that several commands share, and how a command's coroutine becomes its exit status."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from lectern.cli.display import JsonLines, print_problem
from lectern.cli.exit_status import CANCELLED, OK, CommandExit

Home = Annotated[
    Path,
    typer.Option(
        envvar="LECTERN_HOME", show_default="~/.local/share/lectern", help="Folder of this machine's Lectern."
    ),
]
Url = Annotated[
    str,
    typer.Option(
        envvar=["LECTERN_API", "LECTERN_URL"],
        show_default=False,
        help="Address of a Lectern to use instead of this machine's.",
    ),
]
NatsUrl = Annotated[
    str,
    typer.Option(
        envvar="LECTERN_NATS_URL", show_default=False, help="NATS servers of the event log; default: this machine's."
    ),
]
Prompts = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="A folder in the model's place: it writes requests there and awaits answers, as files."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON lines to stdout, for programs.")]
Out = Annotated[Path, typer.Option(help="Folder for the finished files.")]
MaxCost = Annotated[
    float | None, typer.Option(min=0.0, metavar="USD", help="Stop before models and voices cost more per video.")
]
Open = Annotated[bool, typer.Option("--open/--no-open", help="Open the video when it is finished.")]


def run_command(command: Callable[[], Coroutine[Any, Any, int]], *, json: bool = False) -> NoReturn:
    """Runs a command's coroutine and exits with its status. A CommandExit is shown as its problem."""
    try:
        status = asyncio.run(command())
    except CommandExit as ended:
        show_problem = JsonLines().show_problem if json else print_problem
        show_problem(ended.problem)
        status = ended.status
    except (asyncio.CancelledError, KeyboardInterrupt):
        status = CANCELLED
    except BrokenPipeError:  # the reader of our output has exited
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = OK
    raise typer.Exit(status)


def drop_unset(values: dict[str, Any]) -> dict[str, Any]:
    """The values that the user set; the API has defaults for the others."""
    return {name: value for name, value in values.items() if value is not None}
