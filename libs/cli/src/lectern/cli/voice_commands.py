"""`lectern voices`: its commands and their options."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lectern.cli.options import Home, Json, Url, run_command
from lectern.cli.runner.home import DEFAULT_HOME

voices_app = typer.Typer(help="List the available voices, best first; or add a natural one to this machine.")

_Language = Annotated[str | None, typer.Option(help="Only voices that speak it, such as de or en-GB.")]


@voices_app.callback(invoke_without_command=True)
def voices(
    context: typer.Context, language: _Language = None, json: Json = False, url: Url = "", home: Home = DEFAULT_HOME
) -> None:
    """List the available voices, best first; or add a natural one to this machine."""
    if context.invoked_subcommand:
        return
    from lectern.cli.voices import list_voices

    run_command(lambda: list_voices(language, url, home, json=json), json=json)


@voices_app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A voice of Piper's catalogue: en_US-ljspeech-high.")],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the voice's licence without being asked.")
    ] = False,
    publisher: Annotated[
        str, typer.Option("--from", metavar="URL", help="Another address with a voices.json.", show_default=False)
    ] = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Fetch a natural voice that runs on this machine. Its licence is shown first; a broken download goes on later."""
    from rich.console import Console

    from lectern.cli.natural_voices.catalogue import PUBLISHER
    from lectern.cli.natural_voices.install import add_voice

    messages = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

    def accept(card: str) -> bool:
        messages.print(card)
        if accept_licence or not sys.stdin.isatty():
            return accept_licence
        return typer.confirm("Fetch it under this licence?")

    run_command(lambda: add_voice(name, home, (publisher or PUBLISHER).rstrip("/"), accept, messages))
