"""What variants of a video, or a scene made again, would take: only what is not there already costs anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.options import VideoOptions
from lectern.contracts.script import Scene, Script
from lectern.contracts.state import SceneEvents
from lectern.gateway import schemas
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.estimating import SPOKEN_RANGE, FilmPlan, estimate_dub, estimate_plan, plan_script
from lectern.gateway.handlers.script_events import ScriptChange, get_script_event
from lectern.gateway.script_store import read_script
from lectern.worker import map_concurrently

MAX_LOOKUPS = 8  # questions to the store at once for one request
EXACT = (1.0, 1.0)


class KeptParts(msgspec.Struct, frozen=True, kw_only=True):
    """What a scene has that can be used again. `length` in seconds; `drawn` is for a scene that a model drew."""

    length: float
    characters: int
    spoken: bool
    drawn: bool
    rendered: bool


async def estimate_variant(
    deps: GatewayDeps, log: VideoLog, script: Script, requested: e.VideoRequested
) -> schemas.Estimate:
    """The estimate for a variant, given the event that would request it."""
    if requested.brief.dub is not None:
        return await estimate_dub(deps, log, requested, translated=False)
    before, after = get_script_event(log.state).options, requested.options
    plan = await _plan(deps, log, script, range(1, len(script.scenes) + 1), before, after)
    return await estimate_plan(deps, plan, after, requested.lane)


async def estimate_redo(deps: GatewayDeps, log: VideoLog, change: ScriptChange, number: int) -> schemas.Estimate:
    """The estimate for a scene that is made again and those that follow it, given the change that would begin it."""
    event = get_script_event(log.state)
    before = await read_script(deps.connections.store, event.script_key)
    after = change.script or before
    salts = change.event.salts if isinstance(change.event, e.ScriptApproved) else {}
    fresh = salts.get(number) == e.message_id(change.event)
    old, new = before.scene(number), after.scene(number)
    respoken = fresh or (old.beats, old.voice) != (new.beats, new.voice)
    redrawn = fresh or old.plan.direction != new.plan.direction or old.visual != new.visual
    options = msgspec.structs.replace(event.options, voice=new.voice or event.options.voice)
    numbers = {number, *(change.event.plan if isinstance(change.event, e.ScriptApproved) else ())}
    plan = await _plan(
        deps,
        log,
        after,
        sorted(numbers),
        event.options,
        event.options,
        respoken={number} if respoken else (),
        redrawn={number} if redrawn else (),
        followers=numbers - {number},
    )
    return await estimate_plan(deps, plan, options, log.lane)


async def _plan(
    deps: GatewayDeps,
    log: VideoLog,
    script: Script,
    numbers: Sequence[int],
    before: VideoOptions,
    after: VideoOptions,
    *,
    respoken: Collection[int] = (),
    redrawn: Collection[int] = (),
    followers: Collection[int] = (),
) -> FilmPlan:
    """The film of some scenes of a video, with what the store still has of them.

    `followers` go on with things of another scene that is drawn anew: they keep their words, are rendered again, and
    keep their code only if it still fits.
    """
    other_voice = (before.voice, before.speaking_rate) != (after.voice, after.speaking_rate)
    other_shape, other_look = before.aspect != after.aspect, _describe_look(before) != _describe_look(after)

    async def find(number: int) -> KeptParts:
        facts, scene = log.state.scene(number), script.scene(number)
        narration, code, rendered = facts.narration(), facts.code(), facts.rendered
        respeaks = other_voice or number in respoken
        refits = other_shape or number in redrawn or number in followers
        spoken = not respeaks and narration is not None and await _has(deps, narration.audio_key)
        drawn = not refits and spoken and code is not None and await _has(deps, code.key)
        footage = not other_look and drawn and rendered is not None and await _has(deps, rendered.footage.key)
        return KeptParts(
            length=narration.seconds if narration and spoken else _guess_length(script, number, after),
            characters=sum(len(beat.spoken_text()) for beat in scene.beats),
            spoken=spoken,
            drawn=drawn or not _needs_model(facts, scene),
            rendered=footage,
        )

    parts = await map_concurrently(find, tuple(numbers), limit=MAX_LOOKUPS)
    modelled = [number for number in numbers if _needs_model(log.state.scene(number), script.scene(number))]
    directed = [number for number in modelled if number in redrawn]
    undrawn = sum(not part.drawn for part in parts)
    kept = sum(part.spoken for part in parts)
    said = f"{kept} of {len(parts)} narrations and {sum(part.rendered for part in parts)} footages are there already."
    return FilmPlan(
        lengths=tuple(part.length for part in parts),
        characters=sum(part.characters for part in parts if not part.spoken),
        spread=EXACT if kept == len(parts) else SPOKEN_RANGE,
        basis=(said,),
        modelled=len(directed),
        redrawn=undrawn - len(directed),
        left={
            "voicing": tuple(part.length for part in parts if not part.spoken),
            "coding": tuple(part.length for part in parts if not part.rendered),
            "rendering": tuple(part.length for part in parts if not part.rendered),
        },
    )


def _guess_length(script: Script, number: int, options: VideoOptions) -> float:
    return plan_script(script, options).lengths[number - 1]


def _needs_model(facts: SceneEvents, scene: Scene) -> bool:
    """True if a model draws the scene: it did before, is directed to, or there is nothing else to draw it from."""
    code = facts.code()
    return bool(scene.plan.direction) or scene.visual is None or (code is not None and code.origin == "model")


async def _has(deps: GatewayDeps, key: str) -> bool:
    return await deps.connections.store.head(key) is not None


def _describe_look(options: VideoOptions) -> tuple[object, ...]:
    """What decides how footage looks, its shape apart."""
    return options.theme, options.brand, options.cards, options.quality
