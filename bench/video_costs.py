"""What a video costs the event log, the store and the processors: `python bench/video_costs.py [--json FILE]`.

The six services run as processes of their own over a real nats-server whose monitoring is read, and a real store behind
a proxy that counts. Makes bundled lessons one after another in each quality; nothing is remembered from one to the next
but voices (a dub or a second quality finds those). Tokens are not measured here: no model runs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from multidict import CIMultiDict
from yarl import URL

from lectern.lessons import load_lessons
from lectern.worker import apply_topology, connect_nats

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from nats_cluster import NatsCluster, nats_cluster
from servers import BUCKET, free_port, s3_server

SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")
LESSONS = ("pythagoras", "vaccines")
QUALITIES = ("draft", "standard", "high")
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"}
_TICKS = os.sysconf("SC_CLK_TCK")


class VideoCosts(msgspec.Struct, frozen=True, kw_only=True):
    """What one video took. Bytes are those of messages and bodies; CPU is in seconds, of the whole process tree."""

    lesson: str
    quality: str
    scenes: int
    seconds: float
    took_seconds: float
    render_cpu_seconds: float
    service_cpu_seconds: dict[str, float]
    log_messages: int
    log_bytes: int
    nats_messages: int
    nats_bytes: int
    stored_messages: int
    store_requests: dict[str, int]
    store_bytes: int
    output_bytes: int


class CountingProxy:
    """Passes requests on to a store, byte for byte, and counts them by method."""

    def __init__(self, target: str) -> None:
        self.requests: Counter[str] = Counter()
        self.bytes = 0
        self._target = URL(target)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Runs while the context lasts; yields its address."""
        app = web.Application(client_max_size=2**31)
        async with ClientSession(
            auto_decompress=False, timeout=ClientTimeout(600), connector=TCPConnector(limit=0)
        ) as self._http:
            app.router.add_route("*", "/{path:.*}", self._pass_on)
            runner = web.AppRunner(app, auto_decompress=False)
            await runner.setup()
            port = free_port()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests[request.method] += 1
        url = self._target.with_path(request.rel_url.raw_path, encoded=True).with_query(None)
        url = URL(
            f"{url}{'?' + request.rel_url.raw_query_string if request.rel_url.raw_query_string else ''}", encoded=True
        )
        headers = CIMultiDict((name, value) for name, value in request.headers.items() if name.lower() != "expect")
        async with self._http.request(
            request.method, url, headers=headers, data=body or None, allow_redirects=False
        ) as answer:
            content = await answer.read()
            self.bytes += len(body) + len(content)
            kept = CIMultiDict((n, v) for n, v in answer.headers.items() if n.lower() not in _HOP_BY_HOP)
            if request.method == "HEAD" and (length := answer.headers.get("Content-Length")):
                kept["Content-Length"] = length
            return web.Response(status=answer.status, headers=kept, body=content or None)


