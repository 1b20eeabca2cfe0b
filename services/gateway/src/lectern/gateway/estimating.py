"""What a video would take: from its script where there is one, else from its brief, and from live times and costs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.notes import Note
from lectern.contracts.options import VideoOptions
from lectern.contracts.script import Script
from lectern.gateway import schemas
from lectern.gateway.clients import list_voices, parse_markdown
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.handlers import create
from lectern.gateway.handlers.script_events import get_script_event
from lectern.gateway.outlook.forecast import WaitingVideo
from lectern.gateway.outlook.stage_times import StageTime
from lectern.gateway.refusals import Refusal
from lectern.gateway.schemas import EstimateRange
from lectern.gateway.script_store import read_script
from lectern.gateway.workload import GUESSED_SCENES, GUESSED_SECONDS, WORDS_PER_SECOND, plan_workload
from lectern.language.words import count_words
from lectern.markdown import write_notes

CHARACTERS_PER_SECOND = 15.0  # of speech: 2.5 words of six characters, spaces included
PROSE_SHARE = 0.6  # of a document's words are spoken when a model explains it
GUESSED_RANGE, SPOKEN_RANGE, DUBBED_RANGE = (0.6, 1.7), (0.85, 1.2), (0.8, 1.35)  # shares within which lengths fall
UNKNOWN_MODEL_COST = 0.05  # US dollars a scene, at most, of the models in the bundled tables
_NO_SCENES = "no-scenes"


class FilmPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be made: the length of each scene in seconds, the characters spoken, and why we think so.

    `modelled` scenes are drawn by a model, and `redrawn` ones by one unless code that exists fits; `written` says that
    a model writes the script. `left` names the stages in which some scenes are reused, with the lengths of the others.
    `notes` are hints for the script.
    """

    lengths: tuple[float, ...]
    characters: int
    spread: tuple[float, float]
    basis: tuple[str, ...]
    modelled: int = 0
    redrawn: int = 0
    written: bool = False
    left: dict[str, tuple[float, ...]] = {}
    notes: tuple[Note, ...] = ()

    @property
    def seconds(self) -> float:
        """Its length."""
        return sum(self.lengths)


async def estimate_request(deps: GatewayDeps, body: schemas.VideoRequest) -> schemas.Estimate:
    """The estimate for a request. Raises a 422 for a document that is no good lesson, as its video would fail."""
    options = create(body, "").options
    plan = await _plan_request(deps, body, options)
    return await estimate_plan(deps, plan, options, body.lane)


async def _plan_request(deps: GatewayDeps, body: schemas.VideoRequest, options: VideoOptions) -> FilmPlan:
    if body.document is None:
        return _plan_topic(body.target_seconds, body.scenes)
    try:
        script = await parse_markdown(deps, body.document.markdown)
    except Refusal as refusal:
        if refusal.problem.code != _NO_SCENES:
            raise
        seconds = count_words(body.document.markdown) * PROSE_SHARE / WORDS_PER_SECOND
        plan = _plan_topic(body.target_seconds or round(seconds), body.scenes)
        return msgspec.structs.replace(plan, basis=("The document has no headings, so a model explains it.",))
    return msgspec.structs.replace(plan_script(script, options), notes=write_notes(script))


async def estimate_dub(
    deps: GatewayDeps, log: VideoLog, requested: e.VideoRequested, *, translated: bool
) -> schemas.Estimate:
    """The estimate for a dub, given the event that would request it. Raises a 409 while the video has no script."""
    script = await read_script(deps.connections.store, get_script_event(log.state).script_key)
    plan = plan_script(script, requested.options)
    said = "It has the original's scenes and code; translations are up to a third longer."
    plan = msgspec.structs.replace(plan, spread=DUBBED_RANGE, modelled=0, written=not translated, basis=(said,))
    return await estimate_plan(deps, plan, requested.options, requested.lane)


def plan_script(script: Script, options: VideoOptions) -> FilmPlan:
    """The film of a script: its words at the usual pace. A model draws a scene without a visual, if there is one."""
    speed = WORDS_PER_SECOND * options.speaking_rate
    lengths = [
        sum(count_words(beat.spoken_text()) / speed + beat.pause for beat in scene.beats) for scene in script.scenes
    ]
    characters = sum(len(beat.spoken_text()) for scene in script.scenes for beat in scene.beats)
    basis = f"The script has {len(lengths)} scenes; its words are read at {speed * 60:.0f} a minute."
    return FilmPlan(
        lengths=tuple(lengths),
        characters=characters,
        spread=SPOKEN_RANGE,
        basis=(basis,),
        modelled=sum(scene.visual is None for scene in script.scenes),
    )


