"""Creates a second of a gateway process: `python bench/creates.py [--in-flight 1000] [--creates 500] [--at-once 16]`.

First so many videos are in progress, with their scripts and planned scenes. Then videos are requested over HTTP,
several at once, each with an Idempotency-Key of its own. CPU time is that of the gateway's process.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
import uuid
from pathlib import Path

import httpx
from gateway_process import run_gateway
from streams import publish_videos

from lectern.worker import JetStreamEventLog, connect_nats

_SETTLING = 5.0  # seconds for the projector to see the videos in flight


async def measure(in_flight: int, creates: int, at_once: int) -> None:
    """Runs everything and prints the figures."""
    with run_gateway() as gateway:
        nats = await connect_nats(gateway.nats_url, "bench")
        await publish_videos(JetStreamEventLog(nats), in_flight)
        await asyncio.sleep(_SETTLING)
        seconds: list[float] = []
        statuses: list[int] = []
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", timeout=60) as client:
            left = iter(range(creates))

            async def create() -> None:
                for number in left:
                    started = time.perf_counter()
                    headers = {"Idempotency-Key": str(uuid.uuid4())}
                    response = await client.post("/v1/videos", json={"topic": f"Tides {number}"}, headers=headers)
                    seconds.append(time.perf_counter() - started)
                    statuses.append(response.status_code)

            cpu, started = gateway.cpu_seconds(), time.perf_counter()
            await asyncio.gather(*(create() for _ in range(at_once)))
            took, used = time.perf_counter() - started, gateway.cpu_seconds() - cpu
        await nats.close()
    seconds.sort()
    accepted = sum(status == httpx.codes.ACCEPTED for status in statuses)
    print(
        f"{creates / took:.0f} creates/s with {in_flight} videos in flight, {at_once} at once: median "
        f"{statistics.median(seconds) * 1000:.0f} ms, p99 {seconds[int(len(seconds) * 0.99)] * 1000:.0f} ms; "
        f"{used / creates * 1000:.1f} ms of CPU each; {accepted} of {creates} accepted; load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in-flight", type=int, default=1000)
    parser.add_argument("--creates", type=int, default=500)
    parser.add_argument("--at-once", type=int, default=16)
    options = parser.parse_args()
    asyncio.run(measure(options.in_flight, options.creates, options.at_once))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
