"""Media whole, in ranges, conditional and by redirect; and uploads of images and music."""

from __future__ import annotations

import hashlib
import random

import httpx
import pytest
from unit.gateway.gateways import TestGateway, gateway_in_process
from unit.gateway.images import make_image
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.worker import Connections

VIDEO_BYTES = random.Random(7).randbytes(700_001)
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nGrün\n".encode()


@pytest.fixture
async def video(connections: Connections) -> PublishedVideo:
    """A finished video whose files are in the store."""
    video = PublishedVideo(connections)
    base = f"videos/{video.video_id}/r1"
    await connections.store.put(f"{base}/video.mp4", VIDEO_BYTES, "video/mp4")
    await connections.store.put(f"{base}/captions.vtt", CAPTIONS, "text/vtt")
    await connections.store.put(f"{base}/scene.mp4", VIDEO_BYTES[:1000], "video/mp4")
    await video.request()
    await video.write_script()
    await video.render(1, key=f"{base}/scene.mp4")
    await video.render(2)
    await video.complete(
        e.Output(kind="video", key=f"{base}/video.mp4", media_type="video/mp4", bytes=len(VIDEO_BYTES)),
        e.Output(kind="captions_vtt", key=f"{base}/captions.vtt", media_type="text/vtt", bytes=len(CAPTIONS)),
        e.Output(kind="thumbnail", key=f"{base}/expired.jpg", media_type="image/jpeg", bytes=9),
    )
    return video


@pytest.fixture
def url(video: PublishedVideo) -> str:
    return f"{video.url}/content"


async def test_the_whole_file(http: httpx.AsyncClient, url: str) -> None:
    answer = await http.get(url)
    assert (answer.status_code, answer.content) == (200, VIDEO_BYTES)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == str(len(VIDEO_BYTES))
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("0-0", 0, 0), ("0-", 0, 700_000), ("300000-300009", 300_000, 300_009), ("-5", 699_996, 700_000),
     ("262143-262145", 262_143, 262_145), ("699999-9999999", 699_999, 700_000), ("-9999999", 0, 700_000)],
)  # fmt: skip
async def test_a_range_returns_exactly_its_bytes(
    http: httpx.AsyncClient, url: str, asked: str, start: int, end: int
) -> None:
    answer = await http.get(url, headers={"Range": f"bytes={asked}"})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {start}-{end}/700001"
    assert answer.headers["content-length"] == str(end - start + 1)
    assert answer.content == VIDEO_BYTES[start : end + 1]