def _plan_topic(target_seconds: int, scenes: int) -> FilmPlan:
    seconds = float(target_seconds) or GUESSED_SECONDS * (scenes or GUESSED_SCENES) / GUESSED_SCENES
    count = scenes or max(1, round(seconds * GUESSED_SCENES / GUESSED_SECONDS))
    asked = "as asked" if target_seconds or scenes else "as most are"
    return FilmPlan(
        lengths=(seconds / count,) * count,
        characters=round(seconds * CHARACTERS_PER_SECOND),
        spread=GUESSED_RANGE,
        basis=(f"There is no script yet: {count} scenes of {seconds:.0f} s in all, {asked}.",),
        modelled=count,
        written=True,
    )


async def estimate_plan(deps: GatewayDeps, plan: FilmPlan, options: VideoOptions, lane: str) -> schemas.Estimate:
    """The estimate for a film."""
    low, high = plan.spread
    voice, speech_usd, voice_basis = await _price_voice(deps, plan, options)
    models, model_basis = _price_models(deps, plan)
    scenes = len(plan.lengths)
    work = plan_workload(
        plan.lengths,
        lane="bulk" if lane == "bulk" else "fast",
        quality=options.quality,
        scripted=not plan.written,
        left=plan.left,
    )
    party = deps.principal.owner or "estimate"
    found = deps.outlook.forecast(WaitingVideo(video_id="", party=party, work=work))
    time_basis = (
        "Times are those of the stages lately, with what waits there now." if found else "A stage has no worker."
    )
    return schemas.Estimate(
        scenes=_range_scenes(scenes, low, high) if plan.spread == GUESSED_RANGE else _known(scenes),
        seconds=EstimateRange(low=round(plan.seconds * low, 1), high=round(plan.seconds * high, 1)),
        done_in_seconds=EstimateRange(low=found.low, high=found.high) if found else None,
        cost_usd=EstimateRange(
            low=round(speech_usd * (low if plan.written else 1.0) + models.low, 4),
            high=round(speech_usd * (high if plan.written else 1.0) + models.high, 4),
        ),
        voice=voice,
        basis=[*plan.basis, time_basis, voice_basis, model_basis, "Scenes that were made before are reused and free."],
        notes=[schemas.VideoNote(code=note.code, text=note.text) for note in plan.notes],
    )


def _range_scenes(scenes: int, low: float, high: float) -> EstimateRange:
    return EstimateRange(low=max(1, round(scenes * low)), high=round(scenes * high))


def _known(value: float) -> EstimateRange:
    return EstimateRange(low=value, high=value)


async def _price_voice(deps: GatewayDeps, plan: FilmPlan, options: VideoOptions) -> tuple[str | None, float, str]:
    offer = await list_voices(deps, options.voice or options.language)
    chosen = next((voice for voice in offer.voices if voice.id == offer.chosen), None) if offer else None
    if chosen is None:
        return None, 0.0, "No voice service answers, so its price is not counted."
    usd = plan.characters * chosen.usd_per_million / 1e6
    price = f"costs {chosen.usd_per_million:.2f} dollars a million characters" if chosen.usd_per_million else "is free"
    return chosen.id, usd, f"{chosen.id} speaks {plan.characters} characters and {price}."


def _price_models(deps: GatewayDeps, plan: FilmPlan) -> tuple[EstimateRange, str]:
    if not (plan.written or plan.modelled or plan.redrawn):
        return _known(0.0), "No model is needed."
    times = deps.outlook.times
    drawn = plan.modelled + plan.redrawn
    parts = [(1 if plan.written else 0, times.find_cost("scripting")), (drawn, times.find_cost("coding"))]
    needed = [(count, found) for count, found in parts if count]
    if any(found is None for _, found in needed):
        most = UNKNOWN_MODEL_COST * (drawn + plan.written)
        return EstimateRange(low=0.0, high=most), "No model was used here yet: at most what those of the tables cost."
    low, high = _add_costs([(count, found) for count, found in needed if found])
    if plan.redrawn:
        coding = times.find_cost("coding")
        low -= _add_costs([(plan.redrawn, coding)])[0] if coding else 0.0
        said = "A model draws a scene again only where its code does not fit; it costs what it cost lately."
        return EstimateRange(low=round(low, 4), high=high), said
    return EstimateRange(low=low, high=high), "Models cost what they cost for the latest videos; nothing without a key."


def _add_costs(parts: Sequence[tuple[int, StageTime]]) -> tuple[float, float]:
    """From half the mean to the 90th percentile of each."""
    return sum(n * found.mean / 2 for n, found in parts), sum(n * max(found.mean, found.p90) for n, found in parts)
