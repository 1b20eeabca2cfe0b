"""Event streams of one gateway process: `python bench/streams.py [--connections 10000] [--videos 1000] [--rate 100]`.

A client process opens the connections, spread over the videos; then so many events a second are published for a while,
and each is timed from its publication to each client. Then all clients lose their connections at once and resume. The
gateway's memory and CPU time are those of its process. The client is asyncio protocols that look for two fields.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from gateway_process import run_gateway

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, VideoOptions
from lectern.worker import JetStreamEventLog, connect_nats

OPTIONS = VideoOptions(quality="draft")
SCENES = 8
_SETTLING = 5.0  # seconds without traffic before memory is read
_LATE = 60.0  # seconds after the last event in which all must have arrived: what comes late is no loss


class Report(msgspec.Struct, kw_only=True):
    """What the client process saw; times in seconds."""

    opened: int
    seconds: float
    slowest: float
    latencies: list[float] = []


class Client(asyncio.Protocol):
    """One event stream. `opened` is set by its first bytes, `latencies` gets the age of each event."""

    def __init__(self, video: str, after: int | None, latencies: list[float]) -> None:
        self._video = video
        self._after = after
        self._latencies = latencies
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self.last = after
        self.opened = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        resume = f"Last-Event-ID: {self._after}\r\n" if self._after is not None else ""
        request = f"GET /v1/videos/{self._video}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n{resume}\r\n"
        transport.write(request.encode())

    def data_received(self, data: bytes) -> None:
        now = time.time()
        if not self.opened.done():
            if not data.startswith(b"HTTP/1.1 200"):
                self.opened.set_exception(ConnectionError(data[:100].decode(errors="replace")))
                return
            self.opened.set_result(time.perf_counter())
        *blocks, self._rest = (self._rest + data).split(b"\n\n")
        for block in blocks:
            if (start := block.find(b"\nid: ")) >= 0:
                self.last = int(block[start + 5 : block.index(b"\n", start + 1)])
            if b"event: scene." in block and (start := block.find(b'"time":"')) >= 0:
                at = block[start + 8 : block.index(b'"', start + 8)].decode()
                self._latencies.append(now - datetime.fromisoformat(at).timestamp())

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionError("closed before it was answered"))

    def abort(self) -> None:
        """Drops the connection."""
        if self._transport:
            self._transport.abort()


async def connect_all(port: int, videos: Sequence[tuple[str, int | None]], latencies: list[float]) -> list[Client]:
    """Opens all streams at once."""
    loop = asyncio.get_running_loop()

    async def connect(video: str, after: int | None) -> Client:
        for _ in range(20):
            client = Client(video, after, latencies)
            try:
                await loop.create_connection(lambda: client, "127.0.0.1", port)  # noqa: B023
                await client.opened
                return client
            except OSError as error:
                last = error
                await asyncio.sleep(0.2)
        raise last

    return list(await asyncio.gather(*(connect(video, after) for video, after in videos)))


async def run_client(port: int, videos: list[str], connections: int) -> None:
    """The client process: obeys one word a line on stdin, and answers each with a report on stdout."""
    latencies: list[float] = []
    clients: list[Client] = []
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    wanted = [(videos[number % len(videos)], None) for number in range(connections)]
    while words := (await reader.readline()).decode().split():
        word, started = words[0], time.perf_counter()
        if word == "report":
            while len(latencies) < int(words[1]) and time.perf_counter() - started < _LATE:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        if word in ("open", "storm"):
            again = [(target[0], client.last) for target, client in zip(wanted, clients, strict=False)]
            for client in clients:
                client.abort()
            latencies.clear()
            clients = await connect_all(port, again or wanted, latencies)
        answered = [client.opened.result() - started for client in clients]
        report = Report(
            opened=len(clients),
            seconds=time.perf_counter() - started,
            slowest=max(answered, default=0.0),
            latencies=latencies,
        )
        print(msgspec.json.encode(report).decode(), flush=True)
        latencies.clear()


async def publish_videos(log: JetStreamEventLog, count: int) -> list[str]:
    """Videos in progress, with their scripts and planned scenes."""
    videos = [new_id() for _ in range(count)]

    async def publish(video: str) -> None:
        titles = tuple(e.SceneTitle(title=f"Scene {number}", words=30) for number in range(1, SCENES + 1))
        common = {"video_id": video, "script_key": "s", "options": OPTIONS}
        await log.publish(e.VideoRequested(video_id=video, brief=Brief(topic="Tides"), options=OPTIONS))
        await log.publish(e.VideoScripted(**common, title="Tides", scenes=titles))
        for scene in range(1, SCENES + 1):
            await log.publish(e.ScenePlanned(**common, scene=scene))

    for start in range(0, count, 50):
        await asyncio.gather(*map(publish, videos[start : start + 50]))
    return videos


async def publish_events(log: JetStreamEventLog, videos: list[str], rate: float, seconds: float, *, before: int) -> int:
    """So many scene events a second, of one video after another, `before` of which there were. Returns how many."""
    started, published, tasks = time.perf_counter(), 0, []
    while (now := time.perf_counter() - started) < seconds:
        for number in range(published, int(now * rate)):
            turn, place = divmod(before + number, len(videos))
            event = e.SceneNarrated(
                video_id=videos[place],
                scene=1 + turn % SCENES,
                revision=1 + turn // SCENES,
                script_key="s",
                options=OPTIONS,
                narration=e.NarrationRef(key="n", audio_key="a", seconds=4.0, beats=2),
            )
            tasks.append(asyncio.create_task(log.publish(event)))
            published += 1
        await asyncio.sleep(0.005)
    await asyncio.gather(*tasks)
    return published


async def measure(connections: int, video_count: int, rate: float, seconds: float) -> None:
    """Runs everything and prints the figures."""
    with run_gateway() as gateway:
        nats = await connect_nats(gateway.nats_url, "bench")
        log = JetStreamEventLog(nats)
        videos = await publish_videos(log, video_count)
        await asyncio.sleep(_SETTLING)
        environment = {**os.environ, "BENCH_VIDEOS": json.dumps(videos)}
        client = await asyncio.create_subprocess_exec(
            *(sys.executable, __file__, "--client", str(gateway.port), "--connections", str(connections)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            limit=2**28,
        )

        async def ask(word: str) -> Report:
            assert client.stdin is not None
            assert client.stdout is not None
            client.stdin.write(f"{word}\n".encode())
            return msgspec.json.decode(await client.stdout.readline(), type=Report)

        memory, cpu = gateway.resident_bytes(), gateway.cpu_seconds()
        opened = await ask("open")
        print(
            f"opened {opened.opened} streams of {video_count} videos: slowest answer {opened.slowest:.1f} s, "
            f"{(gateway.cpu_seconds() - cpu) / connections * 1000:.2f} ms of CPU each"
        )
        await asyncio.sleep(_SETTLING)
        print(f"memory: {(gateway.resident_bytes() - memory) / connections / 1000:.1f} kB a connection")
        cpu, started = gateway.cpu_seconds(), time.perf_counter()
        await asyncio.sleep(_SETTLING)
        idle = (gateway.cpu_seconds() - cpu) / (time.perf_counter() - started)
        before = 0
        for _ in range(3):
            cpu, started = gateway.cpu_seconds(), time.perf_counter()
            count = await publish_events(log, videos, rate, seconds, before=before)
            before += count
            took = time.perf_counter() - started
            used = gateway.cpu_seconds() - cpu
            wanted = count * connections // video_count
            ages = sorted((await ask(f"report {wanted}")).latencies) or [0.0]
            print(
                f"{count / took:.0f} events/s to {len(ages) / took:.0f} clients/s: median "
                f"{statistics.median(ages) * 1000:.0f} ms, p99 {ages[int(len(ages) * 0.99)] * 1000:.0f} ms, worst "
                f"{ages[-1] * 1000:.0f} ms; CPU {used / took:.0%} (idle {idle:.0%}), {used / count * 1000:.2f} ms an "
                f"event; {len(ages)} of {wanted} arrived; load {os.getloadavg()[0]:.1f}"
            )
        cpu = gateway.cpu_seconds()
        storm = await ask("storm")
        used = gateway.cpu_seconds() - cpu
        print(
            f"storm of {storm.opened}: all answered after {storm.slowest:.1f} s, "
            f"{used / connections * 1000:.2f} ms of CPU each; load {os.getloadavg()[0]:.1f}"
        )
        await asyncio.sleep(_SETTLING)
        print(f"memory afterwards: {(gateway.resident_bytes() - memory) / connections / 1000:.1f} kB a connection")
        client.kill()
        await client.wait()
        await nats.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--videos", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--client", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if options.client:
        asyncio.run(run_client(options.client, json.loads(os.environ["BENCH_VIDEOS"]), options.connections))
    else:
        asyncio.run(measure(options.connections, options.videos, options.rate, options.seconds))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
