"""What rebuilding every view costs a gateway: `python bench/rebuild.py [--videos 5000] [--scenes 3] [--profile]`.

A real nats-server holds the logs of finished videos, of which two hundred were made at a time, and no view of them, as
after an upgrade that changed what a view says. Measured is the projector's own rebuild: CPU seconds of this process and
of the server; whether lists are answered meanwhile; and, beside it, what reading some of the videos one by one costs.
Elapsed seconds are those of a busy machine.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import pstats
import random
import time
from collections.abc import Iterator

from gateway_process import find_server, read_cpu, run_nats
from nats.aio.client import Client

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.topology import STAGE_TIMES, VIDEO_VIEWS, VIDEOS
from lectern.contracts.usage import Usage
from lectern.gateway.filters import VideoFilter
from lectern.gateway.log_index import count_events
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.outlook import StageTimes
from lectern.gateway.projection import Projection
from lectern.gateway.projector import Projector
from lectern.gateway.video_metrics import VideoMetrics
from lectern.gateway.views import Views
from lectern.worker import (
    JetStreamEventLog,
    JetStreamKeyValueStore,
    Meter,
    apply_topology,
    configure_logs,
    connect_nats,
    map_concurrently,
)

MANY = 100_000
_IN_FLIGHT = 200  # videos that are made at the same time, whose events lie among each other's
_COUNTED = 2000  # events between two looks at how many are stored
_SAMPLE = 300  # videos


def make_finished_log(scenes: int) -> list[e.AnyEvent]:
    """The events of a video that was made without a hitch."""
    video, options = new_id(), VideoOptions()
    made = {"video_id": video, "script_key": f"videos/{video}/script/0123456789abcdef.json", "options": options}
    digest = "0123456789abcdef" * 4
    narration = e.NarrationRef(
        key=f"cache/narration/{digest}.json", audio_key=f"cache/narration/{digest}.flac", seconds=20.0, beats=3
    )
    code = e.CodeRef(key=f"cache/code/{digest}.py", origin="model", fallback_key=f"cache/code/{digest}.py")
    footage = e.FootageRef(key=f"cache/footage/{digest}.mp4", frames=600, fps=30)
    spent = (Usage(kind="model", name="model", task="code", requests=2, input=9000, output=2000, cost_usd=0.004),)
    titles = tuple(e.SceneTitle(title=f"Scene {number} of a film", words=60) for number in range(1, scenes + 1))
    events: list[e.AnyEvent] = [
        e.VideoRequested(video_id=video, brief=Brief(topic="How do tides work?"), options=options),
        e.VideoScripted(title="The pull of the Moon", scenes=titles, spent=spent, **made),
    ]
    for scene in range(1, scenes + 1):
        events += [
            e.ScenePlanned(scene=scene, **made),
            e.SceneNarrated(scene=scene, narration=narration, **made),
            e.SceneCoded(scene=scene, narration=narration, code=code, spent=spent, **made),
            e.SceneRendered(scene=scene, narration=narration, code=code, footage=footage, **made),
        ]
    outputs = tuple(
        e.Output(kind=kind, key=f"videos/{video}/r1/{kind}", media_type="video/mp4", bytes=10_000_000)
        for kind in ("video", "captions_vtt", "captions_srt", "chapters_vtt", "transcript", "thumbnail")
    )
    return [*events, e.VideoCompleted(video_id=video, seconds=60.0, frames=1800, outputs=outputs)]


async def fill(url: str, videos: int, scenes: int) -> list[str]:
    """Writes the logs of so many videos and returns their ids.

    Its acks are not waited for, but its count is: what comes faster than a server stores it is lost.
    """
    nats, rng = await connect_nats(url, "fill"), random.Random(1)
    in_flight: list[Iterator[e.AnyEvent]] = []
    ids: list[str] = []
    published = 0
    while len(ids) < videos or in_flight:
        while len(ids) < videos and len(in_flight) < _IN_FLIGHT:
            events = make_finished_log(scenes)
            ids.append(events[0].video_id)
            in_flight.append(iter(events))
        place = rng.randrange(len(in_flight))
        if event := next(in_flight[place], None):
            await nats.publish(subjects.subject(event), e.encode(event), headers={"Nats-Msg-Id": e.message_id(event)})
            published += 1
            if not published % _COUNTED:
                await wait_until_stored(nats, published)
        else:
            del in_flight[place]
    await wait_until_stored(nats, published)
    await nats.close()
    return ids


async def wait_until_stored(nats: Client, events: int) -> None:
    """Waits until the log has so many events."""
    while (await nats.jetstream(timeout=60).stream_info(VIDEOS)).state.messages < events:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def measure(url: str, videos: int, scenes: int, *, profile: bool) -> None:
    """Fills a log, rebuilds its views, and prints the figures."""
    setup = await connect_nats(url, "setup")
    await apply_topology(setup)
    await setup.close()
    ids = await fill(url, videos, scenes)
    nats = await connect_nats(url, "gateway")
    views, meter = Views(JetStreamKeyValueStore(nats, VIDEO_VIEWS)), Meter()
    await views.start()
    times = StageTimes(JetStreamKeyValueStore(nats, STAGE_TIMES))
    projection = Projection(JetStreamEventLog(nats), views, GatewayMetrics(meter))
    projector = Projector(nats, projection, views, times, VideoMetrics(meter))
    server, profiler = find_server(), cProfile.Profile(time.thread_time)
    own, others, began = time.process_time(), read_cpu(server), time.perf_counter()
    await count_events(nats)
    print(
        f"counted by the server's index: {time.process_time() - own:.1f} s of the gateway's CPU,"
        f" {read_cpu(server) - others:.1f} s of the server's, {time.perf_counter() - began:.1f} s elapsed",
        flush=True,
    )
    own, others, began = time.process_time(), read_cpu(server), time.perf_counter()
    slowest, rebuilding = 0.0, asyncio.create_task(projector.rebuild())
    if profile:
        profiler.enable()
    while not rebuilding.done():
        asked = time.perf_counter()
        await asyncio.sleep(0.05)
        views.page(VideoFilter(), limit=20)
        slowest = max(slowest, time.perf_counter() - asked - 0.05)
    profiler.disable()
    made = await rebuilding
    own, others, elapsed = time.process_time() - own, read_cpu(server) - others, time.perf_counter() - began
    sample = random.Random(1).sample(ids, min(_SAMPLE, made))
    read_own, read_others = time.process_time(), read_cpu(server)
    await map_concurrently(projection.read, sample, limit=16)
    read_own, read_others = time.process_time() - read_own, read_cpu(server) - read_others
    print(
        f"{made} videos of {scenes} scenes: {own:.2f} s of the gateway's CPU, {others:.2f} s of the server's,"
        f" {elapsed:.1f} s elapsed at load {os.getloadavg()[0]:.0f}; a page of the list waited {slowest * 1000:.0f} ms"
        f" at most; {MANY} videos: {own / made * MANY:.0f} s and {others / made * MANY:.0f} s of CPU"
    )
    print(
        f"read one by one, {MANY} videos: {read_own / len(sample) * MANY:.0f} s of the gateway's CPU before any view"
        f" is made, and {read_others / len(sample) * MANY:.0f} s of the server's, which grow with the log"
    )
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
    await views.close()
    await nats.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--videos", type=int, default=5000)
    parser.add_argument("--scenes", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    configure_logs("json", "ERROR")
    with run_nats() as url:
        asyncio.run(measure(url, options.videos, options.scenes, profile=options.profile))


if __name__ == "__main__":
    main()
