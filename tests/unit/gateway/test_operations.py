"""What surrounds the API: health, metrics, its description, headers, and errors that are all alike."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

import httpx
import pytest
from servers import BUCKET, free_port, nats_server
from unit.gateway.serving import Running, running, sent, until
from unit.gateway.story import Story

from lectern.contracts.topology import PROJECTOR, VIDEOS, consumer_name
from lectern.worker import Connections, ObjectStore, Settings, apply_topology, connect_nats

pytestmark = pytest.mark.slow


async def test_the_root_leads_to_everything(http: httpx.AsyncClient) -> None:
    links = (await http.get("/")).json()["links"]
    assert {(await http.get(link)).status_code for link in links.values()} == {200}


async def test_a_gateway_whose_parts_answer_is_ready(http: httpx.AsyncClient) -> None:
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert set(answer.json()["checks"].values()) == {"ok"}


async def test_readiness_names_the_part_that_is_missing(api: Running) -> None:
    js = api.gateway.connections.nats.jetstream()
    await js.delete_consumer(VIDEOS, consumer_name("renderer", "fast"))
    answer = await api.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["consumers"] == "failed: NotFoundError"
    assert answer.json()["checks"]["store"] == "ok"


@pytest.mark.slow
async def test_readiness_answers_within_its_second_when_the_log_is_away(
    settings: Settings, store: ObjectStore, tmp_path: Path
) -> None:
    with nats_server(tmp_path) as url:
        client = await connect_nats(url, "test")
        await apply_topology(client)
        server = running(settings, Connections.over(client, store))
        api = await server.__aenter__()
        story = Story(Connections.over(client, store))
        await story.requested()
    started = time.monotonic()
    answer = await api.http.get("/readyz")
    assert time.monotonic() - started < 1.5
    assert (answer.status_code, answer.json()["checks"]["store"]) == (503, "ok")
    assert (await api.http.get("/healthz")).status_code == 200
    shown = await api.http.get(story.url)
    assert (shown.status_code, shown.json()["code"]) == (503, "dependency-unavailable")
    assert shown.headers["retry-after"]
    await server.__aexit__(None, None, None)
    with contextlib.suppress(ConnectionError):  # nats-py says goodbye even to a server that is gone
        await client.close()


@pytest.mark.slow
@pytest.mark.parametrize("outage", [0.0, 7.0])
async def test_streams_and_lists_go_on_when_the_log_server_comes_back(
    settings: Settings, store: ObjectStore, tmp_path: Path, outage: float
) -> None:
    port = free_port()
    with nats_server(tmp_path, port) as url:
        client = await connect_nats(url, "test")
        await apply_topology(client)
        connections = Connections.over(client, store)
        server = running(settings, connections)
        api = await server.__aenter__()
        story = Story(connections)
        await story.requested()
        stream = api.http.stream("GET", f"{story.url}/events", timeout=60)
        answer = await stream.__aenter__()
        blocks = aiter(sent(answer))
        await anext(blocks)
        assert (await anext(blocks)).name == "video.snapshot"
    await asyncio.sleep(outage)
    with nats_server(tmp_path, port):
        started = time.monotonic()
        await story.scripted()
        await story.completed()
        names = []
        async for block in blocks:
            names += [block.name] if block.name else []
        assert names == ["video.scripted", "video.completed"]
        print(f"resumed after {time.monotonic() - started:.1f} s")

        async def listed() -> bool:
            page = (await api.http.get("/v1/videos?status=completed")).json()
            return [video["id"] for video in page["data"]] == [story.video_id]

        await until(listed, 10)
        print(f"listed after {time.monotonic() - started:.1f} s")
        assert time.monotonic() - started < 15
        await stream.__aexit__(None, None, None)
        await server.__aexit__(None, None, None)
        await client.close()


async def test_the_description_shows_an_example_of_every_json_answer(http: httpx.AsyncClient) -> None:
    description = (await http.get("/openapi.json")).json()
    assert description["openapi"].startswith("3.1")
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            if not path.startswith("/v1/"):
                continue
            good = [body for status, body in operation["responses"].items() if status.startswith("2")]
            kinds = [kind for body in good for kind in body.get("content", {}).items()]
            assert all("example" in shown for kind, shown in kinds if kind == "application/json"), (method, path)
            bad = [status for status in operation["responses"] if status.startswith(("4", "5"))]
            assert bad, (method, path)
            for status in bad:
                assert "application/problem+json" in operation["responses"][status]["content"], (method, path, status)


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/nope", "/v1", "/v1/videos/", "/static/../etc/passwd"])
async def test_an_address_that_is_none_is_a_problem(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["remedy"]


async def test_a_method_that_does_not_fit_names_those_that_do(http: httpx.AsyncClient) -> None:
    answer = await http.delete("/v1/videos")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert "POST" in answer.headers["allow"] or "GET" in answer.headers["allow"]


async def test_every_answer_has_an_id_and_guards_the_browser(http: httpx.AsyncClient) -> None:
    for path in ("/", "/nope", "/v1/videos"):
        answer = await http.get(path)
        assert answer.headers["x-request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (await http.get("/", headers={"X-Request-Id": "mine-1"})).headers["x-request-id"] == "mine-1"
    assert (await http.get("/", headers={"X-Request-Id": "a b"})).headers["x-request-id"] != "a b"


async def test_another_sites_page_cannot_make_a_browser_change_anything(http: httpx.AsyncClient) -> None:
    cross = {"Sec-Fetch-Site": "cross-site"}
    answer = await http.post("/v1/videos", json={"topic": "Rain"}, headers=cross)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")
    assert (await http.get("/v1/videos", headers=cross)).status_code == 200
    own = await http.post("/v1/videos", json={"topic": "Rain"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 202


async def test_metrics_count_by_route_and_never_by_id(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested()
    await api.http.get(story.url)
    text = (await api.http.get("/metrics")).text
    assert 'lectern_http_requests_total{method="GET",route="/v1/videos/{video_id}",status="200"} 1.0' in text
    assert story.video_id not in text


async def test_an_unexpected_error_is_a_problem_without_its_text(
    api: Running, connections: Connections, s3_folder: Path
) -> None:
    story = Story(connections)
    await story.requested()
    await story.scripted()
    await connections.store.put(story.script_key, b'{"secret": "not a script"}', "application/json")
    answer = await api.http.get(f"{story.url}/script")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.json()["instance"] == answer.headers["x-request-id"]
    assert (s3_folder / BUCKET).exists()


async def test_a_port_that_is_taken_says_so(settings: Settings, connections: Connections) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    with pytest.raises(ExceptionGroup) as error:
        async with running(settings, connections, port=port):
            pass
    assert error.group_contains(OSError, match=f"127.0.0.1:{port}: .*LECTERN_PORT", depth=2)
    taken.close()


async def test_a_stopped_gateway_leaves_no_pull_behind(settings: Settings, connections: Connections) -> None:
    async with running(settings, connections) as server:
        await server.http.get("/readyz")
    info = await connections.nats.jetstream().consumer_info(VIDEOS, PROJECTOR)
    assert info.num_waiting == 0


async def test_an_answer_does_not_wait_for_the_clients_acknowledgement(http: httpx.AsyncClient) -> None:
    times = []
    for _ in range(20):
        started = time.perf_counter()
        await http.get("/healthz")
        times.append(time.perf_counter() - started)
    assert sorted(times)[5] < 0.03  # with Nagle's algorithm on, each of them takes 0.04
