"""Requesting another form of a video."""

from __future__ import annotations

import msgspec

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief, Dub, OfferedScene, Variant, VideoOptions
from lectern.contracts.problems import FieldError
from lectern.contracts.script import Script
from lectern.contracts.state import SceneEvents
from lectern.gateway.handlers.create import find_music_key
from lectern.gateway.handlers.dub import list_code_keys
from lectern.gateway.handlers.script_events import get_script_event, refuse_unapproved
from lectern.gateway.refusals import refuse_fields
from lectern.gateway.schemas import VariantOptions
from lectern.gateway.schemas.brands import find_colour_fault, keep_brand
from lectern.language.tags import same_language


def vary(log: VideoLog, script: Script, wanted: VariantOptions, place: int, new_video_id: str) -> e.VideoRequested:
    """The first event of a video with the script of `log` as it is, and other options; in another language a dub of it.

    `place` is that of the variant in its request, from 0. Raises a 409 while the script waits for approval or, for a
    dub, while a scene has no code, and a 422 for options that contradict each other.
    """
    event = get_script_event(log.state)
    refuse_unapproved(log.state)
    options = _change_options(event.options, wanted, script.language)
    if options.captions == "off" and options.burn_captions:
        detail = 'captions are off, so there are none to burn in; send "captions": "plain" or "burn_captions": false'
        raise refuse_fields(FieldError(pointer=f"/variants/{place}", detail=detail))
    if options.brand and (fault := find_colour_fault(options.theme, options.brand.colours)):
        raise refuse_fields(FieldError(pointer=f"/variants/{place}", detail=f"brand: {fault}"))
    variant = Variant(video_id=log.video_id, script_key=event.script_key)
    dub = None
    if wanted.language is None or same_language(wanted.language, script.language):
        options = msgspec.structs.replace(options, language=script.language)
        scenes = tuple(
            _offer(log.state.scene(number), keys.digest(scene)) for number, scene in enumerate(script.scenes, 1)
        )
        variant = msgspec.structs.replace(variant, scenes=scenes)
    else:
        dub = Dub(video_id=log.video_id, script_key=event.script_key, codes=list_code_keys(log.state, event))
    requested = log.state.requested
    topic = requested.brief.topic if requested else ""
    return e.VideoRequested(
        video_id=new_video_id,
        owner=log.owner,
        lane=log.lane,
        brief=Brief(topic=topic or script.title, assets=event.assets, dub=dub),
        options=options,
        variant=variant,
    )


def _change_options(options: VideoOptions, wanted: VariantOptions, language: str) -> VideoOptions:
    """The original's options with what is different. Another voice, or language, has not been refused yet."""
    names = wanted.model_fields_set - {"music", "brand"}
    nullable = {"max_cost_usd"}
    changes = {name: value for name in names if (value := getattr(wanted, name)) is not None or name in nullable}
    if "music" in wanted.model_fields_set:
        changes["music_key"] = find_music_key(wanted.music)
    if "brand" in wanted.model_fields_set:
        changes["brand"] = keep_brand(wanted.brand)
    if wanted.language is not None and not same_language(wanted.language, language):
        changes = {"voice": "", **changes}
    if "voice" in changes:
        changes["refused_voices"] = ()
    return msgspec.structs.replace(options, review=False, **changes)


def _offer(facts: SceneEvents, scene_digest: str) -> OfferedScene:
    """What a scene offers: the salt of its narration, and the code that a model wrote for it."""
    code = facts.code()
    usable = code is not None and code.origin == "model" and facts.degradation() is None
    return OfferedScene(scene_digest=scene_digest, salt=facts.salt(), code_key=code.key if code and usable else "")