@contextmanager
def run_services(settings: dict[str, str], port: int) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Runs each service as in production."""
    with ExitStack() as stack:
        processes = {}
        for name in SERVICES:
            own = {"LECTERN_PORT": str(port)} if name == "gateway" else {}
            env = {**os.environ, **settings, **own}
            process = subprocess.Popen([sys.executable, "-m", f"lectern.{name}"], env=env, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            processes[name] = process
        yield processes


def count_cpu(process: subprocess.Popen[bytes]) -> float:
    """CPU seconds of a process and of all children it still has or has waited for."""
    parents: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
            used[int(folder.name)] = sum(map(int, fields[11:15])) / _TICKS
    total, todo = 0.0, [process.pid]
    while todo:
        pid = todo.pop()
        total += used.get(pid, 0.0)
        todo += parents.get(pid, [])
    return total


def read_traffic(cluster: NatsCluster) -> Counter[str]:
    """Messages and bytes that clients sent and were sent, and what VIDEOS and all streams hold, in all servers."""
    found: Counter[str] = Counter()
    for node in cluster.nodes:
        state = node.monitor_json("/varz")
        found["messages"] += state["in_msgs"] + state["out_msgs"]
        found["bytes"] += state["in_bytes"] + state["out_bytes"]
    streams = cluster.nodes[0].monitor_json("/jsz?acc=$G&streams=true")["account_details"][0]["stream_detail"]
    for stream in streams:
        found["stored"] += stream["state"]["last_seq"]
        if stream["name"] == "VIDEOS":
            found["log messages"] += stream["state"]["messages"]
            found["log bytes"] += stream["state"]["bytes"]
    return found


async def make_video(http: httpx.AsyncClient, lesson: str, quality: str) -> dict[str, Any]:
    """Makes a lesson and waits for it as a client that follows its events does."""
    markdown = next(each.text for each in load_lessons() if each.name == lesson)
    body = {"document": {"markdown": markdown}, "options": {"quality": quality}}
    video = (await http.post("/v1/videos", json=body)).raise_for_status().json()
    async with http.stream("GET", video["urls"]["events"], timeout=600) as stream:
        async for line in stream.aiter_lines():
            ended = line.removeprefix("event:").strip().removeprefix("video.").removesuffix(".v1")
            if line.startswith("event:") and ended in ("completed", "failed", "cancelled"):
                break
    found: dict[str, Any] = (await http.get(video["urls"]["self"])).raise_for_status().json()
    return found


async def measure(replicas: int, lessons: Sequence[str], qualities: Sequence[str]) -> list[VideoCosts]:
    """Makes every lesson in every quality."""
    with tempfile.TemporaryDirectory(prefix="lectern-costs-") as folder:
        places = {name: Path(folder, name) for name in ("nats", "s3", "scratch")}
        for place in places.values():
            place.mkdir()
        with nats_cluster(places["nats"], size=replicas) as cluster, s3_server(places["s3"]) as s3:
            nats = await connect_nats(cluster.url, "provision")
            await apply_topology(nats, replicas=replicas)
            await nats.close()
            proxy, port = CountingProxy(s3.endpoint), free_port()
            async with proxy.serve() as endpoint:
                settings = {
                    "LECTERN_NATS_URL": cluster.url,
                    "LECTERN_S3_ENDPOINT": endpoint,
                    "LECTERN_S3_ACCESS_KEY": s3.access_key,
                    "LECTERN_S3_SECRET_KEY": s3.secret_key,
                    "LECTERN_S3_BUCKET": BUCKET,
                    "LECTERN_METRICS_PORT": "0",
                    "LECTERN_SCRATCH": str(places["scratch"]),
                    "LECTERN_LOG_LEVEL": "WARNING",
                }
                with run_services(settings, port) as processes:
                    async with httpx.AsyncClient(
                        base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False
                    ) as http:
                        await wait_until_ready(http)
                        return [
                            await measure_one(http, cluster, proxy, processes, lesson, quality)
                            for quality in qualities
                            for lesson in lessons
                        ]


async def measure_one(
    http: httpx.AsyncClient,
    cluster: NatsCluster,
    proxy: CountingProxy,
    processes: dict[str, subprocess.Popen[bytes]],
    lesson: str,
    quality: str,
) -> VideoCosts:
    """One video, without what the services do at rest in the same time."""
    rest_started, rest = time.monotonic(), read_traffic(cluster)
    await asyncio.sleep(10)
    before = read_traffic(cluster)
    at_rest = {name: (before[name] - rest[name]) / (time.monotonic() - rest_started) for name in ("messages", "bytes")}
    requests, sent = Counter(proxy.requests), proxy.bytes
    cpu = {name: count_cpu(process) for name, process in processes.items()}
    started = time.monotonic()
    video = await make_video(http, lesson, quality)
    took = time.monotonic() - started
    if video["status"] != "completed":
        raise SystemExit(f"{lesson} was not made: {video['error']}")
    await asyncio.sleep(2)  # views and tallies that are still on their way
    after, waited = read_traffic(cluster), time.monotonic() - started
    return VideoCosts(
        lesson=lesson,
        quality=quality,
        scenes=len(video["scenes"]),
        seconds=video["seconds"],
        took_seconds=round(took, 1),
        render_cpu_seconds=round(
            sum(item["cpu_seconds"] for item in video["usage"]["items"] if item["kind"] == "render"), 2
        ),
        service_cpu_seconds={name: round(count_cpu(process) - cpu[name], 2) for name, process in processes.items()},
        log_messages=after["log messages"] - before["log messages"],
        log_bytes=after["log bytes"] - before["log bytes"],
        nats_messages=round(after["messages"] - before["messages"] - at_rest["messages"] * waited),
        nats_bytes=round(after["bytes"] - before["bytes"] - at_rest["bytes"] * waited),
        stored_messages=after["stored"] - before["stored"],
        store_requests=dict(proxy.requests - requests),
        store_bytes=proxy.bytes - sent,
        output_bytes=sum(output["bytes"] for output in video["outputs"]),
    )


async def wait_until_ready(http: httpx.AsyncClient) -> None:
    """Waits until the gateway answers and every stage shows a worker."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            queue = (await http.get("/v1/queue")).json()
            if all(stage["workers"] for stage in queue["data"]):
                return
        except (httpx.TransportError, KeyError, ValueError, TypeError):
            pass
        await asyncio.sleep(0.5)
    raise TimeoutError("the services did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--lesson", action="append", help="instead of all")
    parser.add_argument("--quality", action="append", help="instead of all")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = asyncio.run(measure(options.replicas, options.lesson or LESSONS, options.quality or QUALITIES))
    for costs in found:
        print(msgspec.json.encode(costs).decode())
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


if __name__ == "__main__":
    main()
