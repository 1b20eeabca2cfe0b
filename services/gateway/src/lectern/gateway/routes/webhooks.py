"""Webhooks: registering where to be told of events, and looking at what was delivered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from lectern.contracts.ids import new_id
from lectern.gateway import examples, problem_types, webhooks
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.idempotency import IdempotencyKey, StoredResponse, make_fingerprint, run_once
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import Refusal, refuse, refuse_cursor
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import (
    DeliveryEntry,
    DeliveryList,
    Webhook,
    WebhookChange,
    WebhookList,
    WebhookRequest,
    WebhookWithSecret,
)
from lectern.gateway.video_log import VIDEO_ID
from lectern.gateway.webhooks import MAX_ENDPOINTS, WebhookEndpoint

router = APIRouter(tags=["webhooks"], route_class=JsonRoute)

WebhookId = Annotated[str, Path(description="a webhook's id")]
DeliveryId = Annotated[str, Path(description="a delivery's id")]


async def _read_endpoint(deps: GatewayDeps, webhook_id: str) -> WebhookEndpoint:
    """The sender's own webhook. Raises the same 404 for another owner's as for one that does not exist."""
    found = None
    if VIDEO_ID.fullmatch(webhook_id):  # it becomes part of a key
        found = await deps.webhook_endpoints.read(deps.principal.owner, webhook_id)
    if found is None:
        raise _refuse_unknown(f"There is no webhook {webhook_id[:64]}.")
    return found


def _refuse_unknown(detail: str) -> Refusal:
    return refuse(problem_types.NO_SUCH_WEBHOOK, detail)


@router.post(
    "/v1/webhooks",
    status_code=201,
    response_model=WebhookWithSecret,
    summary="Register a webhook",
    responses={
        **describe_json(201, WebhookWithSecret, "Registered; its secret is shown only now", examples.NEW_WEBHOOK),
        **describe_problems(400, 409, 413, 415, 422, 503),
    },
)
async def create_webhook(
    deps: Deps,
    body: Annotated[WebhookRequest, Body(openapi_examples=examples.WEBHOOK_REQUESTS)],
    idempotency_key: IdempotencyKey = "",
) -> Response:
    """Events from now on are sent to `url`, signed by the Standard Webhooks specification with the secret returned."""
    owner = deps.principal.owner
    make_endpoint = webhooks.register(body, owner, allow_loopback=deps.settings.allows_loopback_webhooks())

    async def work(webhook_id: str) -> StoredResponse:
        await deps.webhook_endpoints.wait_until_current()
        if len(deps.webhook_endpoints.of_owner(owner)) >= MAX_ENDPOINTS:
            raise refuse(problem_types.TOO_MANY_WEBHOOKS, f"You have {MAX_ENDPOINTS} webhooks, which is the most.")
        endpoint = make_endpoint(webhook_id)
        if not await deps.webhook_endpoints.create(endpoint):  # an earlier try of this request made it and died
            endpoint = await _read_endpoint(deps, webhook_id)
        return StoredResponse(
            status=201,
            headers={"Location": f"/v1/webhooks/{webhook_id}"},
            body=webhooks.map_new_webhook(endpoint).model_dump_json(),
            media_type="application/json",
        )

    fingerprint = make_fingerprint(body)
    return await run_once(deps.stored_responses, idempotency_key, "POST /v1/webhooks", fingerprint, work)


@router.get(
    "/v1/webhooks",
    response_model=WebhookList,
    summary="List webhooks",
    responses={**describe_json(200, WebhookList, "All of yours", examples.WEBHOOK_LIST), **describe_problems(503)},
)
async def list_webhooks(deps: Deps) -> WebhookList:
    """All of your webhooks, newest first; without their secrets."""
    await deps.webhook_endpoints.wait_until_current()
    return WebhookList(
        data=[webhooks.map_webhook(each) for each in deps.webhook_endpoints.of_owner(deps.principal.owner)]
    )


@router.get(
    "/v1/webhooks/{webhook_id}",
    response_model=Webhook,
    summary="Show a webhook",
    responses={**describe_json(200, Webhook, "The webhook", examples.WEBHOOK), **describe_problems(404, 503)},
)
async def show_webhook(deps: Deps, webhook_id: WebhookId) -> Webhook:
    """Without its secret, which is shown once."""
    return webhooks.map_webhook(await _read_endpoint(deps, webhook_id))


@router.patch(
    "/v1/webhooks/{webhook_id}",
    response_model=Webhook,
    summary="Change a webhook",
    responses={
        **describe_json(200, Webhook, "The webhook as it is now", examples.WEBHOOK),
        **describe_problems(400, 404, 413, 415, 422, 503),
    },
)
async def change_webhook(deps: Deps, webhook_id: WebhookId, body: WebhookChange) -> Webhook:
    """Deliveries that wait go to the new URL. `enabled: false` gives up what waits when it is due."""
    change = webhooks.change(body, allow_loopback=deps.settings.allows_loopback_webhooks())
    await _read_endpoint(deps, webhook_id)
    changed = await deps.webhook_endpoints.change(webhook_id, change)
    if changed is None:
        raise _refuse_unknown(f"There is no webhook {webhook_id}.")
    return webhooks.map_webhook(changed)


@router.delete(
    "/v1/webhooks/{webhook_id}",
    status_code=204,
    summary="Delete a webhook",
    responses={204: {"description": "Deleted; what waited for it is dropped"}, **describe_problems(404, 503)},
)
async def delete_webhook(deps: Deps, webhook_id: WebhookId) -> Response:
    """Nothing is sent to it any more, except what is on its way this very moment."""
    await _read_endpoint(deps, webhook_id)
    await deps.webhook_endpoints.delete(webhook_id)
    return Response(status_code=204)


@router.post(
    "/v1/webhooks/{webhook_id}/rotate-secret",
    response_model=WebhookWithSecret,
    summary="Replace a webhook's secret",
    responses={
        **describe_json(200, WebhookWithSecret, "The new secret, shown only now", examples.NEW_WEBHOOK),
        **describe_problems(404, 503),
    },
)
async def rotate_secret(deps: Deps, webhook_id: WebhookId) -> WebhookWithSecret:
    """For 24 hours webhooks carry two signatures, so that you can replace the secret without losing one.

    If you rotate again in that time, only the newest two sign.
    """
    await _read_endpoint(deps, webhook_id)
    changed = await deps.webhook_endpoints.change(webhook_id, webhooks.rotate_secret())
    if changed is None:
        raise _refuse_unknown(f"There is no webhook {webhook_id}.")
    return webhooks.map_new_webhook(changed)


@router.post(
    "/v1/webhooks/{webhook_id}/test",
    status_code=202,
    response_model=DeliveryEntry,
    summary="Send a test event",
    responses={
        **describe_json(202, DeliveryEntry, "On its way; look at it again", examples.DELIVERY),
        **describe_problems(404, 503),
    },
)
async def test_webhook(deps: Deps, webhook_id: WebhookId) -> Response:
    """Sends an event `webhook.test`, which is tried again like every other."""
    endpoint = await _read_endpoint(deps, webhook_id)
    delivery = webhooks.make_test_delivery(endpoint, new_id())
    await deps.webhook_deliveries.create(delivery)
    location = f"/v1/webhooks/{webhook_id}/deliveries/{delivery.id}"
    return make_json_response(webhooks.map_delivery(delivery), 202, {"Location": location, "Retry-After": "1"})


@router.get(
    "/v1/webhooks/{webhook_id}/deliveries",
    response_model=DeliveryList,
    summary="List a webhook's deliveries",
    responses={
        **describe_json(200, DeliveryList, "One page, newest first", examples.DELIVERY_LIST),
        **describe_problems(404, 422, 503),
    },
)
async def list_deliveries(
    deps: Deps,
    webhook_id: WebhookId,
    limit: Annotated[int, Query(ge=1, le=100, description="deliveries on a page")] = 20,
    after: Annotated[
        str,
        Query(
            description="`next_cursor` of the previous page",
            json_schema_extra={"pattern": f"^({VIDEO_ID.pattern})?$"},
        ),
    ] = "",
) -> DeliveryList:
    """What was sent in the last seven days, what came back, and what is tried again when."""
    if after and not VIDEO_ID.fullmatch(after):
        raise refuse_cursor()
    endpoint = await _read_endpoint(deps, webhook_id)
    await deps.webhook_deliveries.wait_until_current()
    found, cursor = await deps.webhook_deliveries.page(endpoint.id, limit=limit, after=after or None)
    return DeliveryList(data=[webhooks.map_delivery(each) for each in found], has_more=bool(cursor), next_cursor=cursor)


@router.get(
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}",
    response_model=DeliveryEntry,
    summary="Show a delivery",
    responses={**describe_json(200, DeliveryEntry, "The delivery", examples.DELIVERY), **describe_problems(404, 503)},
)
async def show_delivery(deps: Deps, webhook_id: WebhookId, delivery_id: DeliveryId) -> DeliveryEntry:
    """With every attempt so far, and the body that was sent."""
    endpoint = await _read_endpoint(deps, webhook_id)
    stored = await deps.webhook_deliveries.read(endpoint.id, delivery_id) if VIDEO_ID.fullmatch(delivery_id) else None
    if stored is None:
        raise _refuse_unknown(f"There is no delivery {delivery_id[:64]} of this webhook.")
    return webhooks.map_delivery(stored[0])


@router.post(
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    response_model=DeliveryEntry,
    summary="Deliver again",
    responses={
        **describe_json(202, DeliveryEntry, "On its way; look at it again", examples.DELIVERY),
        **describe_problems(404, 503),
    },
)
async def redeliver(deps: Deps, webhook_id: WebhookId, delivery_id: DeliveryId) -> Response:
    """Sends the same body with the same `webhook-id` at once, and begins a new round of attempts."""
    endpoint = await _read_endpoint(deps, webhook_id)
    changed = None
    if VIDEO_ID.fullmatch(delivery_id):
        changed = await deps.webhook_deliveries.change(endpoint.id, delivery_id, webhooks.redeliver)
    if changed is None:
        raise _refuse_unknown(f"There is no delivery {delivery_id[:64]} of this webhook.")
    location = f"/v1/webhooks/{webhook_id}/deliveries/{delivery_id}"
    return make_json_response(webhooks.map_delivery(changed), 202, {"Location": location, "Retry-After": "1"})
