"""`lectern dead`: lists, shows and retries the messages that no worker could process."""

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

from lectern.cli.exit_status import OK, USAGE, command_exit
from lectern.cli.nats_connection import connect_event_log
from lectern.contracts import events as e
from lectern.contracts.problems import Problem
from lectern.contracts.topology import DEAD, VIDEOS
from lectern.worker import JetStreamEventLog
from lectern.worker.dead_letters import CONSUMER, REASON, SUBJECT


class StoredDeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter in the stream. `number` is its sequence there, `subject` the one it was published on."""

    number: int
    at: datetime | None
    subject: str
    consumer: str
    problem: Problem
    data: bytes


async def list_dead_letters(nats_url: str, home: Path, *, json: bool) -> int:
    """Prints every dead letter, oldest first."""
    async with connect_event_log(nats_url, home) as client:
        letters = await _read_all(client)
    if json:
        for letter in letters:
            typer.echo(msgspec.json.encode(_as_json(letter)))
    elif not letters:
        typer.echo("There are no dead letters.")
    else:
        table = Table("number", "when", "stage", "scene", "video", "why", box=None, pad_edge=False)
        for letter in letters:
            video, scene = _video_and_scene(letter.subject)
            when = f"{letter.at:%Y-%m-%d %H:%M}" if letter.at else ""
            stage = letter.problem.stage or letter.consumer.rpartition("-")[0]
            table.add_row(str(letter.number), when, stage, scene, video, letter.problem.detail)
        Console(highlight=False).print(table)
    return OK


async def show_dead_letter(number: int, nats_url: str, home: Path) -> int:
    """Prints one dead letter as JSON."""
    async with connect_event_log(nats_url, home) as client:
        letter = await _read(client, number)
    typer.echo(msgspec.json.format(msgspec.json.encode(_as_json(letter)), indent=2))
    return OK


async def retry_dead_letters(numbers: list[int], nats_url: str, home: Path) -> int:
    """Publishes dead letters on their subjects again and removes them. Raises CommandExit if a video has ended."""
    async with connect_event_log(nats_url, home) as client:
        for number in numbers:
            letter = await _read(client, number)
            await _check_not_ended(client, letter)
            # A new message id: the stream would drop a message with the old one as a duplicate.
            headers = {"Nats-Msg-Id": f"retry:{uuid.uuid4()}"}
            await client.jetstream(timeout=5).publish(letter.subject, letter.data, headers=headers, stream=VIDEOS)
            await client.jetstream(timeout=5).delete_msg(DEAD, number)
            typer.echo(f"{number} is on {letter.subject} again")
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
            f"Retry the video instead: POST /v1/videos/{event.video_id}/retry.",
        )


async def _read_all(client: Client) -> list[StoredDeadLetter]:
    js = client.jetstream(timeout=5)
    state = (await js.stream_info(DEAD)).state
    letters: list[StoredDeadLetter] = []
    number = state.first_seq
    while state.messages and number <= state.last_seq:
        try:
            message = await js.get_msg(DEAD, number, next=True, subject="dead.>", direct=True)
        except js_errors.NotFoundError:
            break
        letters.append(_decode(message))
        number = letters[-1].number + 1
    return letters


async def _read(client: Client, number: int) -> StoredDeadLetter:
    try:
        return _decode(await client.jetstream(timeout=5).get_msg(DEAD, number))
    except js_errors.NotFoundError:
        raise command_exit(
            USAGE,
            "no-such-message",
            "There is no such message",
            f"No dead letter has the number {number}.",
            "List them with `lectern dead list`.",
        ) from None


def _decode(message: api.RawStreamMsg) -> StoredDeadLetter:
    headers = message.headers or {}
    try:
        problem = msgspec.json.decode(headers.get(REASON, ""), type=Problem)
    except msgspec.DecodeError:
        problem = Problem(code="unknown", title="Unknown", detail="The reason was not recorded.", remedy="")
    return StoredDeadLetter(
        number=message.seq or 0,
        at=message.time,
        subject=headers.get(SUBJECT, ""),
        consumer=headers.get(CONSUMER, ""),
        problem=problem,
        data=message.data or b"",
    )


def _video_and_scene(subject: str) -> tuple[str, str]:
    """The video and scene in an event's subject: videos.<lane>.<id>.scenes.<n>.<verb>."""
    parts = subject.split(".")
    return parts[2] if len(parts) > 2 else "", parts[4] if len(parts) > 5 else ""


def _as_json(letter: StoredDeadLetter) -> dict[str, Any]:
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
