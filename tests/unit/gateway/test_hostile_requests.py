"""Requests that no client library would send: the gateway refuses them, keeps nothing of them, and goes on."""

from __future__ import annotations

import asyncio
import gzip
import io
import zipfile

import httpx
import pytest
from unit.gateway.gateways import TestGateway

from lectern.worker.testing import MemoryObjectStore

HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"
PNG = b"Content-Type: image/png\r\n"
REFUSED = (400, 408, 411, 413, 414, 415, 417, 421, 422, 431, 501, 505)

RAW = {
    "a negative length": b"POST /v1/videos HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: -5\r\n\r\n{}",
    "a length that is no number": b"POST /v1/videos HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 0x10\r\n\r\n{}",
    "a length beyond all numbers": b"POST /v1/videos HTTP/1.1\r\n"
    + HOST
    + JSON
    + b"Content-Length: "
    + b"9" * 400
    + b"\r\n\r\n",
    "two lengths": b"POST /v1/videos HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}",
    "a length and chunks": b"POST /v1/videos HTTP/1.1\r\n"
    + HOST
    + JSON
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "chunks that are none": b"POST /v1/videos HTTP/1.1\r\n"
    + HOST
    + JSON
    + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "an unknown encoding": b"POST /v1/videos HTTP/1.1\r\n" + HOST + JSON + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "a header without a colon": b"GET /v1/videos HTTP/1.1\r\n" + HOST + b"Nonsense\r\n\r\n",
    "a NUL in a header": b"GET /v1/videos HTTP/1.1\r\n" + HOST + b"X-A: a\x00b\r\n\r\n",
    "a space before the colon": b"GET /v1/videos HTTP/1.1\r\n" + HOST + b"X-A : a\r\n\r\n",
    "10,000 headers": b"GET /v1/videos HTTP/1.1\r\n"
    + HOST
    + b"".join(b"X-%d: y\r\n" % n for n in range(10_000))
    + b"\r\n",
    "a header of a megabyte": b"GET /v1/videos HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "a path of a megabyte": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "an upload cut in the middle": b"POST /v1/assets HTTP/1.1\r\n"
    + HOST
    + PNG
    + b"Content-Length: 5000\r\n\r\n\x89PNG\r\n\x1a\n",
    "chunks cut in the middle": b"POST /v1/assets HTTP/1.1\r\n"
    + HOST
    + PNG
    + b"Transfer-Encoding: chunked\r\n\r\n8\r\n\x89PNG\r\n\x1a\n\r\nffff\r\nabc",
}


async def exchange(url: str, data: bytes) -> bytes:
    """Send bytes, close our side, and read what comes back; nothing may come at all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    try:
        async with asyncio.timeout(120):
            writer.write(data)
            await writer.drain()
            writer.write_eof()
            return await reader.read(65536)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.slow
async def test_no_sequence_of_bytes_is_taken_for_more_than_it_is_or_stops_the_gateway(served: TestGateway) -> None:
    store = served.deps.connections.store
    assert isinstance(store, MemoryObjectStore)
    for what, data in RAW.items():
        answer = await exchange(served.url, data)
        if answer:
            assert int(answer.split()[1]) in REFUSED, (what, answer[:300])
        assert (await served.http.get("/healthz")).status_code == 200, what
    assert (await served.http.get("/v1/videos")).json()["data"] == []
    assert await store.list_keys("assets/") == [], "half an upload was kept"


@pytest.mark.slow
async def test_a_folded_header_is_one_header_with_a_space_in_it(served: TestGateway) -> None:
    """RFC 9112, section 5.2: a server refuses it, or puts a space in the fold's place, as ours does."""
    request = b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-Request-Id: a\r\n Connection: close\r\n\r\n"
    answer = await exchange(served.url, request)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"x-request-id: a" not in answer.lower(), "an id with a space is none"


def make_zip_bomb() -> bytes:
    """Ten kilobytes that unpack to ten megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("image.png", bytes(10_000_000))
    return packed.getvalue()


@pytest.mark.parametrize(
    "media_type", ["image/png", "image/jpeg", "audio/flac", "application/zip", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize(
    "body",
    [make_zip_bomb(), gzip.compress(bytes(10_000_000)), b"--x\r\n\r\n", b""],
    ids=["zip", "gzip", "multipart", "nothing"],
)
async def test_an_upload_is_what_its_bytes_are(http: httpx.AsyncClient, media_type: str, body: bytes) -> None:
    answer = await http.post("/v1/assets", content=body, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


@pytest.mark.parametrize("path", ["/v1/videos", "/v1/webhooks"])
async def test_a_compressed_body_is_not_unpacked(http: httpx.AsyncClient, path: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await http.post(path, content=gzip.compress(b"[" * 10_000_000), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request")
