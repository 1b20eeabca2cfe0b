"""The work of `lectern keys`, on the bucket that every gateway watches."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import typer
from nats.aio.client import Client
from nats.js import errors as js_errors
from rich.console import Console
from rich.table import Table

from lectern.cli.exit_status import OK, UNAVAILABLE, USAGE, CommandExit, command_exit
from lectern.cli.nats_connection import connect_event_log
from lectern.cli.terminal import encode_json, make_text
from lectern.contracts.api_keys import OWNER, SCOPES, ApiKey, Quotas
from lectern.contracts.events import now
from lectern.contracts.plain_text import clean_line
from lectern.contracts.topology import API_KEYS
from lectern.worker import JetStreamKeyValueStore, create_key, read_keys, revoke_key, rotate_key

_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}  # seconds
MAX_NAME = 80
T = TypeVar("T")


class CreateArguments(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `lectern keys create`."""

    name: str
    owner: str
    scopes: tuple[str, ...]
    expires: str
    quotas: Quotas


async def create(arguments: CreateArguments, nats_url: str, home: Path, *, json: bool) -> int:
    """Creates a key and prints it. Raises CommandExit (2) for an owner, scope or time that is none."""
    if not OWNER.fullmatch(arguments.owner):
        raise _usage("owner-invalid", f"{arguments.owner!r} is no owner.", "Use up to 64 letters, digits, - and _.")
    if unknown := [scope for scope in arguments.scopes if scope not in SCOPES]:
        raise _usage("scope-unknown", f"{unknown[0]!r} is no scope.", f"There are {', '.join(SCOPES)}.")
    lifetime = parse_duration(arguments.expires) if arguments.expires else None
    async with connect_event_log(nats_url, home) as client:
        key, token = await _in_bucket(
            create_key(
                _open(client),
                owner=arguments.owner,
                name=clean_line(arguments.name)[:MAX_NAME],
                scopes=tuple(scope for scope in SCOPES if scope in arguments.scopes),
                expires_at=now() + lifetime if lifetime else None,
                quotas=arguments.quotas,
            )
        )
    _print_secret(key, token, json=json)
    return OK


async def list_keys(nats_url: str, home: Path, *, json: bool) -> int:
    """Prints every key, oldest first."""
    async with connect_event_log(nats_url, home) as client:
        keys = await _in_bucket(read_keys(_open(client)))
    if json:
        for key in keys:
            typer.echo(encode_json(_as_json(key)))
    elif not keys:
        typer.echo("There are no keys. Create one with `lectern keys create`.")
    else:
        table = Table("id", "owner", "name", "scopes", "created", "state", box=None, pad_edge=False)
        for key in keys:
            cells = (key.id, key.owner or "(without keys)", key.name, " ".join(key.scopes), _day(key.created_at))
            table.add_row(*map(make_text, (*cells, _state(key))))
        Console(highlight=False).print(table)
    return OK


async def rotate(key_id: str, overlap: str, nats_url: str, home: Path, *, json: bool) -> int:
    """Gives a key a new secret and prints it. Raises CommandExit (2) when there is no such key."""
    lifetime = parse_duration(overlap)
    async with connect_event_log(nats_url, home) as client:
        rotated = await _in_bucket(rotate_key(_open(client), key_id, lifetime)) if _is_id(key_id) else None
    if rotated is None:
        raise _unknown(key_id)
    _print_secret(*rotated, json=json)
    return OK


async def revoke(key_id: str, nats_url: str, home: Path) -> int:
    """Ends a key. Raises CommandExit (2) when there is no such key."""
    async with connect_event_log(nats_url, home) as client:
        revoked = await _in_bucket(revoke_key(_open(client), key_id)) if _is_id(key_id) else None
    if revoked is None:
        raise _unknown(key_id)
    typer.echo(clean_line(f"{key_id} ({revoked.name or 'without a name'}) opens nothing any more"))
    return OK


def parse_duration(text: str) -> timedelta:
    """A time such as 90d. Raises CommandExit (2) for any other text."""
    found = re.fullmatch(r"([0-9]{1,6})([mhdwy])|0", text.strip(), re.ASCII)
    if not found:
        raise _usage("duration-invalid", f"{text!r} is no length of time.", "Write 30m, 12h, 90d, 8w or 2y.")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]]) if found[1] else timedelta()


def _open(client: Client) -> JetStreamKeyValueStore:
    return JetStreamKeyValueStore(client, API_KEYS)


async def _in_bucket(work: Awaitable[T]) -> T:
    try:
        return await work
    except js_errors.NotFoundError as error:
        raise command_exit(
            UNAVAILABLE,
            "not-provisioned",
            "The event log has no bucket for keys",
            "This event log was set up by an older Lectern, or not at all.",
            "Run `lectern provision` first.",
        ) from error


def _print_secret(key: ApiKey, token: str, *, json: bool) -> None:
    if json:
        typer.echo(encode_json({**_as_json(key), "key": token}))
        return
    typer.echo(token)
    whose = f"owner {key.owner}" if key.owner else "the videos made without keys"
    typer.echo(f"Keep it now: it is not shown again. It is for {whose}, and may {' and '.join(key.scopes)}.", err=True)


def _as_json(key: ApiKey) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(key)
    return {name: value for name, value in shown.items() if "hash" not in name}


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return f"revoked {_day(key.revoked_at)}"
    if key.expires_at:
        return f"{'expired' if key.expires_at <= now() else 'until'} {_day(key.expires_at)}"
    return "valid"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _is_id(key_id: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{16}", key_id) is not None


def _unknown(key_id: str) -> CommandExit:
    shown = "the key itself" if key_id.startswith("lk_") else repr(clean_line(key_id)[:40])
    hint = "Give the id, not the key itself; `lectern keys list` shows it."
    return _usage("no-such-key", f"No key has the id {shown}.", hint)


def _usage(code: str, detail: str, remedy: str) -> CommandExit:
    return command_exit(USAGE, code, "This cannot be done", detail, remedy)
