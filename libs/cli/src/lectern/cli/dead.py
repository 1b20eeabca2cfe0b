"""Messages no worker could process, as they lie in the stream DEAD with their reasons."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import typer
from nats.aio.client import Client
from nats.js import api
from nats.js import errors as js_errors
from rich.console import Console
from rich.table import Table

from lectern.cli.broker import event_log
from lectern.cli.exits import OK, USAGE, stop
from lectern.contracts import events as e
from lectern.contracts.problems import Problem
from lectern.contracts.topology import DEAD, VIDEOS
from lectern.worker import JetStreamEventLog
from lectern.worker.dead_letters import CONSUMER, REASON, SUBJECT


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One dead message. `number` is its sequence in DEAD, `subject` where it came from."""

    number: int
    at: datetime | None
    subject: str
    consumer: str
    problem: Problem
    data: bytes


async def show_all(nats_url: str, home: Path, *, json: bool) -> int:
    """Prints every letter, oldest first."""
    async with event_log(nats_url, home) as client:
        letters = await _letters(client)
    if json:
        for letter in letters:
            typer.echo(msgspec.json.encode(_shown(letter)))
    elif not letters:
        typer.echo("There are none.")
    else:
        table = Table("number", "when", "stage", "scene", "video", "why", box=None, pad_edge=False)
        for letter in letters:
            video, scene = _place(letter.subject)
            when = f"{letter.at:%Y-%m-%d %H:%M}" if letter.at else ""
            stage = letter.problem.stage or letter.consumer.rpartition("-")[0]
            table.add_row(str(letter.number), when, stage, scene, video, letter.problem.detail)
        Console(highlight=False).print(table)
    return OK


async def show_one(number: int, nats_url: str, home: Path) -> int:
    """Prints one letter whole, as JSON."""
    async with event_log(nats_url, home) as client:
        letter = await _letter(client, number)
    typer.echo(msgspec.json.format(msgspec.json.encode(_shown(letter)), indent=2))
    return OK


async def retry(numbers: list[int], nats_url: str, home: Path) -> int:
    """Publishes letters where they came from and removes them. Raises Stop for one whose video has ended."""
    async with event_log(nats_url, home) as client:
        for number in numbers:
            letter = await _letter(client, number)
            await _refuse_ended(client, letter)
            # A message id of its own: under the old one the stream would take it for a duplicate.
            headers = {"Nats-Msg-Id": f"retry:{uuid.uuid4()}"}
            await client.jetstream(timeout=5).publish(letter.subject, letter.data, headers=headers, stream=VIDEOS)
            await client.jetstream(timeout=5).delete_msg(DEAD, number)
            typer.echo(f"{number} is on {letter.subject} again")
    return OK


async def _refuse_ended(client: Client, letter: Letter) -> None:
    try:
        event = e.decode(letter.data)
    except ValueError:
        return  # written by another version; whoever reads it decides
    outcome = (await JetStreamEventLog(client).read(event.video_id, event.lane)).state.outcome()
    if outcome is not None and outcome.revision >= event.revision:
        raise stop(
            USAGE,
            "video-ended",
            "The video has ended",
            f"Message {letter.number} belongs to video {event.video_id}, which has ended: workers would skip it.",
            "Retry the video instead, in the studio or with POST /v1/videos/ID/retry.",
        )


async def _letters(client: Client) -> list[Letter]:
    js = client.jetstream(timeout=5)
    state = (await js.stream_info(DEAD)).state
    found: list[Letter] = []
    number = state.first_seq
    while state.messages and number <= state.last_seq:
        try:
            message = await js.get_msg(DEAD, number, next=True, subject="dead.>", direct=True)
        except js_errors.NotFoundError:
            break
        found.append(_read(message))
        number = found[-1].number + 1
    return found


async def _letter(client: Client, number: int) -> Letter:
    try:
        return _read(await client.jetstream(timeout=5).get_msg(DEAD, number))
    except js_errors.NotFoundError:
        raise stop(
            USAGE,
            "no-such-message",
            "There is no such message",
            f"No dead message has the number {number}.",
            "`lectern dead list` shows those there are.",
        ) from None


def _read(message: api.RawStreamMsg) -> Letter:
    headers = message.headers or {}
    try:
        problem = msgspec.json.decode(headers.get(REASON, ""), type=Problem)
    except msgspec.DecodeError:
        problem = Problem(code="unknown", title="Unknown", detail="No reason was kept.", remedy="")
    return Letter(
        number=message.seq or 0,
        at=message.time,
        subject=headers.get(SUBJECT, ""),
        consumer=headers.get(CONSUMER, ""),
        problem=problem,
        data=message.data or b"",
    )


def _place(subject: str) -> tuple[str, str]:
    """The video and scene an event's subject names: videos.<lane>.<id>.scenes.<n>.<verb>."""
    parts = subject.split(".")
    return parts[2] if len(parts) > 2 else "", parts[4] if len(parts) > 5 else ""


def _shown(letter: Letter) -> dict[str, Any]:
    try:
        data: object = msgspec.json.decode(letter.data)
    except msgspec.DecodeError:
        data = letter.data.decode("utf-8", "replace")
    return {
        "number": letter.number,
        "at": letter.at,
        "subject": letter.subject,
        "consumer": letter.consumer,
        "problem": letter.problem,
        "data": data,
    }
