"""Keeping what a runner says of its videos and voices for when it has ended: see `kept_answers.py`."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import datetime
from typing import Any

import httpx
import msgspec
from nats.aio.client import Client

from lectern.cli.kept_answers import PAGE, KeptAnswers
from lectern.cli.runner.home import Endpoint, Home, find_end_of_listing
from lectern.cli.runner.made_with import digest_surroundings
from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.topology import PROJECTOR, VIDEOS
from lectern.worker import LOG_OUTAGES

PATIENCE_SECONDS = 5.0  # seconds for all questions: whoever stops a runner waits for them
_LOOK_SECONDS = 0.02
_ENDED = frozenset({"completed", "failed", "cancelled"})


class CollectedAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """Answers, and the log's last sequence when they were given: they hold if it is the last one in the end."""

    answers: KeptAnswers
    last: int


async def collect_answers(home: Home, endpoint: Endpoint, nats: Client) -> CollectedAnswers | None:
    """Asks a runner that is about to end. None where its answers would not hold, or are not there in five seconds.

    They hold if no video is in the making, nobody needs a key, and the list has the newest videos of the log.
    """
    try:
        client = httpx.AsyncClient(base_url=endpoint.url, trust_env=False, timeout=PATIENCE_SECONDS)
        async with asyncio.timeout(PATIENCE_SECONDS), client as http:
            last = await _wait_for_lists(nats)
            page = await _ask(http, f"/v1/videos?limit={PAGE}", _Page)
            videos = [msgspec.json.decode(video, type=_Facts) for video in page.data]
            requested = await _list_requested(nats)
            if [each.id for each in videos] != requested[:PAGE] or any(each.status not in _ENDED for each in videos):
                return None
            shown = {each.id: await _ask(http, f"/v1/videos/{each.id}", msgspec.Raw) for each in videos}
            voices = await _ask(http, "/v1/voices", _Page)
    except (httpx.HTTPError, msgspec.MsgspecError, *LOG_OUTAGES):
        return None
    oldest = min((each.created_at.timestamp() for each in videos), default=None)
    days = endpoint.keep_history_days
    return CollectedAnswers(
        answers=KeptAnswers(
            surroundings=endpoint.surroundings or digest_surroundings(home.path, os.environ),
            believed_until=find_end_of_listing(oldest, days) if oldest else None,
            complete=len(requested) <= PAGE,
            videos=page.data,
            shown=shown,
            voices=voices.data,
        ),
        last=last,
    )


async def keep_answers(home: Home, collected: CollectedAnswers | None, nats: Client) -> None:
    """Keeps answers once all services have ended, unless something has happened since they were given."""
    if collected is None:
        return
    try:
        last = await _read_last(nats)
    except LOG_OUTAGES:
        return
    if last == collected.last:
        collected.answers.write(home)


class _Page(msgspec.Struct, frozen=True):
    data: tuple[msgspec.Raw, ...]


class _Facts(msgspec.Struct, frozen=True):
    id: str
    status: str
    created_at: datetime


async def _ask(http: httpx.AsyncClient, path: str, kind: Any) -> Any:
    answer = (await http.get(path)).raise_for_status().content
    return msgspec.json.decode(answer, type=kind)


async def _wait_for_lists(nats: Client) -> int:
    """Waits until the lists have all that is in the log, whose last sequence is returned."""
    js = nats.jetstream(timeout=PATIENCE_SECONDS)
    while True:
        last = await _read_last(nats)
        projector = await js.consumer_info(VIDEOS, PROJECTOR)
        if not (projector.num_pending or projector.num_ack_pending):
            return last
        await asyncio.sleep(_LOOK_SECONDS)


async def _read_last(nats: Client) -> int:
    return (await nats.jetstream(timeout=PATIENCE_SECONDS).stream_info(VIDEOS)).state.last_seq


async def _list_requested(nats: Client) -> list[str]:
    """The ids of all videos in the log, newest first, by the server's index of subjects; ids begin with their time."""
    query = json.dumps({"subjects_filter": subjects.inputs(e.VideoRequested, "*")}).encode()
    reply = await nats.request(f"$JS.API.STREAM.INFO.{VIDEOS}", query, timeout=PATIENCE_SECONDS)
    found = json.loads(reply.data)["state"].get("subjects") or {}
    return sorted((subject.split(".")[2] for subject in found), reverse=True)