@pytest.mark.parametrize("asked", ["700001-", "9000000-9000001", "-0"])
async def test_a_range_outside_the_file_is_416_with_the_size_of_the_file(
    http: httpx.AsyncClient, url: str, asked: str
) -> None:
    answer = await http.get(url, headers={"Range": f"bytes={asked}"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */700001")
    assert answer.json()["code"] == "range-not-satisfiable"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=5-2", "lines=1-2", "bytes=x-"])
async def test_several_ranges_or_malformed_ones_return_the_whole_file(
    http: httpx.AsyncClient, url: str, asked: str
) -> None:
    answer = await http.get(url, headers={"Range": asked})
    assert (answer.status_code, len(answer.content)) == (200, len(VIDEO_BYTES))


async def test_ranges_in_any_order_add_up_to_the_file(http: httpx.AsyncClient, url: str) -> None:
    pieces = [(start, min(start + 99_999, 700_000)) for start in range(0, 700_001, 100_000)]
    random.Random(1).shuffle(pieces)
    joined = bytearray(700_001)
    for start, end in pieces:
        joined[start : end + 1] = (await http.get(url, headers={"Range": f"bytes={start}-{end}"})).content
    assert bytes(joined) == VIDEO_BYTES


async def test_head_has_the_headers_of_get_and_no_body(http: httpx.AsyncClient, url: str) -> None:
    answer = await http.head(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(VIDEO_BYTES))
    assert answer.headers["etag"] == (await http.get(url)).headers["etag"]


async def test_an_unchanged_file_is_not_sent_again(http: httpx.AsyncClient, url: str) -> None:
    tag = (await http.head(url)).headers["etag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = await http.get(url, headers={"If-None-Match": given})
        assert (answer.status_code, answer.content) == (304, b"")
    assert (await http.get(url, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_download_resumes_only_if_the_file_is_unchanged(http: httpx.AsyncClient, url: str) -> None:
    tag = (await http.head(url)).headers["etag"]
    same = await http.get(url, headers={"Range": "bytes=9-", "If-Range": tag})
    assert (same.status_code, same.content) == (206, VIDEO_BYTES[9:])
    for other in ('"other"', f"W/{tag}", "Fri, 20 Nov 2026 09:00:00 GMT"):
        assert (await http.get(url, headers={"Range": "bytes=9-", "If-Range": other})).status_code == 200


async def test_a_download_is_named_after_the_video(http: httpx.AsyncClient, url: str) -> None:
    answer = await http.get(url, params={"download": 1, "variant": "captions_vtt"})
    assert (
        answer.headers["content-disposition"] == "attachment; filename=\"the-leaf.vtt\"; filename*=UTF-8''the-leaf.vtt"
    )
    assert answer.content == CAPTIONS
    assert answer.headers["content-type"].startswith("text/vtt")


@pytest.mark.parametrize(
    ("variant", "status", "code"),
    [("transcript", 404, "no-such-output"), ("thumbnail", 404, "gone"), ("film", 422, "validation-error")],
)
async def test_a_missing_file_is_a_problem(
    http: httpx.AsyncClient, url: str, variant: str, status: int, code: str
) -> None:
    answer = await http.get(url, params={"variant": variant})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_scene_can_be_watched_while_the_next_renders(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await connections.store.put("cache/footage/one.mp4", VIDEO_BYTES[:5000], "video/mp4")
    await video.request()
    early = await gateway.http.get(f"{video.url}/scenes/1/footage")
    assert (early.status_code, early.json()["code"]) == (409, "invalid-state")
    await video.write_script()
    await video.render(1, key="cache/footage/one.mp4")
    one = await gateway.http.get(f"{video.url}/scenes/1/footage", headers={"Range": "bytes=10-19"})
    assert (one.status_code, one.content) == (206, VIDEO_BYTES[10:20])
    assert (await gateway.http.get(f"{video.url}/scenes/2/footage")).status_code == 409
    assert (await gateway.http.get(f"{video.url}/scenes/3/footage")).status_code == 404
    unfinished = await gateway.http.get(f"{video.url}/content")
    assert (unfinished.status_code, unfinished.json()["code"]) == (409, "invalid-state")


async def test_the_previous_output_stays_available_during_a_new_revision(
    gateway: TestGateway, video: PublishedVideo, url: str
) -> None:
    assert (await gateway.http.post(f"{video.url}/scenes/1/redo")).status_code == 202
    assert (await gateway.http.get(url)).content == VIDEO_BYTES


async def test_media_can_be_redirected_to_the_store(connections: Connections, video: PublishedVideo) -> None:
    async with gateway_in_process(connections, media_redirect=True) as gateway:
        answer = await gateway.http.get(f"{video.url}/content?download=1")
        assert (answer.status_code, answer.content) == (307, b"")
        assert answer.headers["location"].startswith("https://store.test/")
        assert "the-leaf.mp4" in answer.headers["location"]
        head = await gateway.http.head(f"{video.url}/content")
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(VIDEO_BYTES)))


IMAGES = [make_image(form, 4, 3) for form in ("PNG", "JPEG", "WebP")]


@pytest.mark.parametrize(("data", "media_type"), IMAGES)
async def test_an_image_id_is_the_hash_of_its_bytes(
    http: httpx.AsyncClient, connections: Connections, data: bytes, media_type: str
) -> None:
    answers = [await http.post("/v1/assets", content=data, headers={"Content-Type": media_type}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    sha256 = hashlib.sha256(data).hexdigest()
    assert answers[0].json() == answers[1].json() == {"id": sha256, "media_type": media_type, "bytes": len(data)}
    assert await connections.store.get(f"assets/{sha256}") == data


TRACKS = [
    (b"ID3\x04" + bytes(20), "audio/mpeg", "audio/mpeg"),
    (b"\xff\xfb\x90\x64" + bytes(20), "audio/mp3", "audio/mpeg"),
    (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/x-wav", "audio/wav"),
    (b"fLaC" + bytes(20), "audio/flac", "audio/flac"),
    (b"OggS" + bytes(20), "audio/opus", "audio/ogg"),
    (b"\x00\x00\x00\x20ftypM4A " + bytes(20), "audio/x-m4a", "audio/mp4"),
]


@pytest.mark.parametrize(("data", "given", "kept"), TRACKS)
async def test_a_track_is_stored_with_its_registered_type(
    http: httpx.AsyncClient, data: bytes, given: str, kept: str
) -> None:
    answer = await http.post("/v1/assets", content=data, headers={"Content-Type": given})
    assert answer.status_code == 201
    assert answer.json() == {"id": hashlib.sha256(data).hexdigest(), "media_type": kept, "bytes": len(data)}


@pytest.mark.parametrize(
    ("data", "media_type", "status"),
    [
        (TRACKS[0][0], "audio/flac", 415),
        (b"#EXTM3U\n", "audio/mpeg", 415),
        (b"\xff\xf1\x50\x80", "audio/mpeg", 415),
        (b"ffconcat version 1.0\nfile /etc/passwd", "audio/ogg", 415),
        (b"fLaC", "audio/midi", 415),
        (b"fLaC" + bytes(20 * 1024 * 1024), "audio/flac", 413),
        (IMAGES[0][0], "audio/mpeg", 415),
    ],
    ids=["another type", "playlist", "raw aac", "concat list", "midi", "over 20 MB", "an image"],
)
async def test_an_upload_that_is_not_music_is_refused(
    http: httpx.AsyncClient, data: bytes, media_type: str, status: int
) -> None:
    answer = await http.post("/v1/assets", content=data, headers={"Content-Type": media_type})
    assert answer.status_code == status
    assert answer.json()["remedy"]


async def test_a_track_may_be_larger_than_an_image(http: httpx.AsyncClient) -> None:
    data = b"fLaC" + bytes(9 * 1024 * 1024)
    answer = await http.post("/v1/assets", content=data, headers={"Content-Type": "audio/flac"})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("data", "media_type", "status"),
    [
        (IMAGES[0][0], "image/jpeg", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 415),
        (b"GIF89a", "image/png", 415),
        (b"", "image/png", 415),
        (b"MZ\x90", "", 415),
        (IMAGES[0][0] + b"x" * 8_400_000, "image/png", 413),
    ],
    ids=["another type", "svg", "not an image", "nothing", "no type", "nine megabytes"],
)
async def test_an_upload_that_is_not_an_image_is_refused(
    http: httpx.AsyncClient, data: bytes, media_type: str, status: int
) -> None:
    answer = await http.post("/v1/assets", content=data, headers={"Content-Type": media_type})
    assert answer.status_code == status
    assert answer.json()["remedy"]
