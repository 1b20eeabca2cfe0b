"""Whose requests are served: a page of another site must not use the API through its reader's browser."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
from starlette.datastructures import Headers
from unit.gateway.gateways import TestGateway

from lectern.gateway.origins import check_origin, is_allowed_host
from lectern.gateway.settings import GatewaySettings


@pytest.mark.parametrize(
    ("bound", "setting", "host", "allowed"),
    [
        ("127.0.0.1", "", "localhost:8080", True),
        ("127.0.0.1", "", "LOCALHOST", True),
        ("127.0.0.1", "", "localhost.:8080", True),
        ("127.0.0.1", "", "lectern.localhost", True),
        ("127.0.0.1", "", "127.0.0.1:8080", True),
        ("127.0.0.1", "", "[::1]:8080", True),
        ("127.0.0.1", "", "evil.example", False),
        ("127.0.0.1", "", "evil.example:8080", False),
        ("127.0.0.1", "", "127.0.0.1.evil.example", False),
        ("127.0.0.1", "", "localhost.evil.example", False),
        ("127.0.0.1", "", "notlocalhost", False),
        ("127.0.0.1", "", "192.168.1.5", False),
        ("127.0.0.1", "", "", False),
        ("127.0.0.1", "", "a@localhost", False),
        ("127.0.0.1", "", "localhost:x", False),
        ("127.0.0.1", "", "localhost/..", False),
        ("127.0.0.1", "", "[::1", False),
        ("192.168.1.5", "", "192.168.1.5:8080", True),
        ("192.168.1.5", "", "192.168.1.6", False),
        ("0.0.0.0", "", "192.168.1.5:8080", True),
        ("::", "", "[2001:db8::1]", True),
        ("0.0.0.0", "", "evil.example", False),
        ("0.0.0.0", "lectern.example.org", "lectern.example.org", True),
        ("0.0.0.0", "lectern.example.org", "a.lectern.example.org", False),
        ("0.0.0.0", "a.example, .example.org", "b.c.example.org", True),
        ("0.0.0.0", ".example.org", "example.org.evil", False),
        ("0.0.0.0", "*", "anything.example", True),
    ],
)
def test_the_api_answers_to_its_own_names_only(bound: str, setting: str, host: str, allowed: bool) -> None:
    settings = GatewaySettings(host=bound, allowed_hosts=setting)
    assert is_allowed_host(settings, host) is allowed


@pytest.mark.parametrize(
    ("host", "origin", "allowed"),
    [
        ("localhost:8080", "http://localhost:8080", True),
        ("localhost:8080", "http://localhost:3000", False),
        ("localhost:8080", "http://127.0.0.1:8080", False),
        ("localhost:8080", "http://evil.example", False),
        ("localhost:8080", "null", False),
        ("localhost:8080", "", False),
        ("localhost:8080", "http://localhost:8080@evil.example", False),
        ("lectern.example.org", "https://lectern.example.org", True),
        ("lectern.example.org", "http://lectern.example.org", True),
        ("lectern.example.org:443", "https://lectern.example.org", True),
        ("lectern.example.org", "https://lectern.example.org:8443", False),
    ],
)
def test_changes_come_from_pages_of_the_same_address(host: str, origin: str, allowed: bool) -> None:
    headers = Headers({"host": host, "origin": origin})
    assert (check_origin("POST", headers) is None) is allowed
    assert check_origin("GET", headers) is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/videos"),
        ("POST", "/v1/assets"),
        ("PUT", "/v1/videos/x/script"),
        ("POST", "/v1/videos/x/cancel"),
        ("POST", "/v1/videos/x/redo"),
        ("DELETE", "/v1/videos/x"),
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_no_page_of_another_site_changes_anything(
    http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await http.request(method, path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")


async def test_programs_and_own_pages_may_change_things(http: httpx.AsyncClient) -> None:
    for headers in ({}, {"Origin": "http://gateway", "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        answer = await http.post("/v1/videos", json={"topic": "Rain"}, headers=headers)
        assert answer.status_code == 202


@pytest.mark.parametrize("path", ["/v1/videos", "/v1/videos/x/events", "/healthz", "/openapi.json", "/nowhere"])
async def test_a_rebound_name_reads_nothing_and_the_problem_names_the_setting(
    http: httpx.AsyncClient, path: str
) -> None:
    for headers in ({"Host": "evil.example:8080"}, {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}):
        answer = await http.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (421, "misdirected-request")
        assert "LECTERN_ALLOWED_HOSTS" in answer.json()["remedy"]


async def test_a_rebound_name_changes_nothing(http: httpx.AsyncClient) -> None:
    headers = {"Host": "evil.example:8080", "Origin": "http://evil.example:8080", "Sec-Fetch-Site": "same-origin"}
    answer = await http.post("/v1/videos", json={"topic": "Rain"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (421, "misdirected-request")
    assert (await http.get("/v1/videos")).json()["data"] == []


async def test_no_answer_allows_pages_of_other_sites_to_read_it(http: httpx.AsyncClient) -> None:
    video = (await http.post("/v1/videos", json={"topic": "Rain"})).json()
    await http.post(video["urls"]["cancel"])
    for path in ("/v1/videos", video["urls"]["self"], video["urls"]["events"], "/openapi.json", "/nowhere"):
        answer = await http.get(path, headers={"Origin": "http://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_is_private_is_not_kept_by_caches(http: httpx.AsyncClient) -> None:
    video = (await http.post("/v1/videos", json={"topic": "Rain"})).json()
    cached = {path: (await http.get(path)).headers["cache-control"] for path in ("/v1/videos", video["urls"]["self"])}
    assert cached == {"/v1/videos": "no-store", video["urls"]["self"]: "private, no-cache"}
    page = await http.get("/problems/not-found", headers={"Accept": "text/html"})
    assert page.headers["cache-control"] == "public, max-age=3600"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        ("GET /healthz HTTP/1.0\r\n\r\n", b"200"),
        ("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
        ("GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", b"421"),
        ("GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", b"421"),
    ],
)
async def test_the_host_is_checked_as_it_was_sent(served: TestGateway, request_head: str, status: bytes) -> None:
    port = int(served.url.rpartition(":")[2])

    def exchange() -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request_head.encode())
            return connection.recv(4096)

    answer = await asyncio.to_thread(exchange)
    assert answer.split()[1] in (status, b"400")
    if status == b"200":
        assert answer.split()[1] == b"200"
