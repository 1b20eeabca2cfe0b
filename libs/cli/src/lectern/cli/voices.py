"""The list of voices, as a table or as JSON lines."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from lectern.cli.exits import OK
from lectern.cli.reach import reach

_COLUMNS = ("voice", "language", "gender", "engine", "word times", "$ / million")


async def voices(language: str | None, url: str, home: Path, *, json: bool) -> int:
    """Prints what the Lectern at `url`, or this machine's, can speak with. Raises Stop."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    told = Console(stderr=True, highlight=False, markup=False)
    async with reach(url, home, told.print) as api:
        found = await api.voices(language)
    if json:
        for voice in found:
            console.print(msgspec.json.encode(voice).decode())
        return OK
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for voice in found:
        price = f"{voice['usd_per_million']:.2f}" if voice["usd_per_million"] else "free"
        spoken = "any" if voice["language"] == "mul" else voice["language"]
        table.add_row(voice["id"], spoken, voice["gender"], voice["engine"], voice["timing"], price)
    console.print(table)
    return OK
