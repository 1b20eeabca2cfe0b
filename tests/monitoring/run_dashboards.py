"""Every panel's query, asked of a Prometheus that scrapes a running Lectern while it makes videos.

Not part of `make test`, as it takes minutes: `make monitoring` runs it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import BROKEN, SPINNING, TIDES, ApiClient
from e2e.model_answers import answers
from monitoring.drawing_boards import describe_panel, draw_boards
from monitoring.rule_files import ROOT
from monitoring.run_fired_alerts import monitoring, receiving
from monitoring.test_dashboards import API_TARGETS, BOARDS, QUERIES
from standins.behaviour import Move, Says, StandIn
from standins.gemini import gemini

from lectern.cli.runner.stack import run_stack

pytestmark = pytest.mark.timeout(580)

PICTURES = ROOT / "docs" / "images" / "dashboards"
RATE_INTERVAL = "1m"
ANY = ("$namespace", "$quality", "$stage")

# Queries over these have data only in a cluster, or when something is wrong that is not broken here.
NEED_MORE = {
    "a cluster": ("kube_", "keda_", "container_"),
    "an attempt or a provider that fails": ("lectern_stage_waits_total", "lectern_stage_retries_total", 'outcome!="ok"', 'status=~"5..'),
    "an alert that fires": ("ALERTS",),
    "a job given up": ("lectern_stage_failures_total", "lectern_dead_letters_total", "lectern_scenes_failed_total", "lectern_video_failures_total"),
    "a scene that takes too much": ("lectern_sandbox_kills_total",),
    "an event log of several servers, or with a limit": ("lectern_log_replicas", "lectern_log_storage_limit_bytes"),
    "a receiver of webhooks": ("lectern_webhook_attempt",),
    "work that waits for long": ("topk(1, ",),
}  # fmt: skip


TOPICS = {"blue": "Why is the sky blue by day?", "red": "Why is the sunset red?", "green": "Why is the grass green?"}


def answer(request: dict[str, Any]) -> Move:
    """A model's answers about each of the topics: other words, so that no answer is that of another video."""
    move, asked = answers(request), json.dumps(request["contents"])
    colour = next((colour for colour, topic in TOPICS.items() if topic in asked), "blue")
    return replace(move, text=move.text.replace("blue", colour), cached=40) if isinstance(move, Says) else move


def fill(query: str, seconds: float) -> str:
    """A query as Grafana sends it for a range of so many seconds, with everything chosen."""
    values = {"$__rate_interval": RATE_INTERVAL, "$__range_s": f"{seconds:.0f}", "$__range": f"{seconds:.0f}s"}
    for name, value in values.items():
        query = query.replace(name, value)
    for name in ANY:
        query = query.replace(name, ".*")
    return query


def find_excuse(query: str) -> str:
    return next((why for why, parts in NEED_MORE.items() if any(part in query for part in parts)), "")


async def ask(http: httpx.AsyncClient, query: str, since: float) -> list[dict[str, Any]]:
    """The series of a query since a time."""
    now = time.time()
    params = {"query": fill(query, now - since), "start": since, "end": now, "step": "5"}
    answer = (await http.get("/api/v1/query_range", params=params)).json()
    assert answer["status"] == "success", f"{query}: {answer}"
    series: list[dict[str, Any]] = answer["data"]["result"]
    return series


async def find_empty(http: httpx.AsyncClient, since: float) -> dict[str, str]:
    """The queries without a figure, with the panel of each."""
    empty = {}
    for name, query in QUERIES:
        figures = [value for series in await ask(http, query, since) for _, value in series["values"]]
        if not any(figure != "NaN" for figure in figures):
            empty[query] = name
    return empty


def read_path(value: Any, path: str) -> Any:
    for part in filter(None, path.split(".")):
        value = value.get(part) if isinstance(value, dict) else None
    return value


async def describe_boards(http: httpx.AsyncClient, since: float, video: dict[str, Any]) -> dict[str, Any]:
    """All dashboards with what their queries answered since a time."""
    described = {}
    for uid, board in BOARDS.items():
        panels = []
        for panel in board["panels"]:
            source, targets = panel.get("datasource", {}).get("type"), panel.get("targets", [])
            answers: list[Any] = []
            if source == "prometheus":
                answers = [await ask(http, target["expr"], since) for target in targets]
            elif source == "yesoreyeram-infinity-datasource":
                root = read_path(video, targets[0]["root_selector"])
                rows = root if isinstance(root, list) else [root]
                answers = [[read_path(row, column["selector"]) for column in targets[0]["columns"]] for row in rows]
            panels.append(describe_panel(panel, answers))
        words = {"title": board["title"], "question": board["description"], "video": video["id"]}
        described[uid] = words | {"panels": panels, "since": since, "until": time.time()}
    return described


