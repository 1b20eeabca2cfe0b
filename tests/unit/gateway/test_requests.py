"""POST /v1/videos: accepted and refused requests, and idempotency."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import httpx
import pytest
from unit.gateway.gateways import TestGateway
from unit.gateway.images import make_png

from lectern.contracts import events as e
from lectern.gateway.idempotency import StoredResponse, run_once
from lectern.worker import Connections
from lectern.worker.testing import MemoryEventLog

PNG = make_png()


def count_events(gateway: TestGateway) -> int:
    assert isinstance(gateway.deps.event_log, MemoryEventLog)
    return len(gateway.deps.event_log.entries())


async def read_request(gateway: TestGateway, video_id: str) -> e.VideoRequested:
    ((_, event),) = await gateway.deps.event_log.read(video_id)
    assert isinstance(event, e.VideoRequested)
    return event


async def test_a_topic_is_accepted_and_the_video_is_visible_at_once(gateway: TestGateway) -> None:
    answer = await gateway.http.post("/v1/videos", json={"topic": "  How does\n photosynthesis work? "})
    video = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == video["urls"]["self"]
    assert answer.headers["retry-after"] == "2"
    assert (video["status"], video["stage"], video["title"]) == ("queued", "scripting", "How does photosynthesis work?")
    shown = (await gateway.http.get(answer.headers["location"])).json()
    assert {**shown, "queue": None, "eta": None} == {**video, "queue": None, "eta": None}, "but for what is expected"
    assert (await read_request(gateway, video["id"])).brief.topic == "How does photosynthesis work?"


async def test_options_travel_in_the_event(gateway: TestGateway) -> None:
    options = {
        "quality": "high",
        "aspect": "9:16",
        "voice": "en-GB",
        "speaking_rate": 1.2,
        "captions": "karaoke",
        "theme": "light",
        "review": True,
        "burn_captions": True,
        "critique": True,
        "sounds": "off",
        "max_cost_usd": 0.5,
        "cards": False,
    }
    answer = await gateway.http.post("/v1/videos", json={"topic": "Rain", "options": options, "lane": "bulk"})
    event = await read_request(gateway, answer.json()["id"])
    assert event.lane == "bulk"
    assert {name: getattr(event.options, name) for name in options} == options
    assert answer.json()["options"] == {**options, "language": "en", "music": "calm", "brand": None}


async def test_bundled_and_uploaded_music_are_stored_as_keys_and_shown_as_sent(gateway: TestGateway) -> None:
    track = b"fLaC" + bytes(60)
    asset = (await gateway.http.post("/v1/assets", content=track, headers={"Content-Type": "audio/flac"})).json()["id"]
    for music, key in (("calm", "bundled:calm"), (asset, f"assets/{asset}"), (None, ""), ("none", "")):
        answer = await gateway.http.post("/v1/videos", json={"topic": "Rain", "options": {"music": music}})
        assert (await read_request(gateway, answer.json()["id"])).options.music_key == key
        assert answer.json()["options"]["music"] == (None if music == "none" else music)


async def test_unknown_music_is_refused_with_similar_names(gateway: TestGateway) -> None:
    png = (await gateway.http.post("/v1/assets", content=PNG, headers={"Content-Type": "image/png"})).json()["id"]
    details = {}
    for music in ("clam", "jazz", "0" * 64, png):
        answer = await gateway.http.post("/v1/videos", json={"topic": "Rain", "options": {"music": music}})
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/options/music"
        details[music] = error["detail"]
    assert "did you mean 'calm'?" in details["clam"]
    assert "there are calm and curious" in details["jazz"]
    assert "upload the music with POST /v1/assets first" in details["0" * 64]
    assert "is image/png, not audio" in details[png]


async def test_a_track_is_refused_as_an_image_of_a_document(http: httpx.AsyncClient) -> None:
    asset = (await http.post("/v1/assets", content=b"fLaC1", headers={"Content-Type": "audio/flac"})).json()["id"]
    document = {"markdown": "# A\n\nB.\n\n![c](c.png)", "assets": {"c.png": asset}}
    answer = await http.post("/v1/videos", json={"document": document})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/document/assets/c.png")


async def test_captions_cannot_be_both_off_and_burned_in(http: httpx.AsyncClient) -> None:
    options = {"captions": "off", "burn_captions": True}
    answer = await http.post("/v1/videos", json={"topic": "Rain", "options": options})
    assert answer.status_code == 422
    assert "captions are off" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("options", "voice", "language"),
    [
        ({}, "", "en"),
        ({"language": "de"}, "", "de"),
        ({"voice": "fr-FR"}, "fr-FR", "fr"),
        ({"voice": "Kore"}, "Kore", "en"),
        ({"voice": "de-DE-Wavenet-A"}, "de-DE-Wavenet-A", "de"),
        ({"voice": "iw-IL"}, "iw-IL", "he"),
    ],
)
async def test_the_language_defaults_to_the_voices_own(
    http: httpx.AsyncClient, options: dict[str, str], voice: str, language: str
) -> None:
    echo = (await http.post("/v1/videos", json={"topic": "Rain", "options": options})).json()["options"]
    assert (echo["voice"], echo["language"]) == (voice, language)


async def test_a_document_and_its_images_are_stored(gateway: TestGateway, connections: Connections) -> None:
    asset = (await gateway.http.post("/v1/assets", content=PNG, headers={"Content-Type": "image/png"})).json()["id"]
    document = {"markdown": "# Leaf\n\nGrün.\n\n![a](./images/leaf.png)", "assets": {"./images/leaf.png": asset}}
    answer = await gateway.http.post("/v1/videos", json={"document": document})
    assert answer.status_code == 202
    brief = (await read_request(gateway, answer.json()["id"])).brief
    assert (await connections.store.get(brief.document_key)).decode() == document["markdown"]
    assert brief.assets == {"images/leaf.png": f"assets/{asset}"}


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"topic": "   "}, "/topic", "is empty; ask a question"),
    ({"topic": "x" * 501}, "/topic", "501 characters and reads like a document"),
    ({"topic": "word " * 2000}, "/topic", 'send it as "document": {"markdown": "…"} instead'),
    ({}, "", 'send "topic" (a question) or "document"'),
    ({"topic": "a", "document": {"markdown": "# b"}}, "", "both"),
    ({"document": {"markdown": " \n"}}, "/document/markdown", "document is empty"),
    ({"document": {"markdown": "x" * 200_001}}, "/document/markdown", "1 more than the 200000 that fit; split it"),
    ({"document": {"markdown": "x", "assets": {"../x.png": "0" * 64}}}, "/document/assets", "without '..'"),
    ({"document": {"markdown": "x", "assets": {"x.png": "123"}}}, "/document/assets/x.png", "does not have the form"),
    ({"document": {"markdown": "x", "assets": {"a/b.png": "0" * 64}}}, "/document/assets/a~1b.png", "POST /v1/assets first"),
    ({"topic": "a", "options": {"quality": "hd"}}, "/options/quality", "one of 'draft', 'standard', 'high' or 'ultra'"),
    ({"topic": "a", "options": {"aspect": "4:3"}}, "/options/aspect", "one of '16:9', '9:16' or '1:1'"),
    ({"topic": "a", "options": {"captions": "big"}}, "/options/captions", "one of 'plain', 'karaoke' or 'off'"),
    ({"topic": "a", "options": {"theme": "blue"}}, "/options/theme", "use one of 'dark', 'light', 'midnight'"),
    ({"topic": "a", "options": {"speaking_rate": 9}}, "/options/speaking_rate", "use 2.0 or less"),
    ({"topic": "a", "options": {"language": "english!"}}, "/options/language", "does not have the form"),
    ({"topic": "a", "options": {"review": "perhaps"}}, "/options/review", "wrong type; send a valid boolean"),
    ({"topic": "a", "options": {"qualty": "high"}}, "/options/qualty", 'did you mean "quality"?'),
    ({"topc": "a"}, "/topc", 'did you mean "topic"?'),
    ({"topic": "a", "zebra": 1}, "/zebra", "known fields: audience, document, external_id, lane, metadata, options, scenes, search, style, target_seconds"),
    ({"topic": "a", "document": {"markdown": "x", "asets": {}}}, "/document/asets", 'did you mean "assets"?'),
    ({"topic": "a", "lane": "slow"}, "/lane", "one of 'fast' or 'bulk'"),
    ({"topic": 7}, "/topic", "wrong type; send a valid string"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "pointer", "words"), REFUSED)
async def test_a_refusal_names_the_field_and_the_remedy(
    gateway: TestGateway, body: dict[str, Any], pointer: str, words: str
) -> None:
    answer = await gateway.http.post("/v1/videos", json=body)
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "validation-error"
    assert problem["instance"] == answer.headers["x-request-id"]
    found = {error["pointer"]: error["detail"] for error in problem["errors"]}
    assert words in found[pointer]
    assert count_events(gateway) == 0


async def test_all_invalid_fields_are_reported_together(http: httpx.AsyncClient) -> None:
    body = {"topic": "", "options": {"quality": "hd", "speaking_rate": 0.1}}
    errors = (await http.post("/v1/videos", json=body)).json()["errors"]
    assert [error["pointer"] for error in errors] == ["/topic", "/options/quality", "/options/speaking_rate"]


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b'{"topic":', "application/json", 400, "malformed-request"),
        (b"\xff\xfe{}", "application/json", 400, "malformed-request"),
        (b'{"topic": "a"}', "text/plain", 415, "unsupported-media-type"),
        (b"[]", "application/json", 422, "validation-error"),
        (b"", "application/json", 422, "validation-error"),
        (b'{"topic": "' + b"x" * 5_000_000 + b'"}', "application/json", 413, "payload-too-large"),
    ],
    ids=["cut off", "not UTF-8", "plain text", "a list", "nothing", "five megabytes"],
)
async def test_an_unreadable_body_is_a_problem(
    http: httpx.AsyncClient, content: bytes, media_type: str, status: int, code: str
) -> None:
    answer = await http.post("/v1/videos", content=content, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["remedy"]


async def test_a_body_of_unknown_length_is_cut_off_at_the_limit(http: httpx.AsyncClient) -> None:
    async def endless() -> Any:
        for _ in range(6):
            yield b"x" * 1_000_000

    answer = await http.post("/v1/videos", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "payload-too-large")


async def test_a_repeated_idempotency_key_creates_one_video_and_replays_its_response(gateway: TestGateway) -> None:
    send = {"json": {"topic": "Rain"}, "headers": {"Idempotency-Key": "order 1"}}
    first = await gateway.http.post("/v1/videos", **send)  # type: ignore[arg-type]
    second = await gateway.http.post("/v1/videos", **send)  # type: ignore[arg-type]
    assert (second.status_code, second.content) == (202, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert count_events(gateway) == 1


async def test_an_idempotency_key_with_another_body_is_refused(http: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "order 2"}
    await http.post("/v1/videos", json={"topic": "Rain"}, headers=headers)
    answer = await http.post("/v1/videos", json={"topic": "Snow"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


async def test_the_order_of_fields_does_not_matter_to_idempotency(http: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "order 3", "Content-Type": "application/json"}
    first = await http.post("/v1/videos", content=b'{"topic":"Rain","lane":"fast"}', headers=headers)
    second = await http.post("/v1/videos", content=b'{ "lane": "fast", "topic": "Rain" }', headers=headers)
    assert second.json() == first.json()


async def test_twenty_simultaneous_requests_with_one_key_create_one_video(gateway: TestGateway) -> None:
    send = {"json": {"topic": "Rain"}, "headers": {"Idempotency-Key": "order 4"}}
    answers = await asyncio.gather(*(gateway.http.post("/v1/videos", **send) for _ in range(20)))  # type: ignore[arg-type]
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
    assert count_events(gateway) == 1


async def test_a_refused_request_does_not_use_up_its_key(http: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "order 5"}
    assert (await http.post("/v1/videos", json={"topic": ""}, headers=headers)).status_code == 422
    assert (await http.post("/v1/videos", json={"topic": "Rain"}, headers=headers)).status_code == 202


@pytest.mark.parametrize("key", ["x" * 256, "tab\there"])
async def test_a_malformed_idempotency_key_is_refused(http: httpx.AsyncClient, key: str) -> None:
    answer = await http.post("/v1/videos", json={"topic": "Rain"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "Idempotency-Key"


async def test_a_response_stored_by_an_earlier_version_is_replayed(gateway: TestGateway) -> None:
    slot = hashlib.sha256(b"POST /v1/videos\norder 7").hexdigest()
    fingerprint = "f2d1"
    stored = (
        b'{"fingerprint":"%b","video_id":"0190a5a2-7c00-7000-8000-000000000000","at":"2026-01-02T03:04:05Z","answer":'
        b'{"status":202,"headers":{"Location":"/v1/videos/x"},"body":"{}","media_type":"application/json"}}'
    )
    await gateway.deps.stored_responses.create(slot, stored % fingerprint.encode())

    async def work(_: str) -> StoredResponse:
        raise AssertionError("the work was done again")

    response = await run_once(gateway.deps.stored_responses, "order 7", "POST /v1/videos", fingerprint, work)
    assert (response.status_code, response.body) == (202, b"{}")
    assert response.headers["location"] == "/v1/videos/x"
