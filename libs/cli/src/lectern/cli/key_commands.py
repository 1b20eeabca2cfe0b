"""`lectern keys`: its commands and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from lectern.cli.options import Home, Json, NatsUrl, run_command
from lectern.cli.runner.home import DEFAULT_HOME

keys_app = typer.Typer(no_args_is_help=True, help="Create, list, rotate and revoke keys of the API.")

_Id = Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `lectern keys list` shows it.")]


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What it is for, such as laptop.")] = "",
    owner: Annotated[
        str, typer.Option(help="Whose videos it makes and sees; by default those made without keys.")
    ] = "",
    scope: Annotated[
        list[str] | None, typer.Option(help="read, write or admin; may be repeated. Default: read and write.")
    ] = None,
    expires: Annotated[str, typer.Option(metavar="90d", help="How long it works: 12h, 90d, 2y.")] = "",
    videos_per_day: Annotated[int | None, typer.Option(min=0, help="Videos its owner may request a day.")] = None,
    videos_at_once: Annotated[int | None, typer.Option(min=0, help="Videos its owner may have made at once.")] = None,
    minutes_per_month: Annotated[
        float | None, typer.Option(min=0, help="Minutes of finished video its owner may have made a month.")
    ] = None,
    dollars_per_day: Annotated[
        float | None, typer.Option(min=0, help="Dollars of models and voices its owner may spend a day.")
    ] = None,
    json: Json = False,
    nats_url: NatsUrl = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Create a key and print it, this once. A quota of 0 is none; one that is not given is the installation's."""
    from lectern.cli import keys as command
    from lectern.contracts.api_keys import Quotas

    quotas = Quotas(
        videos_per_day=videos_per_day,
        videos_at_once=videos_at_once,
        minutes_per_month=minutes_per_month,
        dollars_per_day=dollars_per_day,
    )
    arguments = command.CreateArguments(
        name=name, owner=owner, scopes=tuple(scope or ("read", "write")), expires=expires, quotas=quotas
    )
    run_command(lambda: command.create(arguments, nats_url, home, json=json), json=json)


@keys_app.command("list")
def list_all(json: Json = False, nats_url: NatsUrl = "", home: Home = DEFAULT_HOME) -> None:
    """List the keys of every owner, oldest first."""
    from lectern.cli import keys as command

    run_command(lambda: command.list_keys(nats_url, home, json=json), json=json)


@keys_app.command("rotate")
def rotate(
    key_id: _Id,
    overlap: Annotated[str, typer.Option(metavar="24h", help="How long the old secret works beside the new.")] = "24h",
    json: Json = False,
    nats_url: NatsUrl = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Give a key a new secret and print it, this once. Sessions of browsers end."""
    from lectern.cli import keys as command

    run_command(lambda: command.rotate(key_id, overlap, nats_url, home, json=json), json=json)


@keys_app.command("revoke")
def revoke(key_id: _Id, nats_url: NatsUrl = "", home: Home = DEFAULT_HOME) -> None:
    """End a key for good, within a second, with its sessions and open event streams."""
    from lectern.cli import keys as command

    run_command(lambda: command.revoke(key_id, nats_url, home))
