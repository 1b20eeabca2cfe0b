"""`lectern trace`: where a video's time went, from its log alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from lectern.cli.exit_status import OK, USAGE, CommandExit, command_exit
from lectern.cli.nats_connection import connect_event_log
from lectern.cli.terminal import encode_json
from lectern.cli.waterfall import draw_waterfall
from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.waterfall import Waterfall, add_up_stages, build_waterfall
from lectern.tracing import read_trace_id
from lectern.worker import JetStreamEventLog


async def trace_video(video_id: str, act: int | None, nats_url: str, home: Path, *, json: bool) -> int:
    """Prints a video's waterfall. Raises CommandExit (2) for a video, or an act, that the log does not hold."""
    if not _is_token(video_id):
        raise _refuse(f"{video_id!r} is no video's id.")
    async with connect_event_log(nats_url, home) as client:
        log = await JetStreamEventLog(client).read(video_id)
    waterfall = _build(video_id, log, act)
    if json:
        typer.echo(encode_json(as_json(waterfall, log)))
    else:
        console = Console(highlight=False)
        console.print(draw_waterfall(waterfall, log.state.status(), log.state.title(), console.width))
    return OK


def as_json(waterfall: Waterfall, log: VideoLog) -> dict[str, Any]:
    """The waterfall for programs. Times are RFC 3339, durations seconds."""
    return {
        "video": waterfall.video_id,
        "status": log.state.status(),
        "trace_id": read_trace_id(waterfall.traceparent) or None,
        "act": waterfall.act,
        "acts": waterfall.acts,
        "revision": waterfall.revision,
        "began_at": waterfall.began_at,
        "ended_at": waterfall.ended_at,
        "ends_with": waterfall.ends_with or None,
        "seconds": waterfall.seconds(),
        "steps": [
            {
                "stage": step.stage,
                "scene": step.scene,
                "revision": step.revision,
                "version": step.version,
                "queued_at": step.times.queued_at,
                "began_at": step.times.began_at,
                "ended_at": step.times.ended_at,
                "attempt": step.times.attempt,
                "end": step.end,
                "critical": step.critical,
                "delays": [{"since": since, "code": problem.code} for since, problem in step.delays],
            }
            for step in waterfall.steps
        ],
        "critical_path": [
            {
                "stage": part.stage,
                "scene": part.scene,
                "kind": part.kind,
                "start": part.start,
                "end": part.end,
                "seconds": part.seconds(),
            }
            for part in waterfall.path
        ],
        "stages": add_up_stages(waterfall),
    }


def _build(video_id: str, log: VideoLog, act: int | None) -> Waterfall:
    if not log:
        raise _refuse(f"The event log holds no video {video_id}.")
    if log.is_deleted:
        raise _refuse(f"The video {video_id} was deleted, and its history with it.")
    try:
        waterfall = build_waterfall(log, e.now(), act)
    except IndexError as error:
        raise _refuse(f"The video was worked on for {_count_acts(log)} acts of its user: {error}.") from error
    if waterfall is None:
        raise _refuse(f"The event log does not hold the beginning of {video_id} any more.")
    return waterfall


def _count_acts(log: VideoLog) -> int:
    newest = build_waterfall(log, e.now())
    return newest.acts if newest else 0


def _is_token(video_id: str) -> bool:
    """True if the id is one token of a subject: it becomes part of what is asked for."""
    return bool(video_id) and all(char.isalnum() or char in "-_" for char in video_id)


def _refuse(detail: str) -> CommandExit:
    return command_exit(USAGE, "no-such-video", "There is nothing to show", detail, "List videos with `lectern list`.")
