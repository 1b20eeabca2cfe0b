"""`lectern status`: what each stage has to do, who does it, what is oldest, and what needs a hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import nats.errors
import typer
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import errors as js_errors
from rich.console import Console
from rich.table import Table

from lectern.cli.exit_status import FAILED, OK
from lectern.cli.nats_connection import connect_event_log
from lectern.cli.runner.home import Endpoint, Home
from lectern.cli.terminal import encode_json, make_text
from lectern.contracts import subjects, topology
from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.events import now
from lectern.contracts.options import LANES
from lectern.contracts.requests import WorkerSign
from lectern.worker import (
    ConsumerBacklog,
    JetStreamDeadLetters,
    JetStreamEventLog,
    Settings,
    StoreRoom,
    StreamReport,
    Transient,
    describe_stream,
    map_concurrently,
    measure_room,
    read_backlog,
)

LISTENING_SECONDS = 2.5  # a worker shows itself every two
LONG_WAIT_SECONDS = 600.0  # as the alert on old messages has it
UNSEEN_SECONDS = 60.0  # a gateway lists an event within a second
_NO_ANSWER = (nats.errors.Error, js_errors.Error, Transient, TimeoutError)


class StageStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A stage. `waiting` and `in_progress` are messages; `dead` are its dead letters.

    None where the event log did not say. `oldest_*` is of the message that is undone for longest, `waits_for` why its
    video waits, in the words of the log; "" when it only waits for a worker.
    """

    stage: str
    workers: int
    slots: int
    in_progress: int
    waiting: int | None = None
    oldest_seconds: float | None = None
    oldest_video: str = ""
    oldest_scene: int | None = None
    waits_for: str = ""
    dead: int | None = None
    missing_consumers: tuple[str, ...] = ()


class InstallationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the command shows. `findings` are the sentences that say what needs a hand and what to do.

    `room` is that of a store on this machine, whose event log was asked.
    """

    stages: tuple[StageStatus, ...]
    streams: tuple[StreamReport, ...]
    findings: tuple[str, ...]
    room: StoreRoom | None = None


class _Backlogs(msgspec.Struct, frozen=True, kw_only=True):
    by_consumer: Mapping[str, ConsumerBacklog]
    dead: Mapping[str, int]
    reasons: Mapping[tuple[str, int | None], str]  # video and scene -> what they wait for
    streams: tuple[StreamReport, ...]


async def show_status(nats_url: str, home: Path, *, json: bool) -> int:
    """Prints the status. Returns 1 when something needs a hand."""
    async with connect_event_log(nats_url, home) as client:
        status = await read_status(client, LISTENING_SECONDS)
    if not nats_url and (endpoint := Home.at(home).find()):
        status = _add_room(status, Home.at(home), endpoint)
    if json:
        typer.echo(encode_json(status))
    else:
        _print_table(status)
    return FAILED if status.findings else OK


def _add_room(status: InstallationStatus, home: Home, runner: Endpoint) -> InstallationStatus:
    reserve, limit = runner.disk_reserve_mb, runner.store_limit_gb
    room = measure_room(Settings(s3_folder=home.store, disk_reserve_mb=reserve, store_limit_gb=limit))
    shortage = room.describe_shortage() if room else ""
    findings = [f"New videos are refused: {shortage}. Delete videos, or free some space."] if shortage else []
    return msgspec.structs.replace(status, room=room, findings=(*status.findings, *findings))


async def read_status(client: Client, listen_seconds: float) -> InstallationStatus:
    """Asks the event log and listens to the workers. What the log does not answer is left out, and is a finding."""
    signs, backlogs = await asyncio.gather(_hear_workers(client, listen_seconds), _read_backlogs(client))
    at = now()
    stages = tuple(_describe_stage(stage, signs.get(stage, ()), backlogs, at) for stage in topology.STAGE_INPUTS)
    streams = backlogs.streams if backlogs else ()
    findings = [line for stage in stages for line in _judge_stage(stage)]
    findings += [line for stream in streams for line in _judge_stream(stream)]
    findings += _judge_gateways(backlogs, at)
    if backlogs is None:
        findings.insert(0, "The event log does not answer: most of its servers must be up, and have a leader.")
    return InstallationStatus(stages=stages, streams=streams, findings=tuple(findings))


async def _hear_workers(client: Client, seconds: float) -> dict[str, tuple[WorkerSign, ...]]:
    """The last sign of each worker that showed itself, by stage; those that said goodbye are left out."""
    heard: dict[str, WorkerSign] = {}

    async def note(message: Msg) -> None:
        try:
            sign = msgspec.json.decode(message.data, type=WorkerSign)
        except UNREADABLE:
            return  # another version's
        heard[sign.worker] = sign

    subscription = await client.subscribe(subjects.WORKERS, cb=note)
    await asyncio.sleep(seconds)
    with contextlib.suppress(nats.errors.Error, TimeoutError):  # a worker whose sign waits unread is no missing one
        await subscription.drain()  # type: ignore[no-untyped-call]
    found: dict[str, tuple[WorkerSign, ...]] = {}
    for sign in heard.values():
        if sign.slots:
            found[sign.stage] = (*found.get(sign.stage, ()), sign)
    return found


async def _read_backlogs(client: Client) -> _Backlogs | None:
    try:
        consumers = [each for each in topology.consumers() if each.stream == topology.VIDEOS]
        found = [each for each in await map_concurrently(lambda each: read_backlog(client, each), consumers) if each]
        streams = await map_concurrently(lambda name: _read_stream(client, name), (topology.VIDEOS, topology.DEAD))
        dead = await JetStreamDeadLetters(client).count()
        oldest = {subjects.read_place(each.oldest.subject) for each in found if each.oldest}
        reasons = await map_concurrently(lambda place: _find_reason(client, *place), oldest)
    except _NO_ANSWER:
        return None
    by_consumer = {each.consumer: each for each in found}
    return _Backlogs(
        by_consumer=by_consumer, dead=dead, reasons=dict(zip(oldest, reasons, strict=True)), streams=tuple(streams)
    )


async def _read_stream(client: Client, name: str) -> StreamReport:
    return describe_stream(await client.jetstream(timeout=5).stream_info(name))


async def _find_reason(client: Client, video: str, scene: int | None) -> str:
    """What a scene, or else its video, waits for as the log says; "" when it only waits for a worker."""
    state = (await JetStreamEventLog(client).read(video)).state
    delay = (state.scene(scene).delay() if scene is not None else None) or state.delay()
    return delay.problem.detail if delay else ""


def _describe_stage(stage: str, signs: Sequence[WorkerSign], backlogs: _Backlogs | None, at: datetime) -> StageStatus:
    busy = sum(sign.busy for sign in signs)
    known = StageStatus(stage=stage, workers=len(signs), slots=sum(sign.slots for sign in signs), in_progress=busy)
    if backlogs is None:
        return known
    names = [topology.consumer_name(stage, lane) for lane in LANES]
    found = [backlogs.by_consumer[name] for name in names if name in backlogs.by_consumer]
    known = msgspec.structs.replace(
        known,
        waiting=max(0, sum(each.lag for each in found) - busy),
        dead=backlogs.dead.get(stage, 0),
        missing_consumers=tuple(name for name in names if name not in backlogs.by_consumer),
    )
    oldest = min((each.oldest for each in found if each.oldest), key=lambda each: each.sequence, default=None)
    if oldest is None:
        return known
    video, scene = subjects.read_place(oldest.subject)
    return msgspec.structs.replace(
        known,
        oldest_seconds=max(0.0, (at - oldest.at).total_seconds()) if oldest.at else None,
        oldest_video=video,
        oldest_scene=scene,
        waits_for=backlogs.reasons.get((video, scene), ""),
    )


def _judge_stage(stage: StageStatus) -> list[str]:
    found = [f"{name} is missing: run `lectern provision`." for name in stage.missing_consumers]
    if stage.waiting and not stage.workers:
        found.append(f"{stage.stage}: {stage.waiting} messages wait, and no worker shows itself: start one.")
    elif (stage.oldest_seconds or 0) > LONG_WAIT_SECONDS:
        why = f": {stage.waits_for}" if stage.waits_for else ""
        found.append(f"{stage.stage}: its oldest message is {_show_age(stage.oldest_seconds)} old{why}")
    if stage.dead:
        found.append(f"{stage.stage}: {stage.dead} dead letters; `lectern dead list` says why.")
    return found


def _judge_gateways(backlogs: _Backlogs | None, at: datetime) -> list[str]:
    projector = backlogs.by_consumer.get(topology.PROJECTOR) if backlogs else None
    oldest = projector.oldest.at if projector and projector.oldest else None
    if projector is None or oldest is None or (at - oldest).total_seconds() < UNSEEN_SECONDS:
        return []
    age = _show_age((at - oldest).total_seconds())
    return [f"gateway: {projector.lag} events are not in the lists yet, the oldest for {age}: start a gateway."]


def _judge_stream(stream: StreamReport) -> list[str]:
    if not stream.leader:
        return [f"Stream {stream.name} has no leader: most of its {stream.replicas} servers must be up."]
    if stream.current < stream.replicas:
        return [f"Stream {stream.name}: {stream.current} of {stream.replicas} servers are up to date."]
    return []


def _print_table(status: InstallationStatus) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table("stage", "workers", "slots", "in progress", "waiting", "oldest", "dead", box=None, pad_edge=False)
    for each in status.stages:
        numbers = (each.workers, each.slots, each.in_progress, each.waiting)
        cells = [*map(_show_number, numbers), _show_age(each.oldest_seconds), _show_number(each.dead)]
        table.add_row(*map(make_text, (each.stage, *cells)))
    console.print(table)
    for stream in status.streams:
        line = f"{stream.name}: {stream.messages} messages, {stream.bytes / 1e6:.1f} MB, led by {stream.leader or '?'}"
        console.print(make_text(f"{line}, {stream.current} of {stream.replicas} servers up to date"))
    if room := status.room:
        disk = f"{room.free / 1e9:.1f} of {room.total / 1e9:.1f} GB of its disk free"
        line = f"store: {room.used / 1e9:.2f} GB used, {disk}"
        console.print(make_text(line + (f", may use {room.limit / 1e9:.1f} GB" if room.limit else "")))
    for each in status.stages:
        if each.oldest_video:
            scene = f" scene {each.oldest_scene}" if each.oldest_scene is not None else ""
            why = f": {each.waits_for}" if each.waits_for else ""
            console.print(make_text(f"oldest in {each.stage}: video {each.oldest_video}{scene}{why}"))
    if status.findings:
        console.print("\nNeeds a hand:")
    for finding in status.findings:
        console.print(make_text(f"  {finding}"))


def _show_number(number: int | None) -> str:
    return "?" if number is None else str(number)


def _show_age(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
