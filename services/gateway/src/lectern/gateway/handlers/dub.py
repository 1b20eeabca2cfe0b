"""Dubbing: a new video in another language that reuses a finished video's code."""

from __future__ import annotations

import msgspec

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief, Dub
from lectern.contracts.problems import FieldError
from lectern.contracts.state import VideoState
from lectern.gateway.handlers.create import asset_keys
from lectern.gateway.handlers.script_events import ScriptEvent, get_script_event
from lectern.gateway.refusals import refuse_fields, refuse_state
from lectern.gateway.schemas import MAX_ASSETS, DubRequest

MAX_DUB_ASSETS = 2 * MAX_ASSETS  # the original's images and those of the translation; every event of the video has them


def dub(log: VideoLog, request: DubRequest, new_video_id: str) -> e.VideoRequested:
    """The first event of a new video: the script of `log` in another language, with the code of its scenes.

    Raises a 409 while a scene has no code, and a 422 for too many images.
    """
    script = get_script_event(log.state)
    assets = {**script.assets, **asset_keys(request.document)}
    if len(assets) > MAX_DUB_ASSETS:
        detail = f"with the original's there are {len(assets)} images; a dub has at most {MAX_DUB_ASSETS}"
        raise refuse_fields(FieldError(pointer="/document/assets", detail=detail))
    brief = Brief(
        topic=script.title,
        document_key=keys.document(new_video_id) if request.document else "",
        assets=assets,
        dub=Dub(video_id=log.video_id, script_key=script.script_key, codes=list_code_keys(log.state, script)),
    )
    options = msgspec.structs.replace(
        script.options,
        language=request.language,
        voice=request.voice or "",
        review=request.review,
        max_cost_usd=request.max_cost_usd,
        refused_voices=(),
    )
    return e.VideoRequested(video_id=new_video_id, owner=log.owner, lane=log.lane, brief=brief, options=options)


def list_code_keys(state: VideoState, script: ScriptEvent) -> tuple[str, ...]:
    """The keys of all scenes' code, in order. Raises a 409 while a scene has none."""
    found = []
    for number in range(1, len(script.scenes) + 1):
        code = state.scene(number).code()
        if code is None:
            raise refuse_state(f"Scene {number} has no code yet.", "Wait until the video is complete, then dub it.")
        found.append(code.key)
    return tuple(found)
