"""What a request may hold: how much, which characters, which names. A refusal names the field and costs little."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import msgspec
import pytest
from unit.gateway.gateways import TestGateway, gateway_in_process
from unit.gateway.images import make_png
from unit.gateway.published_video import PublishedVideo, make_script

from lectern.contracts.problems import MAX_ERRORS
from lectern.contracts.script import AnyVisual, Bullets, Chart, CodeListing, Flow, Table
from lectern.worker.store import ObjectInfo
from lectern.worker.testing import MemoryObjectStore, memory_connections

ASSET = "0" * 64
JSON = {"Content-Type": "application/json"}


async def read_refusal(answer: httpx.Response, status: int = 422) -> dict[str, str]:
    """The pointers and details of a refused request."""
    assert answer.status_code == status, answer.text
    assert len(answer.content) < 100_000
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}


def document(markdown: str = "# A\n\nB.\n", **assets: str) -> dict[str, Any]:
    return {"document": {"markdown": markdown, "assets": assets}}


async def test_a_document_has_at_most_64_images(http: httpx.AsyncClient) -> None:
    body = document(**{f"{number}.png": ASSET for number in range(65)})
    errors = await read_refusal(await http.post("/v1/videos", json=body))
    assert errors == {"/document/assets": "has more than 64 entries; send fewer"}


@pytest.mark.parametrize("names", [10_000, 40_000])
async def test_thousands_of_images_are_refused_before_the_store_is_asked(
    gateway: TestGateway, monkeypatch: pytest.MonkeyPatch, names: int
) -> None:
    async def head(*_: object) -> ObjectInfo | None:
        raise AssertionError("the store was asked")

    monkeypatch.setattr(gateway.deps.connections.store, "head", head)
    body = document(**{f"{number}.png": f"{number:064x}" for number in range(names)})
    errors = await read_refusal(await gateway.http.post("/v1/videos", json=body))
    assert errors == {"": "holds more than 1000 values; send fewer"}


async def test_the_store_is_asked_once_for_each_image_and_eight_at_a_time(
    gateway: TestGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    at_once: list[int] = []
    running = 0

    async def head(key: str) -> ObjectInfo | None:
        nonlocal running
        running += 1
        asked.append(key)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        at_once.append(running)
        running -= 1
        return ObjectInfo(size=1, media_type="image/png", etag="")

    monkeypatch.setattr(gateway.deps.connections.store, "head", head)
    body = document(**{f"{number}.png": f"{number % 30:064x}" for number in range(60)})
    assert (await gateway.http.post("/v1/videos", json=body)).status_code == 202
    assert len(asked) == len(set(asked)) == 30
    assert max(at_once) == 8


REFUSED_NAMES = [
    ("é" * 200, "has more than 255 bytes in UTF-8"),
    ("a" * 300, "has more than 255 bytes"),
    ("ok.png%00", "the control character U+0000"),
    ("a\x00b", "the control character U+0000"),
    ("a\x1bb", "the control character U+001B"),
    ("a\nb", "a line break"),
    ("a\u202egnp.exe", "the direction override U+202E"),
    ("../a", "use a relative path"),
    ("a/../b", "use a relative path"),
    ("%2e%2e/a", "use a relative path"),
    ("a/..", "use a relative path"),
    ("/etc/passwd", "use a relative path"),
    ("%2fetc", "use a relative path"),
    ("a//b", "use a relative path"),
    ("a/", "use a relative path"),
    ("a/./b", "use a relative path"),
    ("a\\b", "use a relative path"),
    ("", "use a relative path"),
    (".", "use a relative path"),
]


@pytest.mark.parametrize(("name", "words"), REFUSED_NAMES)
async def test_a_name_that_no_file_of_a_folder_may_have_is_refused(
    http: httpx.AsyncClient, name: str, words: str
) -> None:
    errors = await read_refusal(await http.post("/v1/videos", json=document(**{name: ASSET})))
    assert words in errors["/document/assets"]


async def test_no_image_has_the_name_of_a_folder_of_another(http: httpx.AsyncClient) -> None:
    errors = await read_refusal(await http.post("/v1/videos", json=document(a=ASSET, **{"a/b.png": ASSET})))
    assert errors == {"/document/assets": "'a/b.png' is in a folder, but 'a' is an image; rename one"}


async def test_two_spellings_of_a_name_cannot_mean_two_images(http: httpx.AsyncClient) -> None:
    body = document(**{"e\u0301.png": ASSET, "./\u00e9.png": "1" * 64})
    errors = await read_refusal(await http.post("/v1/videos", json=body))
    assert "names two images" in errors["/document/assets"]


async def test_a_decomposed_name_is_the_composed_one_that_the_lesson_writes(gateway: TestGateway) -> None:
    png = make_png()
    upload = await gateway.http.post("/v1/assets", content=png, headers={"Content-Type": "image/png"})
    body = document("# A\n\n![e](e\u0301.png)\n", **{"e\u0301.png": upload.json()["id"]})
    video = (await gateway.http.post("/v1/videos", json=body)).json()
    ((_, event),) = await gateway.deps.event_log.read(video["id"])
    assert list(event.brief.assets) == ["\u00e9.png"]  # type: ignore[union-attr]
    stored = await gateway.deps.connections.store.get(event.brief.document_key)  # type: ignore[union-attr]
    assert "\u00e9.png" in stored.decode()


SURROGATES = [
    ({"topic": "a\ud800"}, "/topic"),
    ({"document": {"markdown": "# \udfff"}}, "/document/markdown"),
    ({"topic": "a", "audience": "\ud800"}, "/audience"),
    ({"topic": "a", "options": {"voice": "\ud800"}}, "/options/voice"),
    ({"topic": "a", "lane": "\ud800"}, "/lane"),
    ({"document": {"markdown": "x", "assets": {"\ud800": ASSET}}}, "/document/assets"),
    ({"\ud800": 1}, ""),
]


@pytest.mark.parametrize(("body", "pointer"), SURROGATES, ids=[pointer or "a key" for _, pointer in SURROGATES])
async def test_a_lone_surrogate_is_refused_with_its_field(
    http: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    errors = await read_refusal(await http.post("/v1/videos", content=json.dumps(body).encode(), headers=JSON))
    assert "lone surrogate U+D" in errors[pointer]


CONTROLS = [
    ({"topic": "a\x00b"}, "/topic"),
    ({"topic": "\x1b]0;title\x07"}, "/topic"),
    ({"topic": "a\u202eb"}, "/topic"),
    ({"topic": "e" + "\u0315\u0300" * 100}, "/topic"),
    ({"topic": "\u200b\u200d"}, "/topic"),
    ({"topic": "a", "audience": "a\nb"}, "/audience"),
    ({"topic": "a", "tone": "a\x9bb"}, "/tone"),
    ({"document": {"markdown": "# A\n\n\x1b[31m\n"}}, "/document/markdown"),
    ({"document": {"markdown": "\u200b \u3164"}}, "/document/markdown"),
    ({"document": {"markdown": "# a\u2066"}}, "/document/markdown"),
]


@pytest.mark.parametrize(("body", "pointer"), CONTROLS)
async def test_text_that_acts_hides_or_shows_nothing_is_refused(
    http: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    assert (await read_refusal(await http.post("/v1/videos", json=body))).keys() == {pointer}


async def test_the_line_of_a_control_character_is_named(http: httpx.AsyncClient) -> None:
    errors = await read_refusal(await http.post("/v1/videos", json=document("# A\r\n\r\nB\x07.\n")))
    assert errors == {"/document/markdown": "holds the control character U+0007 in line 3; delete it"}


async def test_a_topic_is_stored_composed_and_keeps_the_joiners_that_scripts_need(http: httpx.AsyncClient) -> None:
    video = (await http.post("/v1/videos", json={"topic": "Gru\u0308n, می\u200cروم, 👩\u200d🚀?"})).json()
    assert video["topic"] == "Grün, می\u200cروم, 👩\u200d🚀?"


async def test_a_document_as_long_as_allowed_may_consist_of_combined_letters(http: httpx.AsyncClient) -> None:
    """Composing one base letter with endless marks takes quadratic time; letters with one mark each do not."""
    assert (await http.post("/v1/videos", json=document("# e\u0301\n\n" + "e\u0301 " * 60_000))).status_code == 202


async def test_a_reason_for_cancelling_is_normalised_too(gateway: TestGateway) -> None:
    video = (await gateway.http.post("/v1/videos", json={"topic": "a"})).json()
    answer = await gateway.http.post(video["urls"]["cancel"], json={"reason": "\x1b[2J"})
    assert (await read_refusal(answer)).keys() == {"/reason"}


LARGE = {
    "deep": (b'{"topic":' + b"[" * 40 + b"]" * 40 + b"}", 422, "deeper than 32"),
    "deeper than the parser goes": (b"[" * 200_000 + b"]" * 200_000, 422, "deeper than 32"),
    "a million lists": (b"[" + b"[]," * 1_000_000 + b"1]", 422, "more than 1000 values"),
    "many numbers": (b'{"topic":[' + b"1," * 200_000 + b"1]}", 422, "more than 1000 values"),
    "many fields": (json.dumps({f"k{n}": 1 for n in range(100_000)}).encode(), 422, "more than 1000 values"),
    "a long number": (b'{"scenes":' + b"9" * 5000 + b"}", 400, "cannot be parsed"),
    "NaN": (b'{"topic":"a","target_seconds":NaN}', 400, "NaN is no number in JSON"),
    "infinity": (b'{"topic":"a","options":{"speaking_rate":Infinity}}', 400, "Infinity is no number"),
}


@pytest.mark.parametrize("name", LARGE)
async def test_a_body_that_would_take_long_to_check_is_refused_at_once(http: httpx.AsyncClient, name: str) -> None:
    content, status, words = LARGE[name]
    answer = await http.post("/v1/videos", content=content, headers=JSON)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert len(answer.content) < 2000


async def test_no_more_errors_are_listed_than_anybody_reads(http: httpx.AsyncClient) -> None:
    errors = await read_refusal(await http.post("/v1/videos", json={f"k{number}": 1 for number in range(900)}))
    assert len(errors) == MAX_ERRORS


async def test_a_language_tag_has_at_most_35_characters(http: httpx.AsyncClient) -> None:
    options = {"language": "de" + "-abcdefgh" * 10_000}
    errors = await read_refusal(await http.post("/v1/videos", json={"topic": "a", "options": options}))
    assert errors == {"/options/language": "is longer than 35 characters; shorten it"}
    assert (await http.get("/v1/voices", params={"language": "de" + "-abcdefgh" * 10})).status_code == 422


@pytest.fixture
async def finished(gateway: TestGateway) -> PublishedVideo:
    """A finished video, whose script can be edited."""
    video = PublishedVideo(gateway.deps.connections)
    await video.finish()
    return video


async def edit(gateway: TestGateway, video: PublishedVideo, script: object) -> dict[str, str]:
    content = json.dumps(msgspec.to_builtins(script)).encode()
    return await read_refusal(await gateway.http.put(f"{video.url}/script", content=content, headers=JSON))


def show(visual: AnyVisual) -> object:
    script = make_script(1)
    scene = msgspec.structs.replace(script.scenes[0], visual=visual)
    return msgspec.structs.replace(script, scenes=(scene,))


@pytest.mark.parametrize(
    ("visual", "field", "words"),
    [
        (Flow(steps=("a",) * 50), "steps", "has 50 entries; at most 8"),
        (Bullets(items=("a" * 100,)), "items/0", "has 100 characters; at most 90"),
        (CodeListing(language="python", source="x\n" * 40), "source", "more than the 16 lines"),
        (Chart(series=("a",), rows=(("b", (1.0,)),) * 13), "rows", "has 13 rows; at most 12"),
        (Table(headings=("a", "b"), rows=(("c", "d"),) * 9), "rows", "has 9 rows; a table has 1 to 8"),
        (Table(headings=("a",), rows=(("c",),)), "headings", "has 1 columns; a table has 2 to 5"),
        (Table(headings=("", " "), rows=(("c", "d"),)), "headings", "name the columns"),
        (Table(headings=("a", "b"), rows=(("c", "d"), ("e",))), "rows/1", "has 1 cells where there are 2 headings"),
        (Table(headings=("a", "b"), rows=(("", ""),)), "rows/0", "only empty cells"),
        (Table(headings=("a", "b"), rows=(("c", "d" * 41),)), "rows/0/1", "has 41 characters; at most 40"),
    ],
)
async def test_a_script_in_json_may_show_no_more_than_one_in_markdown(
    gateway: TestGateway, finished: PublishedVideo, visual: AnyVisual, field: str, words: str
) -> None:
    errors = await edit(gateway, finished, show(visual))
    assert words in errors[f"/scenes/0/visual/{field}"]


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"language": "!!"}, "/language", "is not a language code"),
        ({"title": "a\nb"}, "/title", "a line break"),
        ({"title": "\u200b"}, "/title", "needs 1 to 200 characters"),
        ({"title": "a\ud800"}, "/title", "lone surrogate"),
        ({"sources": ["a\x1b"]}, "/sources/0", "control character U+001B"),
        ({"pronunciations": {"a": "\u202e"}}, "/pronunciations/a", "direction override"),
        ({"doubts": ["x"] * 30_000}, "", "more than 20000 values"),
        ({"sources": ["漢" * 300_000]}, "", "bytes as JSON; at most 786432 fit"),
    ],
)
async def test_a_script_in_json_is_held_to_the_same_rules(
    gateway: TestGateway, finished: PublishedVideo, change: dict[str, Any], pointer: str, words: str
) -> None:
    script = {**msgspec.to_builtins(make_script(1)), **change}
    assert words in (await edit(gateway, finished, script))[pointer]


@pytest.mark.parametrize(
    ("content", "words"), [(b"# A\n\n\x1bB", "U+001B in line 3"), (b"x" * 200_001, "has 200001 characters")]
)
async def test_a_script_in_markdown_is_checked_before_a_scripter_is_asked(
    gateway: TestGateway, finished: PublishedVideo, content: bytes, words: str
) -> None:
    headers = {"Content-Type": "text/markdown"}
    errors = await read_refusal(await gateway.http.put(f"{finished.url}/script", content=content, headers=headers))
    assert words in errors[""]


async def test_the_setting_limits_bodies_while_they_are_read() -> None:
    connections = memory_connections()
    assert isinstance(connections.store, MemoryObjectStore)
    async with gateway_in_process(connections, json_limit=1000) as gateway:
        answer = await gateway.http.post("/v1/videos", content=b" " * 2000, headers=JSON)
        assert answer.status_code == 413
        assert "1000-byte limit" in answer.json()["detail"]
