"""The API of webhooks: secrets shown once, other owners' unseen, deliveries looked at and repeated."""

from __future__ import annotations

import httpx
import pytest
from unit.gateway.gateways import TestGateway

from lectern.contracts.ids import new_id
from lectern.gateway.schemas import WebhookRequest
from lectern.gateway.webhooks import MAX_ENDPOINTS, register

NEW = {"url": "https://example.org/hook", "events": ["video.completed", "video.failed", "video.completed"]}


async def create(http: httpx.AsyncClient, **fields: object) -> dict[str, object]:
    answer = await http.post("/v1/webhooks", json={**NEW, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_secret_is_shown_once(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/webhooks", json=NEW)
    webhook = answer.json()
    assert webhook["secret"].startswith("whsec_")
    assert webhook["events"] == ["video.completed", "video.failed"]
    for path in (answer.headers["location"], "/v1/webhooks"):
        shown = await http.get(path)
        assert shown.status_code == 200
        assert "whsec_" not in shown.text
    changed = await http.patch(f"/v1/webhooks/{webhook['id']}", json={"description": "mine"})
    assert "whsec_" not in changed.text
    assert "whsec_" not in repr(await http.get("/metrics"))


async def test_a_key_makes_one_webhook_however_often_it_is_sent(http: httpx.AsyncClient) -> None:
    first, again = [await http.post("/v1/webhooks", json=NEW, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert (first.json(), again.headers["idempotent-replayed"]) == (again.json(), "true")
    assert len((await http.get("/v1/webhooks")).json()["data"]) == 1


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("http://example.org/", "use https"),
        ("https://10.0.0.1/", "public internet"),
        ("https://a:b@example.org/", "user name"),
        ("https://example.org:25/", "port 25"),
    ],
)
async def test_a_refused_url_says_what_to_change(http: httpx.AsyncClient, url: str, part: str) -> None:
    for answer in (
        await http.post("/v1/webhooks", json={**NEW, "url": url}),
        await http.patch(f"/v1/webhooks/{(await create(http))['id']}", json={"url": url}),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "webhook-url-refused")
        assert problem["errors"][0]["pointer"] == "/url"
        assert part in problem["detail"]


async def test_only_events_that_exist_can_be_asked_for(http: httpx.AsyncClient) -> None:
    for events in (["video.finished"], []):
        answer = await http.post("/v1/webhooks", json={**NEW, "events": events})
        assert (answer.status_code, answer.json()["code"]) == (422, "validation-error")


async def test_an_owner_has_a_limited_number_of_webhooks(http: httpx.AsyncClient) -> None:
    for _ in range(MAX_ENDPOINTS):
        await create(http)
    answer = await http.post("/v1/webhooks", json=NEW)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-webhooks")


async def test_a_changed_webhook_keeps_what_was_left_out(http: httpx.AsyncClient) -> None:
    webhook = await create(http, description="first")
    path = f"/v1/webhooks/{webhook['id']}"
    assert (await http.patch(path, json={})).json()["url"] == NEW["url"]
    changed = (await http.patch(path, json={"enabled": False, "events": ["scene.failed"]})).json()
    assert (changed["enabled"], changed["events"], changed["description"]) == (False, ["scene.failed"], "first")


async def test_a_deleted_webhook_is_gone(http: httpx.AsyncClient) -> None:
    path = f"/v1/webhooks/{(await create(http))['id']}"
    assert (await http.delete(path)).status_code == 204
    for answer in (await http.get(path), await http.delete(path), await http.post(f"{path}/test")):
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-webhook")
    assert (await http.get("/v1/webhooks")).json()["data"] == []


async def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(gateway: TestGateway) -> None:
    webhook = await create(gateway.http)
    rotated = (await gateway.http.post(f"/v1/webhooks/{webhook['id']}/rotate-secret")).json()
    assert rotated["secret"] != webhook["secret"]
    assert rotated["old_secret_until"]
    stored = await gateway.deps.webhook_endpoints.read("", str(webhook["id"]))
    assert stored is not None
    assert stored.list_keys(stored.created_at) == [rotated["secret"], webhook["secret"]]
    until = stored.secrets[1].until
    assert until is not None
    assert stored.list_keys(until) == [rotated["secret"]]
    assert "whsec_" not in repr(stored), "reprs end up in logs"


async def test_a_test_event_is_listed_and_can_be_delivered_again(gateway: TestGateway) -> None:
    http = gateway.http
    path = f"/v1/webhooks/{(await create(http))['id']}"
    answer = await http.post(f"{path}/test")
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    delivery = (await http.get(answer.headers["location"])).json()
    assert (delivery["event"], delivery["attempts"]) == ("webhook.test", [])
    assert (await http.get(f"{path}/deliveries")).json()["data"] == [delivery]
    again = await http.post(f"{answer.headers['location']}/redeliver")
    assert (again.status_code, again.json()["id"]) == (202, delivery["id"])


async def test_deliveries_are_listed_in_pages_newest_first(http: httpx.AsyncClient) -> None:
    path = f"/v1/webhooks/{(await create(http))['id']}"
    made = [(await http.post(f"{path}/test")).json()["id"] for _ in range(5)]
    listed: list[str] = []
    cursor = ""
    for _ in range(3):
        page = (await http.get(f"{path}/deliveries", params={"limit": 2, "after": cursor})).json()
        listed += [delivery["id"] for delivery in page["data"]]
        cursor = page["next_cursor"]
    assert (listed, cursor) == (made[::-1], None)


async def test_another_owners_webhook_does_not_exist(gateway: TestGateway) -> None:
    make = register(WebhookRequest.model_validate(NEW), "somebody else", allow_loopback=False)
    foreign = new_id()
    await gateway.deps.webhook_endpoints.create(make(foreign))
    http = gateway.http
    assert (await http.get("/v1/webhooks")).json()["data"] == []
    for method, suffix in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/rotate-secret"),
        ("POST", "/test"),
        ("GET", "/deliveries"),
        ("GET", f"/deliveries/{new_id()}"),
        ("POST", f"/deliveries/{new_id()}/redeliver"),
    ):
        unknown = new_id()
        theirs = await http.request(method, f"/v1/webhooks/{foreign}{suffix}")
        none = await http.request(method, f"/v1/webhooks/{unknown}{suffix}")
        assert theirs.status_code == none.status_code == 404
        bodies = [answer.json() for answer in (theirs, none)]
        for body in bodies:
            del body["instance"]
        assert str(bodies[0]).replace(foreign, "") == str(bodies[1]).replace(unknown, "")
    assert await gateway.deps.webhook_endpoints.read("somebody else", foreign) is not None


@pytest.mark.parametrize("webhook_id", ["x", "*", ">", "..", "a.b", "%2e%2e%2f", "é"])
async def test_an_id_that_is_none_never_reaches_a_key(http: httpx.AsyncClient, webhook_id: str) -> None:
    for path in (f"/v1/webhooks/{webhook_id}", f"/v1/webhooks/{webhook_id}/deliveries"):
        assert (await http.get(path)).status_code == 404
