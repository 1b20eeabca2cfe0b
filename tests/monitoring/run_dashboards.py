"""Every panel's query, asked of a Prometheus that scrapes a running Lectern while it makes videos.

Not part of `make test`, as it takes minutes: `make monitoring` runs it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import TIDES, ApiClient
from monitoring.drawing_boards import describe_panel, draw_boards
from monitoring.rule_files import ROOT
from monitoring.run_fired_alerts import monitoring, receiving
from monitoring.test_dashboards import API_TARGETS, BOARDS, QUERIES

from lectern.cli.runner.stack import run_stack

pytestmark = pytest.mark.timeout(580)

VARIABLES = {"$__rate_interval": "1m", "$__range_s": "300", "$__range": "5m", "$__interval": "15s"}
ANY = ("$namespace", "$quality", "$stage")

# Queries over these have data only in a cluster, with a model or a paid voice, or when something is wrong.
NEED_MORE = {
    "a cluster": ("kube_", "keda_", "container_"),
    "a model or a paid voice": (
        "lectern_model_", "lectern_spent_dollars_total", "lectern_voice_requests_total", "lectern_voice_request_seconds",
        'origin="model"', 'cache="answers"', "lectern_voice_characters_total",
    ),
    "trouble": (
        "lectern_stage_retries_total", "lectern_stage_waits_total", "lectern_stage_failures_total",
        "lectern_dead_letters_total", "lectern_scenes_degraded_total", "lectern_scenes_failed_total",
        "lectern_video_failures_total", "lectern_scene_findings_total", "lectern_sandbox_kills_total", "ALERTS", 'status=~"5..',
    ),
    "more replicas, or a limit of its own": ("lectern_log_replicas", "lectern_log_storage_limit_bytes"),
    "a receiver of webhooks": ("lectern_webhook_attempt",),
    "work that waits": ("topk(1, ",),
}  # fmt: skip


def fill(query: str) -> str:
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    for name in ANY:
        query = query.replace(name, ".*")
    return query


def find_excuse(query: str) -> str:
    return next((why for why, parts in NEED_MORE.items() if any(part in query for part in parts)), "")


async def find_empty(http: httpx.AsyncClient, since: float) -> dict[str, str]:
    """The queries without a figure, with the panel of each."""
    empty = {}
    for name, query in QUERIES:
        params = {"query": fill(query), "start": since, "end": time.time(), "step": "5"}
        answer = (await http.get("/api/v1/query_range", params=params)).json()
        assert answer["status"] == "success", f"{name}: {answer}"
        figures = [value for series in answer["data"]["result"] for _, value in series["values"]]
        if not any(figure != "NaN" for figure in figures):
            empty[query] = name
    return empty


def read_path(value: Any, path: str) -> Any:
    for part in filter(None, path.split(".")):
        value = value.get(part) if isinstance(value, dict) else None
    return value


async def describe_boards(http: httpx.AsyncClient, since: float, video: dict[str, Any]) -> dict[str, Any]:
    """All dashboards with what their queries answered since a time."""

    async def ask(query: str) -> Any:
        params = {"query": fill(query), "start": since, "end": time.time(), "step": "2"}
        return (await http.get("/api/v1/query_range", params=params)).json()["data"]["result"]

    described = {}
    for uid, board in BOARDS.items():
        panels = []
        for panel in board["panels"]:
            source, targets = panel.get("datasource", {}).get("type"), panel.get("targets", [])
            answers: list[Any] = []
            if source == "prometheus":
                answers = [await ask(target["expr"]) for target in targets]
            elif source == "yesoreyeram-infinity-datasource":
                root = read_path(video, targets[0]["root_selector"])
                rows = root if isinstance(root, list) else [root]
                answers = [[read_path(row, column["selector"]) for column in targets[0]["columns"]] for row in rows]
            panels.append(describe_panel(panel, answers))
        described[uid] = {"title": board["title"], "question": board["description"], "panels": panels}
    return described


async def follow_events(url: str, video: str) -> None:
    async with httpx.AsyncClient(timeout=None) as http, http.stream("GET", f"{url}/v1/videos/{video}/events") as stream:
        async for _ in stream.aiter_lines():
            pass


async def test_every_panel_has_data_after_a_few_videos(tmp_path: Path) -> None:
    async with (
        run_stack(tmp_path / "home", renderers=1) as stack,
        receiving() as receiver,
        monitoring(stack, receiver, tmp_path) as prometheus,
        httpx.AsyncClient(base_url=prometheus) as http,
    ):
        client = ApiClient(stack.url)
        since = time.time()
        await asyncio.sleep(12)  # two scrapes, so that what is counted from here on is an increase
        video = await client.create_video()
        following = asyncio.create_task(follow_events(stack.url, video))
        assert (await client.wait_for_outcome(video, seconds=250))["status"] == "completed"
        again = await client.create_video(TIDES.replace("tide", "high tide"))
        assert (await client.wait_for_outcome(again, seconds=250))["status"] == "completed"
        await asyncio.sleep(8)
        shown = (await client.http.get(f"/v1/videos/{video}")).json()
        await draw_boards(await describe_boards(http, since, shown), ROOT / "docs" / "images" / "dashboards")
        async with asyncio.timeout(25):
            while True:
                empty = await find_empty(http, since)
                unexcused = {name for query, name in empty.items() if not find_excuse(query)}
                if not unexcused:
                    break
                print("UNEX", len(unexcused), "panels without data:", *sorted(unexcused), sep="\n  ")
                await asyncio.sleep(5)
        excused = sum(bool(find_excuse(query)) for query in empty)
        print(
            f"{len(QUERIES) - len(empty)} of {len(QUERIES)} queries have data, {excused} need more than a sound video"
        )

        shown = (await client.http.get(f"/v1/videos/{video}")).json()
        for name, target in API_TARGETS:
            rows = read_path(shown, target["root_selector"])
            assert rows, name
        pictures = ROOT / "docs" / "images" / "dashboards"
        await draw_boards(await describe_boards(http, since, shown), pictures)
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        await client.http.aclose()
