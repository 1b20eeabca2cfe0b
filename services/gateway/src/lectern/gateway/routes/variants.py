"""Other forms of a video: aspect, theme, voice, quality, language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Response

from lectern.contracts.ids import derive_id
from lectern.gateway import handlers, take_examples
from lectern.gateway.admission import check_logo, check_music, check_voice
from lectern.gateway.deps import Deps
from lectern.gateway.enqueue import publish_together
from lectern.gateway.handlers.script_events import get_script_event
from lectern.gateway.idempotency import IdempotencyKey, StoredResponse, make_fingerprint, run_once
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.mapping import video_path
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.responses import POLL_SECONDS, make_video
from lectern.gateway.schemas import VariantList, VariantsRequest
from lectern.gateway.script_store import read_script
from lectern.gateway.video_log import read_video

router = APIRouter(tags=["videos"], route_class=JsonRoute)


@router.post(
    "/v1/videos/{video_id}/variants",
    status_code=202,
    response_model=VariantList,
    summary="Make a video in other forms",
    responses={
        **describe_json(202, VariantList, "The new videos are queued", take_examples.VARIANT_LIST),
        **describe_problems(400, 404, 409, 413, 415, 422, 503),
    },
)
async def make_variants(
    deps: Deps,
    video_id: str,
    body: Annotated[VariantsRequest, Body(openapi_examples=take_examples.VARIANTS_REQUESTS)],
    idempotency_key: IdempotencyKey = "",
) -> Response:
    """Makes up to 20 new videos of the script as it is now. Whatever is the same in them is not made again."""
    log = await read_video(deps, video_id)
    script = await read_script(deps.connections.store, get_script_event(log.state).script_key)
    for place, wanted in enumerate(body.variants):
        await check_voice(deps, wanted.voice, f"/variants/{place}/voice")
        await check_music(deps, wanted.music, f"/variants/{place}/music")
        await check_logo(deps, wanted.brand, f"/variants/{place}/brand")

    def list_ids(claim: str) -> list[str]:
        return [derive_id(claim, place) for place in range(len(body.variants))]

    async def work(claim: str) -> StoredResponse:
        ids = list_ids(claim)
        events = [
            handlers.vary(log, script, wanted, place, new_id)
            for place, (wanted, new_id) in enumerate(zip(body.variants, ids, strict=True))
        ]
        made = [make_video(each) for each in await publish_together(deps, events)]
        return StoredResponse(
            status=202,
            headers={"Location": video_path(ids[0]), "Retry-After": str(POLL_SECONDS)},
            body=VariantList(data=made).model_dump_json(),
            media_type="application/json",
        )

    fingerprint = make_fingerprint(body, as_sent=True)
    operation = f"POST /v1/videos/{video_id}/variants"
    return await run_once(deps.stored_responses, idempotency_key, operation, fingerprint, work, list_ids)
