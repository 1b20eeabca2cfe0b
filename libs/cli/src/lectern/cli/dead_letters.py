"""`lectern dead`: lists, shows, retries and drops the messages that no worker could process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import typer
from nats.aio.client import Client
from rich.console import Console
from rich.table import Table

from lectern.cli.exit_status import OK, USAGE, command_exit
from lectern.cli.nats_connection import connect_event_log
from lectern.cli.terminal import encode_json, make_text
from lectern.contracts import events as e
from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.plain_text import clean_line
from lectern.contracts.subjects import read_place
from lectern.worker import JetStreamDeadLetters, JetStreamEventLog, StoredDeadLetter


async def list_dead_letters(nats_url: str, home: Path, *, json: bool) -> int:
    """Prints every dead letter, oldest first."""
    async with connect_event_log(nats_url, home) as client:
        letters = await JetStreamDeadLetters(client).read_all()
    if json:
        for letter in letters:
            typer.echo(encode_json(_as_json(letter)))
    elif not letters:
        typer.echo("There are no dead letters.")
    else:
        table = Table("number", "when", "stage", "scene", "video", "why", box=None, pad_edge=False)
        for letter in letters:
            video, scene = read_place(letter.subject)
            when = f"{letter.at:%Y-%m-%d %H:%M}" if letter.at else ""
            stage = letter.problem.stage or letter.consumer.rpartition("-")[0]
            cells = (str(letter.number), when, stage, str(scene or ""), video, letter.problem.detail)
            table.add_row(*map(make_text, cells))
        Console(highlight=False).print(table)
    return OK


async def show_dead_letter(number: int, nats_url: str, home: Path) -> int:
    """Prints one dead letter as JSON."""
    async with connect_event_log(nats_url, home) as client:
        letter = await _read(client, number)
    typer.echo(encode_json(_as_json(letter), indent=2))
    return OK


async def retry_dead_letters(numbers: list[int], nats_url: str, home: Path) -> int:
    """Publishes dead letters on their subjects again and removes them. Raises CommandExit if a video has ended."""
    async with connect_event_log(nats_url, home) as client:
        for number in numbers:
            letter = await _read(client, number)
            await _check_not_ended(client, letter)
            await JetStreamDeadLetters(client).publish_again(letter)
            typer.echo(clean_line(f"{number} is on {letter.subject} again"))
    return OK


async def drop_dead_letters(numbers: list[int], nats_url: str, home: Path) -> int:
    """Removes dead letters. Raises CommandExit for a number that is none."""
    async with connect_event_log(nats_url, home) as client:
        for number in numbers:
            letter = await _read(client, number)
            await JetStreamDeadLetters(client).drop(letter)
            typer.echo(clean_line(f"{number} of {letter.subject} is dropped"))
    return OK


async def _check_not_ended(client: Client, letter: StoredDeadLetter) -> None:
    try:
        event = e.decode(letter.data)
    except ValueError:
        return  # another version wrote it; a worker that can read it decides
    outcome = (await JetStreamEventLog(client).read(event.video_id, event.lane)).state.outcome()
    if outcome is not None and outcome.revision >= event.revision:
        raise command_exit(
            USAGE,
            "video-ended",
            "The video has ended",
            f"Message {letter.number} belongs to video {event.video_id}, which has ended; workers would skip it.",
            f"Retry the video instead (POST /v1/videos/{event.video_id}/retry); then `lectern dead drop` this.",
        )


async def _read(client: Client, number: int) -> StoredDeadLetter:
    letter = await JetStreamDeadLetters(client).read(number)
    if letter is None:
        raise command_exit(
            USAGE,
            "no-such-message",
            "There is no such message",
            f"No dead letter has the number {number}.",
            "List them with `lectern dead list`.",
        )
    return letter


def _as_json(letter: StoredDeadLetter) -> dict[str, Any]:
    try:
        data: object = msgspec.json.decode(letter.data)
    except UNREADABLE:
        data = letter.data.decode("utf-8", "replace")
    return {
        "number": letter.number,
        "at": letter.at,
        "subject": letter.subject,
        "consumer": letter.consumer,
        "problem": letter.problem,
        "data": data,
    }