@asynccontextmanager
async def traffic(url: str, video: str) -> AsyncIterator[None]:
    """People who use the API: some read, some ask for what is not there or cannot be, one follows the newest video."""
    calls = ("videos?limit=5", f"videos/{video}", f"videos/{'0' * 8}-0000-7000-8000-{'0' * 12}", "nothing", "voices")

    async def call(http: httpx.AsyncClient) -> None:
        while True:
            for path in calls:
                await http.get(f"/v1/{path}")
            await http.post("/v1/videos", json={"options": {"quality": "no such"}})
            await asyncio.sleep(0.5)

    async def follow(http: httpx.AsyncClient) -> None:
        newest = video
        while True:
            async with http.stream("GET", f"/v1/videos/{newest}/events") as stream:
                async for _ in stream.aiter_lines():
                    pass
            await asyncio.sleep(1)
            newest = (await http.get("/v1/videos?limit=1")).json()["data"][0]["id"]

    async with httpx.AsyncClient(base_url=url, timeout=None, trust_env=False) as http:
        tasks = [asyncio.create_task(call(http)), asyncio.create_task(follow(http))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(each, asyncio.CancelledError) for each in ended), ended


async def request_topic(client: ApiClient, topic: str) -> str:
    """Requests a video that a model writes and draws; returns its id."""
    body = {"topic": topic, "options": {"quality": "draft"}}
    return str((await client.http.post("/v1/videos", json=body)).json()["id"])


async def make_videos(client: ApiClient, first: str) -> str:
    """One of each kind of video: drawn by a model, from a document, again, broken, cancelled. Returns the broken one."""

    async def wait(*videos: str) -> list[str]:
        return [(await client.wait_for_outcome(video, seconds=250))["status"] for video in videos]

    assert await wait(first) == ["completed"]
    await client.http.get(f"/v1/videos/{first}/scenes/1/still")
    await client.http.get(f"/v1/videos/{first}/contact-sheet")
    broken = await client.create_video(BROKEN)
    long = await client.create_video(SPINNING)
    await client.wait_until(long, lambda video: any(scene["status"] != "planned" for scene in video["scenes"]), 250)
    await client.http.post(f"/v1/videos/{long}/cancel", json={})
    assert await wait(broken, long) == ["completed", "cancelled"]
    again = [await client.create_video(TIDES), await request_topic(client, TOPICS["red"])]
    assert await wait(*again) == ["completed"] * 2
    again = [await client.create_video(TIDES), await request_topic(client, TOPICS["green"])]
    assert await wait(*again) == ["completed"] * 2
    return broken


async def wait_for_figures(http: httpx.AsyncClient, since: float) -> None:
    """Waits until every query that needs nothing more has a figure; says which have none, and why."""
    deadline = time.monotonic() + 60
    while True:
        empty = await find_empty(http, since)
        excused = {name: find_excuse(query) for query, name in empty.items()}
        missing = sorted(name for name, excuse in excused.items() if not excuse)
        if not missing or time.monotonic() > deadline:
            break
        await asyncio.sleep(5)
    print(f"{len(QUERIES) - len(empty)} of {len(QUERIES)} queries have figures; the others need more:")
    print(*(f"  {name}: {excuse}" for name, excuse in sorted(excused.items()) if excuse), sep="\n")
    assert not missing, "panels without data"


async def test_every_panel_has_data_after_a_few_videos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with gemini(StandIn(otherwise=answer)) as model:
        monkeypatch.setenv("GEMINI_API_KEY", "a-key")
        monkeypatch.setenv("LECTERN_GEMINI_URL", model.url)
        async with (
            run_stack(tmp_path / "home", renderers=2) as stack,
            receiving() as receiver,
            monitoring(stack, receiver, tmp_path) as prometheus,
            httpx.AsyncClient(base_url=prometheus, trust_env=False) as http,
        ):
            client = ApiClient(stack.url)
            since = time.time()
            await asyncio.sleep(12)  # two scrapes, so that what is counted from here on is an increase
            first = await request_topic(client, TOPICS["blue"])
            async with traffic(stack.url, first):
                broken = await make_videos(client, first)
                late = [await client.create_video(TIDES.replace("tide", f"tide {n}")) for n in range(3)]
                await asyncio.sleep(11)  # pictures of work: two scrapes of it
                described = await describe_boards(http, since, await client.get_video(broken))
                await draw_boards(described, PICTURES)
                await wait_for_figures(http, since)
                for video in late:
                    await client.wait_for_outcome(video, seconds=250)
            shown = await client.get_video(broken)
            for name, target in API_TARGETS:
                assert read_path(shown, target["root_selector"]), name
            await client.http.aclose()
