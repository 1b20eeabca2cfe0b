"""Dubbing: a video made again in another language, with the same pictures."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Body, Header, Response

from lectern.contracts import keys
from lectern.contracts.options import Brief, Dub, VideoOptions
from lectern.contracts.state import VideoState
from lectern.gateway import documentation as docs
from lectern.gateway import models as m
from lectern.gateway.context import TheGateway, read_video
from lectern.gateway.refusals import wrong_state
from lectern.gateway.rounds import ScriptFact, script_of
from lectern.gateway.videos import check_assets, queued
from lectern.gateway.voices import check_voice

router = APIRouter(tags=["videos"])


@router.post(
    "/v1/videos/{video_id}/dub",
    status_code=202,
    response_model=m.Video,
    summary="Make the video in another language",
    responses={**docs.answers(202, "The new video is queued", docs.VIDEO), **docs.problems(404, 409, 415, 422, 503)},
)
async def dub(
    gateway: TheGateway,
    video_id: str,
    body: Annotated[m.DubRequest, Body(openapi_examples=docs.DUBS)],
    idempotency_key: Annotated[str | None, Header(description="makes it safe to send the request again")] = None,
) -> Response:
    """A new video: the script translated (by a model, or by the `document` you send), pictures re-used and re-timed."""
    known = await read_video(gateway, video_id)
    script = script_of(known.state)
    if body.document:
        await check_assets(gateway, body.document)
    await check_voice(gateway, body.voice)
    original = Dub(video_id=video_id, script_key=script.script_key, codes=_codes(known.state, script))

    def brief(new_id: str) -> Brief:
        document = body.document
        sent = {name: keys.asset(sha256) for name, sha256 in document.assets.items()} if document else {}
        return Brief(
            topic=script.title,
            document_key=keys.document(new_id) if document else "",
            assets={**script.assets, **sent},
            dub=original,
        )

    return await queued(
        gateway,
        lane=known.lane,
        brief=brief,
        options=_options(script.options, body),
        document=body.document,
        idempotency_key=idempotency_key,
        operation=f"POST /v1/videos/{video_id}/dub",
        body=body,
    )


def _codes(state: VideoState, script: ScriptFact) -> tuple[str, ...]:
    """The keys of every scene's code. Raises a 409 while one is missing."""
    coded = [state.scene(number).coded for number in range(1, len(script.scenes) + 1)]
    missing = next((number for number, fact in enumerate(coded, 1) if fact is None), None)
    if missing is not None:
        raise wrong_state(f"Scene {missing} has no picture yet.", "Wait until the video is complete, then dub it.")
    return tuple(fact.code.key for fact in coded if fact)


def _options(options: VideoOptions, body: m.DubRequest) -> VideoOptions:
    return msgspec.structs.replace(
        options,
        language=body.language,
        voice=body.voice or "",
        review=body.review,
        max_cost_usd=body.max_cost_usd,
    )
