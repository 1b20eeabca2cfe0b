"""The frame of the API: health, metrics, OpenAPI, headers and errors."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from fastapi import FastAPI
from unit.gateway.gateways import TestGateway, published_openapi
from unit.gateway.published_schema import SchemaChecker
from unit.gateway.published_video import PublishedVideo

from lectern.gateway.serving import serve
from lectern.gateway.settings import GatewaySettings
from lectern.worker import Connections
from lectern.worker.testing import MemoryEventLog, MemoryObjectStore


async def test_the_links_of_the_root_work(http: httpx.AsyncClient) -> None:
    links = (await http.get("/")).json()["links"]
    assert {(await http.get(link)).status_code for link in links.values()} == {200}


async def test_openapi_has_an_example_of_every_json_response(http: httpx.AsyncClient) -> None:
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


@pytest.mark.parametrize(
    ("path", "method", "status", "leads_to"),
    [
        ("/v1/videos", "post", "202", "/v1/videos/{video_id}/scenes/{number}/takes"),
        ("/v1/videos/{video_id}/variants", "post", "202", "/v1/videos/{video_id}/artifacts"),
        ("/v1/videos/{video_id}/shares", "post", "201", "/v1/videos/{video_id}/shares/{share_id}"),
        (
            "/v1/videos/{video_id}/scenes/{number}/takes",
            "get",
            "200",
            "/v1/videos/{video_id}/scenes/{number}/takes/{revision}/choose",
        ),
    ],
)
def test_what_is_made_links_to_what_can_be_done_with_it(path: str, method: str, status: str, leads_to: str) -> None:
    paths = published_openapi()["paths"]
    links = paths[path][method]["responses"][status]["links"]
    assert {each["operationId"] for each in paths[leads_to].values()} <= set(links)


def test_every_example_fits_its_schema() -> None:
    openapi = published_openapi()
    checker = SchemaChecker(openapi["components"]["schemas"])
    checked = 0
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (content for body in bodies for content in body.get("content", {}).values()):
                examples = [each["value"] for each in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                for example in examples:
                    assert checker.find_faults(example, content["schema"]) == [], (method, path)
                    checked += 1
    assert checked > 20


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/nope", "/v1", "/v1/videos/", "/static/../etc/passwd"])
async def test_an_unknown_path_is_a_problem(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["remedy"]


async def test_an_unsupported_method_is_refused_with_the_supported_ones(http: httpx.AsyncClient) -> None:
    answer = await http.delete("/v1/videos")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert "POST" in answer.headers["allow"] or "GET" in answer.headers["allow"]


async def test_every_response_has_a_request_id_and_security_headers(http: httpx.AsyncClient) -> None:
    for path in ("/", "/nope", "/v1/videos"):
        answer = await http.get(path)
        assert answer.headers["x-request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (await http.get("/", headers={"X-Request-Id": "mine-1"})).headers["x-request-id"] == "mine-1"
    assert (await http.get("/", headers={"X-Request-Id": "a b"})).headers["x-request-id"] != "a b"


async def test_cross_site_requests_cannot_change_anything(http: httpx.AsyncClient) -> None:
    cross = {"Sec-Fetch-Site": "cross-site"}
    answer = await http.post("/v1/videos", json={"topic": "Rain"}, headers=cross)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")
    assert (await http.get("/v1/videos", headers=cross)).status_code == 200
    own = await http.post("/v1/videos", json={"topic": "Rain"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 202


async def test_metrics_count_by_route_and_never_by_id(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await gateway.http.get(video.url)
    text = (await gateway.http.get("/metrics")).text
    assert 'lectern_http_requests_total{method="GET",route="/v1/videos/{video_id}",status="200"} 1.0' in text
    assert video.video_id not in text


async def test_nobody_can_add_series_by_asking_for_what_does_not_exist(gateway: TestGateway) -> None:
    for number in range(30):
        await gateway.http.request(f"X{number}", "/v1/videos")
        await gateway.http.get(f"/nowhere/{number}")
        await gateway.http.get(f"/v1/videos/{number}/nothing")
        await gateway.http.get(f"/v1/videos?nothing={number}")
    lines = (await gateway.http.get("/metrics")).text.splitlines()
    series = [line for line in lines if line.startswith("lectern_http_requests_total")]
    assert any('route="unmatched"' in line for line in series)
    assert any('method="other"' in line for line in series)
    assert len(series) < 10, series


async def test_metrics_come_in_openmetrics_where_that_is_asked_for(gateway: TestGateway) -> None:
    asked = {"accept": "application/openmetrics-text; version=1.0.0,text/plain;q=0.5"}
    response = await gateway.http.get("/metrics", headers=asked)
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


async def test_an_unexpected_error_is_a_problem_without_its_text(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.write_script()
    await connections.store.put(video.script_key, b'{"secret": "not a script"}', "application/json")
    answer = await gateway.http.get(f"{video.url}/script")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.json()["instance"] == answer.headers["x-request-id"]


async def test_a_port_that_is_in_use_is_named_in_the_error(connections: Connections) -> None:
    other = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = other.sockets[0].getsockname()[1]
    with pytest.raises(OSError, match=f"127.0.0.1:{port}: .*LECTERN_PORT"):
        await serve(FastAPI(), GatewaySettings(port=port), asyncio.Event(), lambda: None)
    other.close()


async def test_responses_do_not_wait_for_the_clients_acknowledgement(served: TestGateway) -> None:
    times = []
    for _ in range(20):
        started = time.perf_counter()
        await served.http.get("/healthz")
        times.append(time.perf_counter() - started)
    assert min(times) < 0.03  # with Nagle's algorithm on, each of them takes 0.04


async def test_readiness_names_the_dependency_that_is_unavailable(
    gateway: TestGateway, connections: Connections
) -> None:
    assert (await gateway.http.get("/readyz")).json() == {"status": "ready", "checks": {"views": "ok", "store": "ok"}}
    assert isinstance(connections.store, MemoryObjectStore)
    connections.store.available = False
    answer = await gateway.http.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["store"]) == (
        503,
        "failed: the object store cannot be reached for the bucket",
    )


async def test_an_outage_of_the_log_is_503_with_retry_after(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    assert isinstance(connections.event_log, MemoryEventLog)
    connections.event_log.available = False
    answer = await gateway.http.get(video.url)
    assert (answer.status_code, answer.json()["code"]) == (503, "dependency-unavailable")
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/videos", "GET, POST"),
        ("OPTIONS", "/v1/videos", "GET, POST"),
        ("POST", "/v1/videos/x/script", "GET, PUT"),
        ("PUT", "/v1/videos/x/content", "GET, HEAD"),
        ("GET", "/v1/videos/x/cancel", "POST"),
    ],
)
async def test_allow_lists_every_method_of_the_path(
    http: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await http.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["remedy"] == f"Use {allowed}."


async def test_an_empty_cursor_is_none(http: httpx.AsyncClient) -> None:
    assert (await http.get("/v1/videos?after=")).status_code == 200
    assert (await http.get("/v1/videos?after=x")).status_code == 422
