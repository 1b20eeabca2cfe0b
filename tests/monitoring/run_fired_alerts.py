"""Alerts fired for real: Prometheus scrapes a running Lectern in which something is broken, Alertmanager tells a receiver.

Not part of `make test`, as it takes minutes: `make monitoring` runs it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import promql_parser
import pytest
import yaml
from aiohttp import web
from api_client import ApiClient
from monitoring.rule_files import ROOT, RULE_FILES, find_program, list_rules
from monitoring.test_rule_names import find_selectors
from servers import free_port
from unit.cli.command import invoke_in_thread

from lectern.cli.runner.stack import Stack, run_stack
from lectern.contracts.ids import new_id
from lectern.worker import connect_nats

pytestmark = pytest.mark.timeout(580)

EXTERNAL = {"lectern_docs": "https://docs.example/", "lectern_grafana": "https://grafana.example"}


@dataclass
class Receiver:
    """What Alertmanager told: each alert with its state and the second at which it arrived."""

    url: str
    told: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        for alert in (await request.json())["alerts"]:
            self.told.append((time.monotonic(), request.path, alert))
        return web.Response()

    async def wait_for(self, name: str, status: str, seconds: float) -> tuple[float, str, dict[str, Any]]:
        async with asyncio.timeout(seconds):
            while True:
                for told in self.told:
                    if told[2]["labels"]["alertname"] == name and told[2]["status"] == status:
                        return told
                await asyncio.sleep(0.2)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    port = free_port()
    receiver = Receiver(f"http://127.0.0.1:{port}")
    app = web.Application()
    app.add_routes([web.post("/{severity}", receiver.take)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield receiver
    finally:
        await runner.cleanup()


@asynccontextmanager
async def program(argv: list[str], ready: str) -> AsyncIterator[None]:
    """A server while the context lasts, ready when it answers an address."""
    process = await asyncio.create_subprocess_exec(*argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        async with httpx.AsyncClient() as http, asyncio.timeout(60):
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if (await http.get(ready)).status_code == 200:
                        break
                await asyncio.sleep(0.1)
        yield
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def monitoring(stack: Stack, receiver: Receiver, folder: Path) -> AsyncIterator[str]:
    """Prometheus with our rules, and Alertmanager with our example of a configuration, each looking every few seconds.

    Yields the address of Prometheus.
    """
    alerting, scraping = free_port(), free_port()
    example = (ROOT / "deploy" / "monitoring" / "alertmanager.yaml").read_text()
    config = yaml.safe_load(example.replace("http://127.0.0.1:9999", receiver.url))
    config["route"] |= {"group_wait": "1s", "group_interval": "5s"}
    (folder / "alertmanager.yaml").write_text(yaml.safe_dump(config))
    prometheus = {
        "global": {"scrape_interval": "5s", "evaluation_interval": "5s", "external_labels": EXTERNAL},
        "rule_files": [str(path) for path in RULE_FILES],
        "scrape_configs": [
            {"job_name": "lectern", "static_configs": [{"targets": [stack.url.removeprefix("http://")]}]}
        ],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alerting}"]}]}]},
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(prometheus))
    alertmanager = [
        find_program("prometheus-alertmanager"), f"--config.file={folder}/alertmanager.yaml",
        f"--storage.path={folder}/alertmanager", f"--web.listen-address=127.0.0.1:{alerting}",
        "--cluster.listen-address=",
    ]  # fmt: skip
    server = [
        find_program("prometheus"), f"--config.file={folder}/prometheus.yaml",
        f"--storage.tsdb.path={folder}/prometheus", f"--web.listen-address=127.0.0.1:{scraping}",
    ]  # fmt: skip
    async with (
        program(alertmanager, f"http://127.0.0.1:{alerting}/-/ready"),
        program(server, f"http://127.0.0.1:{scraping}/-/ready"),
    ):
        yield f"http://127.0.0.1:{scraping}"


def check_words(alert: dict[str, Any]) -> None:
    """The annotations are filled in, and lead to a page that exists."""
    said = alert["annotations"]
    assert not re.search(r"<error|<no value>|\{\{|%!", " ".join(said.values())), said
    page = said["runbook_url"].removeprefix(EXTERNAL["lectern_docs"])
    assert (ROOT / page).exists(), said
    assert said["dashboard"].startswith(f"{EXTERNAL['lectern_grafana']}/d/lectern-")


async def publish_unknown_event(stack: Stack) -> None:
    """What an old pod gets when a newer version has added an event of a new version."""
    nats = await connect_nats(stack.nats_url, "test", stack.nats_login)
    event = b'{"type":"scene.planned.v9","video_id":"x"}'
    await nats.jetstream().publish(f"videos.fast.{new_id()}.scenes.1.planned", event)
    await nats.close()


async def test_what_is_broken_is_told_and_told_again_when_it_is_mended(tmp_path: Path) -> None:
    async with (
        run_stack(tmp_path / "home", renderers=1) as stack,
        receiving() as receiver,
        monitoring(stack, receiver, tmp_path),
    ):
        await asyncio.sleep(15)  # a few scrapes of a sound installation
        assert receiver.told == [], "nothing is wrong yet"

        broken = time.monotonic()
        await publish_unknown_event(stack)
        at, where, alert = await receiver.wait_for("LecternDeadLetters", "firing", 120)
        print(f"dead letter: told after {at - broken:.0f} s: {alert['annotations']['description']}")
        assert (where, alert["labels"]["stage"]) == ("/tickets", "voice")
        check_words(alert)

        mended = time.monotonic()
        dropped = await invoke_in_thread("dead", "drop", "1", home=tmp_path / "home")
        assert dropped.status == 0, dropped.err
        at, _, _ = await receiver.wait_for("LecternDeadLetters", "resolved", 120)
        print(f"dead letter: told to be gone after {at - mended:.0f} s")

        broken = time.monotonic()
        async with stack.without("store"):
            at, where, alert = await receiver.wait_for("LecternStoreUnavailable", "firing", 300)
            print(f"store away: told after {at - broken:.0f} s: {alert['annotations']['description']}")
            assert where == "/pages"
            check_words(alert)
            mended = time.monotonic()
        at, _, _ = await receiver.wait_for("LecternStoreUnavailable", "resolved", 300)
        print(f"store back: told after {at - mended:.0f} s")


# Series that only something bad brings about, a provider, or a cluster.
NEED_MORE = (
    "lectern_stage_waits_total", "lectern_model_requests_total", "lectern_voice_requests_total", "lectern_log_replicas",
    "lectern_event_stream_lag_seconds_bucket", "lectern_sandbox_kills_total", "lectern_spent_dollars_total",
    'status=~"5.."', "kube_", "keda_", "kubelet_",
    # Longer windows have figures once a whole five minutes, by the clock, have passed.
    'window="30m"', 'window="1h"', 'window="2h"', 'window="6h"', 'window="1d"', 'window="3d"',
)  # fmt: skip


async def find_empty(prometheus: str) -> set[str]:
    """The selectors of all rules that find no series, though nothing bad must happen for them."""
    rules = [rule for path in RULE_FILES for rule in list_rules(path)]
    selectors = {
        selector.prettify() for rule in rules for selector in find_selectors(promql_parser.parse(rule["expr"]))
    }
    empty = set()
    async with httpx.AsyncClient(base_url=prometheus) as http:
        for selector in selectors:
            answer = await http.get("/api/v1/query", params={"query": selector})
            if not answer.json()["data"]["result"] and not any(part in selector for part in NEED_MORE):
                empty.add(selector)
    return empty


async def test_after_a_video_every_rule_finds_its_series(tmp_path: Path) -> None:
    async with (
        run_stack(tmp_path / "home", renderers=1) as stack,
        receiving() as receiver,
        monitoring(stack, receiver, tmp_path) as prometheus,
    ):
        client = ApiClient(stack.url)
        video = await client.create_video()
        assert (await client.wait_for_outcome(video, seconds=200))["status"] == "completed"
        await client.http.aclose()
        async with asyncio.timeout(60):
            while empty := await find_empty(prometheus):
                print(len(empty), "selectors without series:", *sorted(empty), sep="\n  ")
                await asyncio.sleep(5)
        assert receiver.told == [], "a sound video fires nothing"
