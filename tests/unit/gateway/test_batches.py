"""Batches: many videos requested at once, each refused or accepted by itself."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx
import pytest
from unit.gateway.gateways import TestGateway, gateway_in_process
from unit.gateway.keyed import client_of
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.api_keys import Quotas
from lectern.contracts.ids import derive_id, new_id, read_time
from lectern.gateway import idempotency
from lectern.worker import Connections, Unavailable
from lectern.worker.testing import MemoryEventLog


def topics(count: int) -> list[dict[str, Any]]:
    return [{"topic": f"Topic {number}", "custom_id": f"c{number}"} for number in range(count)]


async def send(http: httpx.AsyncClient, requests: list[Any], key: str = "", **fields: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await http.post("/v1/batches", json={"requests": requests, **fields}, headers=headers)


def test_derived_ids_are_time_ordered_uuids_and_always_the_same() -> None:
    batch = new_id()
    ids = [derive_id(batch, place) for place in range(100)]
    assert ids == sorted(set(ids))
    assert ids == [derive_id(batch, place) for place in range(100)]
    assert {uuid.UUID(each).version for each in ids} == {7}
    assert {uuid.UUID(each).variant for each in ids} == {uuid.RFC_4122}
    assert read_time(ids[0]) == read_time(batch)
    assert not set(ids) & {derive_id(new_id(), place) for place in range(100)}


async def test_a_hundred_requests_become_a_hundred_videos_in_their_order(gateway: TestGateway) -> None:
    answer = await send(gateway.http, topics(100), defaults={"options": {"quality": "draft"}})
    batch = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (202, batch["urls"]["self"])
    assert (batch["counts"]["total"], batch["counts"]["queued"], batch["status"]) == (100, 100, "in_progress")
    shown = (await gateway.http.get(batch["items"][41]["url"])).json()
    assert (shown["topic"], shown["external_id"], shown["batch"]) == ("Topic 41", "c41", batch["id"])
    assert (shown["lane"], shown["options"]["quality"]) == ("bulk", "draft")
    listed = (await gateway.http.get(f"{batch['urls']['videos']}&order=asc&limit=100")).json()["data"]
    assert [each["id"] for each in listed] == [item["video"] for item in batch["items"]]
    assert (await gateway.http.get(batch["urls"]["self"])).json() == batch


async def test_a_bad_request_has_its_problem_in_its_place_and_spoils_no_other(http: httpx.AsyncClient) -> None:
    bad = [
        {"topic": "", "custom_id": "empty"},
        {"topic": "a", "options": {"quality": "hd"}},
        {"topics": "typo"},
        {"topic": "a", "metadata": {"k": "\x00"}},
        {"topic": "a", "options": {"music": "jazz"}},
        {"document": {"markdown": "# A", "assets": {"x.png": "0" * 64}}},
        {"topic": "a", "custom_id": "c0"},
        {"topic": "a", "custom_id": "c9", "external_id": "c9"},
    ]
    answer = await send(http, [*topics(1), *bad, {"topic": "Good"}])
    batch = answer.json()
    assert answer.status_code == 202
    items = batch["items"]
    assert [bool(item["problem"]) for item in items] == [False, *[True] * len(bad), False]
    assert [(item["video"] is None) == bool(item["problem"]) for item in items]
    pointers = [item["problem"]["errors"][0]["pointer"] for item in items if item["problem"]]
    assert pointers == [
        "/topic", "/options/quality", "/topics", "/metadata/k", "/options/music", "/document/assets/x.png",
        "/custom_id", "/custom_id",
    ]  # fmt: skip
    assert "one of 'draft'" in items[2]["problem"]["detail"]
    assert items[1]["custom_id"] == "empty"
    assert (batch["counts"]["refused"], batch["counts"]["queued"]) == (len(bad), 2)
    assert (await http.get(batch["urls"]["self"])).json() == batch


async def test_a_batch_of_which_nothing_can_be_accepted_is_refused(http: httpx.AsyncClient) -> None:
    answer = await send(http, [{"topic": ""}, {"quality": "draft"}])
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "validation-error")
    assert problem["errors"][0]["pointer"] == "/requests/0/topic"
    assert {error["pointer"].split("/")[2] for error in problem["errors"]} == {"0", "1"}
    assert (await http.get("/v1/batches")).json()["data"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"requests": []}, "/requests"),
        ({"requests": topics(101)}, "/requests"),
        ({}, "/requests"),
        ({"requests": ["x"]}, "/requests/0"),
        ({"requests": topics(1), "lane": "slow"}, "/lane"),
        ({"requests": topics(1), "defaults": []}, "/defaults"),
        ({"requests": topics(1), "more": 1}, "/more"),
    ],
)
async def test_a_malformed_batch_is_refused_as_a_whole(
    http: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    answer = await http.post("/v1/batches", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_defaults_are_filled_in_and_a_request_wins(http: httpx.AsyncClient) -> None:
    defaults = {"topic": "Default", "options": {"quality": "draft", "theme": "light"}, "metadata": {"a": "1", "b": "1"}}
    requests = [
        {},
        {"topic": "Own", "options": {"theme": "dark"}, "metadata": {"b": "2"}, "lane": "fast"},
        {"document": {"markdown": "# Doc\n\nText."}},
    ]
    items = (await send(http, requests, defaults=defaults)).json()["items"]
    shown = [(await http.get(item["url"])).json() for item in items]
    assert [video["topic"] for video in shown] == ["Default", "Own", None]
    assert [video["options"]["theme"] for video in shown] == ["light", "dark", "light"]
    assert [video["metadata"] for video in shown] == [{"a": "1", "b": "1"}, {"a": "1", "b": "2"}, {"a": "1", "b": "1"}]
    assert [video["lane"] for video in shown] == ["bulk", "fast", "bulk"]


async def test_a_batch_sent_again_with_its_key_is_the_same_batch(gateway: TestGateway) -> None:
    first = await send(gateway.http, topics(3), key="k")
    again = await send(gateway.http, topics(3), key="k")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    other = await send(gateway.http, topics(4), key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert isinstance(gateway.deps.event_log, MemoryEventLog)
    assert len(gateway.deps.event_log.entries()) == 3


async def test_a_batch_that_broke_off_goes_on_with_its_key_and_makes_nothing_twice(
    gateway: TestGateway, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = connections.event_log.publish
    published = 0

    async def die(event: e.AnyEvent, **options: Any) -> int:
        nonlocal published
        published += 1
        if published > 7:
            raise asyncio.CancelledError  # as if the process were gone: nothing after it runs
        return await publish(event, **options)

    monkeypatch.setattr(connections.event_log, "publish", die)
    update = gateway.deps.stored_responses.update
    monkeypatch.setattr(gateway.deps.stored_responses, "update", lambda *_: asyncio.sleep(0))
    with pytest.raises((asyncio.CancelledError, BaseExceptionGroup)):
        await send(gateway.http, topics(20), key="k")
    monkeypatch.setattr(connections.event_log, "publish", publish)
    monkeypatch.setattr(gateway.deps.stored_responses, "update", update)
    (half,) = (await gateway.http.get("/v1/batches")).json()["data"]
    assert (half["counts"]["queued"], half["counts"]["missing"], half["status"]) == (7, 13, "in_progress")
    monkeypatch.setattr(idempotency, "SILENT_SECONDS", 0.1)
    whole = (await send(gateway.http, topics(20), key="k")).json()
    assert (whole["id"], whole["counts"]["queued"], whole["counts"]["missing"]) == (half["id"], 20, 0)
    assert isinstance(connections.event_log, MemoryEventLog)
    assert len(connections.event_log.entries()) == 20


async def test_an_outage_in_the_middle_is_reported_and_the_key_goes_on_at_once(
    gateway: TestGateway, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = connections.event_log.publish

    async def fail(event: e.AnyEvent, **options: Any) -> int:
        if isinstance(event, e.VideoRequested) and event.external_id == "c3":
            raise Unavailable("the event log does not answer", code="log-unavailable")
        return await publish(event, **options)

    monkeypatch.setattr(connections.event_log, "publish", fail)
    assert (await send(gateway.http, topics(5), key="k")).status_code == 503
    monkeypatch.setattr(connections.event_log, "publish", publish)
    assert (await send(gateway.http, topics(5), key="k")).json()["counts"]["queued"] == 5
    assert isinstance(connections.event_log, MemoryEventLog)
    assert len(connections.event_log.entries()) == 5


async def test_the_counts_follow_the_videos(gateway: TestGateway, connections: Connections) -> None:
    batch = (await send(gateway.http, topics(4))).json()
    ids = [item["video"] for item in batch["items"]]
    for place, video_id in enumerate(ids[:3]):
        video = PublishedVideo(connections, lane="bulk")
        video.video_id = video_id
        await (video.fail() if place else video.complete())
    await gateway.http.delete(f"/v1/videos/{ids[2]}")
    shown = (await gateway.http.get(batch["urls"]["self"])).json()
    counts = {name: count for name, count in shown["counts"].items() if count}
    assert counts == {"total": 4, "completed": 1, "failed": 1, "deleted": 1, "queued": 1}
    assert shown["status"] == "in_progress"
    cancelled = await gateway.http.post(batch["urls"]["cancel"])
    assert cancelled.status_code == 202
    shown = (await gateway.http.get(batch["urls"]["self"])).json()
    assert (shown["status"], shown["counts"]["cancelled"], shown["counts"]["completed"]) == ("cancelled", 1, 1)
    assert (await gateway.http.post(batch["urls"]["cancel"])).status_code == 202


async def test_batches_are_listed_newest_first_page_by_page(http: httpx.AsyncClient) -> None:
    ids = [(await send(http, topics(1))).json()["id"] for _ in range(5)]
    first = (await http.get("/v1/batches?limit=2")).json()
    assert [each["id"] for each in first["data"]] == ids[:2:-1]
    assert "items" not in first["data"][0]
    rest = (await http.get(f"/v1/batches?limit=9&after={first['next_cursor']}")).json()
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (ids[2::-1], False)


@pytest.mark.parametrize("batch_id", ["0190a5a2-7c00-7000-8000-000000000000", "x", "*", "%3E"])
async def test_an_unknown_batch_is_not_found(http: httpx.AsyncClient, batch_id: str) -> None:
    for answer in (await http.get(f"/v1/batches/{batch_id}"), await http.post(f"/v1/batches/{batch_id}/cancel")):
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-batch")


async def test_what_a_quota_has_no_room_for_is_refused_in_its_place(connections: Connections) -> None:
    async with (
        gateway_in_process(connections, require_keys=True) as gateway,
        client_of(gateway, "ann", quotas=Quotas(videos_per_day=3)) as ann,
    ):
        batch = (await send(ann, topics(5), key="k")).json()
        assert (batch["counts"]["queued"], batch["counts"]["refused"]) == (3, 2)
        assert {item["problem"]["code"] for item in batch["items"] if item["problem"]} == {"quota-exceeded"}
        assert (await ann.get(batch["urls"]["self"])).json()["counts"] == batch["counts"]
        nothing = await send(ann, topics(2))
        assert (nothing.status_code, nothing.json()["code"]) == (429, "quota-exceeded")
        assert nothing.headers["retry-after"]
        assert len((await ann.get("/v1/batches")).json()["data"]) == 1
