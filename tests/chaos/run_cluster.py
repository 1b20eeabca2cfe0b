"""Films on three servers of the event log: its leader is killed, two of three are, and they come back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest
import stamina
from api_client import ApiClient, assert_in_sync
from nats_cluster import NatsCluster, nats_cluster

from chaos import checks
from chaos.films import list_films
from lectern.cli.runner.stack import run_stack
from lectern.contracts import events as e
from lectern.contracts.topology import VIDEOS
from lectern.worker import JetStreamEventLog, apply_topology, connect_nats

pytestmark = pytest.mark.timeout(1500)
SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")
FILMS = 6


def find_leader(cluster: NatsCluster) -> str:
    """The server that leads the stream of events; any, while none does."""
    for node in cluster.nodes:
        if node.process:
            for account in node.monitor_json("/jsz?streams=1").get("account_details", ()):
                for stream in account.get("stream_detail", ()):
                    if stream["name"] == VIDEOS and (leader := stream.get("cluster", {}).get("leader")):
                        return str(leader)
    return cluster.nodes[0].name


async def kill_leaders_and_quorum(cluster: NatsCluster, random: Random) -> None:
    """Kills the leader twice and two servers once, each for a while."""
    for lost in (1, 2, 1):
        await asyncio.sleep(random.uniform(3, 8))
        leader = cluster.node(await asyncio.to_thread(find_leader, cluster))
        others = [node for node in cluster.nodes if node is not leader]
        doomed = [leader, *random.sample(others, lost - 1)]
        for node in doomed:
            node.kill()
        await asyncio.sleep(random.uniform(5, 15))
        for node in doomed:
            node.start()
        await asyncio.to_thread(cluster.wait_until_ready)


async def test_films_outlive_the_leader_and_the_quorum_of_the_log(tmp_path: Path) -> None:
    with nats_cluster(tmp_path, 3) as cluster, stamina.set_testing(False):
        nats = await connect_nats(cluster.url, "test")
        await apply_topology(nats, replicas=3)
        through = {key: {"nats_url": cluster.url, "nats_token": ""} for key in SERVICES}
        async with run_stack(tmp_path / "home", separate=True, renderers=1, settings=through) as stack:
            client = ApiClient(stack.url)
            films = [film for film in list_films(FILMS) if not film.by_model]
            videos = [
                str((await client.http.post("/v1/videos", json=film.to_request())).json()["id"]) for film in films
            ]
            await kill_leaders_and_quorum(cluster, Random(1))
            shown = [await client.wait_for_outcome(video, seconds=900) for video in videos]
            assert [video["status"] for video in shown] == ["completed"] * len(films), shown
            for video in videos:
                log = await JetStreamEventLog(nats).read(video)
                assert sum(isinstance(event, e.VideoCompleted) for _, event in log) == 1
                assert not any(isinstance(event, e.SceneFailed | e.VideoFailed) for _, event in log)
                assert_in_sync(await client.download(video, "video", tmp_path / "film.mp4"))
            assert await checks.find_unsettled(nats) == []
            await client.http.aclose()
        await nats.close()
