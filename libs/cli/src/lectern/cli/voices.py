"""`lectern voices`: the available voices, as a table or as JSON lines."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from lectern.cli.api_connection import connect_api
from lectern.cli.exit_status import OK
from lectern.cli.kept_answers import find_answers
from lectern.cli.natural_voices.catalogue import SUGGESTED
from lectern.cli.terminal import encode_json, make_text

_COLUMNS = ("voice", "language", "gender", "engine", "word times", "$ / million")


async def list_voices(language: str | None, url: str, home: Path, *, json: bool) -> int:
    """Prints the voices of the Lectern at `url`, or of this machine's. Raises CommandExit."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    messages = Console(stderr=True, highlight=False, markup=False)
    if language is None and (kept := find_answers(url, home)):
        voices = [msgspec.json.decode(voice) for voice in kept.voices]
    else:
        async with connect_api(url, home, messages.print, only_asks=True) as api:
            voices = await api.voices(language)
    if json:
        for voice in voices:
            console.print(encode_json(voice).decode())
        return OK
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for voice in voices:
        price = f"{voice['usd_per_million']:.2f}" if voice["usd_per_million"] else "free"
        spoken = "any" if voice["language"] == "mul" else voice["language"]
        table.add_row(*map(make_text, (voice["id"], spoken, voice["gender"], voice["engine"], voice["timing"], price)))
    console.print(table)
    if not any(voice["engine"] not in ("espeak", "silent") for voice in voices):
        messages.print(f"A natural voice that runs on this machine: lectern voices add {SUGGESTED}")
    return OK
