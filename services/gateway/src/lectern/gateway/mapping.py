"""Maps contracts (msgspec) to the API's JSON (pydantic)."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts.options import BUNDLED, VideoOptions
from lectern.contracts.problems import TYPE_PREFIX, Problem
from lectern.contracts.script import Script
from lectern.contracts.state import SceneEvents, SceneStatus, VideoState
from lectern.gateway import schemas
from lectern.gateway.handlers.script_events import ScriptEvent
from lectern.gateway.outlook import Prospect
from lectern.gateway.schemas import StageName
from lectern.gateway.timings import map_scene_timings, map_video_timings
from lectern.markdown import find_hints
from lectern.tracing import read_trace_id

# A scene's status says what is done; the stage it is in is the next one.
_NEXT_STAGE: dict[SceneStatus, StageName] = {
    "waiting": "voicing",
    "planned": "voicing",
    "narrated": "coding",
    "coded": "rendering",
    "rendered": "composing",
    "failed": "composing",
}
_STAGE_ORDER: tuple[StageName, ...] = ("voicing", "coding", "rendering", "composing")


def video_path(video_id: str) -> str:
    """The path of a video."""
    return f"/v1/videos/{video_id}"


def map_problem(problem: Problem, *, status: int | None = None, instance: str | None = None) -> schemas.ProblemBody:
    """A Problem as RFC 9457 JSON."""
    return schemas.ProblemBody(
        type=TYPE_PREFIX + problem.code,
        title=problem.title,
        status=status,
        detail=problem.detail,
        instance=instance,
        code=problem.code,
        remedy=problem.remedy,
        stage=problem.stage,
        scene=problem.scene,
        attempt=problem.attempt,
        retryable=problem.retryable,
        errors=[schemas.FieldProblem(pointer=error.pointer, detail=error.detail) for error in problem.errors],
    )


def map_wait(delay: e.Delay | None) -> schemas.Wait | None:
    """What a stage waits for."""
    return schemas.Wait(stage=delay.stage, since=delay.since, problem=map_problem(delay.problem)) if delay else None


def map_summary(state: VideoState, first: e.AnyEvent) -> schemas.VideoSummary:
    """A video as lists show it. `first` is the oldest event of its log."""
    return schemas.VideoSummary.model_validate(_summary_fields(state, first))


def map_queue(prospect: Prospect | None) -> schemas.QueuePlace | None:
    """Where a video waits."""
    if prospect is None or prospect.stage is None or prospect.ahead is None:
        return None
    return schemas.QueuePlace(stage=prospect.stage, ahead=prospect.ahead, as_of=prospect.as_of)


def map_eta(prospect: Prospect | None) -> schemas.Eta | None:
    """When a video will be finished."""
    found = prospect.forecast if prospect else None
    if prospect is None or found is None:
        return None
    return schemas.Eta(
        seconds=found.seconds, low=found.low, high=found.high, confidence=found.confidence, as_of=prospect.as_of
    )


def map_video(state: VideoState, first: e.AnyEvent, prospect: Prospect | None = None) -> schemas.Video:
    """A video with all its scenes and files. `first` is the oldest event of its log."""
    script = state.script()
    path = video_path(first.video_id)
    return schemas.Video.model_validate(
        {
            **_summary_fields(state, first),
            "script_revision": script.revision if script else None,
            "options": _map_options(state),
            "usage": _map_usage(state),
            "trace_id": read_trace_id(state.traceparent()) or None,
            "timings": map_video_timings(state, first),
            "queue": map_queue(prospect),
            "eta": map_eta(prospect),
            "notes": [schemas.VideoNote(code=note.code, text=note.text) for note in (*state.notes(), *state.hints())],
            "scenes": [map_scene(state, first.video_id, number) for number in range(1, state.scene_count() + 1)],
            "outputs": [
                schemas.OutputFile(
                    kind=output.kind,
                    url=f"{path}/content?variant={output.kind}",
                    media_type=output.media_type,
                    bytes=output.bytes,
                )
                for output in (state.completed.outputs if state.completed else ())
            ],
        }
    )


def map_scene(state: VideoState, video_id: str, number: int) -> schemas.SceneState:
    """A scene, counted from 1. A number beyond the script in force (a scene that has since been cut) has no title."""
    facts = state.scene(number)
    script = state.script()
    titles = script.scenes if script else ()
    narration = facts.narration()
    coded = facts.rendered or facts.coded
    degraded, failure = facts.degradation(), facts.failure()
    return schemas.SceneState(
        number=number,
        title=titles[number - 1].title if number <= len(titles) else "",
        status=facts.status(),
        seconds=narration.seconds if narration else None,
        voice=(narration.voice or None) if narration else None,
        timings=map_scene_timings(facts),
        **_map_scene_urls(facts, f"{video_path(video_id)}/scenes/{number}"),
        origin=coded.code.origin if coded else None,
        attempts=[
            schemas.AttemptSummary.model_validate(attempt, from_attributes=True)
            for attempt in (coded.code.history if coded else ())
        ],
        degraded=map_problem(degraded) if degraded else None,
        error=map_problem(failure.problem) if failure and not facts.rendered else None,
        waiting=map_wait(facts.delay()) if state.outcome() is None else None,
        take=state.take_in_force(number),
        takes=len(state.takes.get(number, {})),
        direction=(titles[number - 1].direction or None) if number <= len(titles) else None,
    )


def _map_scene_urls(facts: SceneEvents, path: str) -> dict[str, str | None]:
    """The URLs of a scene's files; null for those that are not made yet."""
    spoken = dict.fromkeys(("narration", "words"), facts.narration() is not None)
    coded = {"code": facts.code() is not None}
    rendered = dict.fromkeys(("footage", "video", "still"), facts.rendered is not None)
    return {name: f"{path}/{name}" if made else None for name, made in (spoken | coded | rendered).items()}


def map_script(event: ScriptEvent, script: Script, *, approved: bool) -> schemas.ScriptDocument:
    """A script with the revision it is from."""
    text = schemas.ScriptText.model_validate(script)
    hints = [schemas.ScriptHint.model_validate(hint) for hint in find_hints(script)]
    return schemas.ScriptDocument(revision=event.revision, approved=approved, hints=hints, **dict(text))


def map_take(
    video_id: str, number: int, revision: int, rendered: e.SceneRendered, script: Script | None, *, in_force: bool
) -> schemas.Take:
    """A take of a scene. `script` is the one it was made from, if there still is one."""
    path = f"{video_path(video_id)}/scenes/{number}/takes/{revision}"
    scene = script.scenes[number - 1] if script and number <= len(script.scenes) else None
    return schemas.Take(
        revision=revision,
        created_at=rendered.at,
        in_force=in_force,
        seconds=rendered.narration.seconds,
        voice=rendered.narration.voice or None,
        origin=rendered.code.origin,
        degraded=map_problem(rendered.degraded) if rendered.degraded else None,
        title=scene.title if scene else None,
        text=[beat.text for beat in scene.beats] if scene else None,
        direction=(scene.plan.direction or None) if scene else None,
        urls=schemas.TakeUrls.model_validate({name: f"{path}/{name}" for name in schemas.TakeUrls.model_fields}),
    )


def get_parent(state: VideoState) -> str | None:
    """The id of the video that this one was made from."""
    requested = state.requested
    made_from = (requested.variant or requested.brief.dub) if requested else None
    return made_from.video_id if made_from else None


def _summary_fields(state: VideoState, first: e.AnyEvent) -> dict[str, object]:
    status, outcome = state.status(), state.outcome()
    completed = state.completed if status == "completed" else None
    requested, options = state.requested, get_options(state)
    return {
        "id": first.video_id,
        "status": status,
        "stage": find_stage(state),
        "progress": state.progress(),
        "title": state.title(),
        "lane": first.lane,
        "created_at": first.at,
        "completed_at": completed.at if completed else None,
        "revision": state.revision(),
        "scene_count": state.scene_count(),
        "scenes_rendered": sum(facts.status() == "rendered" for facts in state.scenes().values()),
        "seconds": completed.seconds if completed else None,
        "topic": (requested.brief.topic or None) if requested else None,
        "aspect": options.aspect,
        "language": options.language,
        "thumbnail": _map_thumbnail(state, first.video_id),
        "scenes_degraded": sum(facts.degradation() is not None for facts in state.scenes().values()),
        "metadata": state.metadata(),
        "external_id": requested.external_id if requested else "",
        "batch": (requested.batch or None) if requested else None,
        "parent": get_parent(state),
        "error": map_problem(outcome.problem) if isinstance(outcome, e.VideoFailed) else None,
        "waiting": map_wait(state.delay()),
        "urls": _map_urls(state, first.video_id),
    }


def find_stage(state: VideoState) -> StageName | None:
    """The stage at work; None when the video has ended."""
    match state.status():
        case "queued":
            return "scripting"
        case "awaiting_approval":
            return "review"
        case "in_progress":
            stages = {_NEXT_STAGE[facts.status()] for facts in state.scenes().values()}
            return min(stages, key=_STAGE_ORDER.index, default="composing")
        case _:
            return None


def _map_urls(state: VideoState, video_id: str) -> schemas.VideoUrls:
    path = video_path(video_id)
    return schemas.VideoUrls(
        self=path,
        events=f"{path}/events",
        cancel=f"{path}/cancel",
        script=f"{path}/script" if state.script() else None,
        content=f"{path}/content" if state.completed else None,
    )


def _map_thumbnail(state: VideoState, video_id: str) -> str | None:
    outputs = state.completed.outputs if state.completed else ()
    kinds = {output.kind for output in outputs}
    return f"{video_path(video_id)}/content?variant=thumbnail" if "thumbnail" in kinds else None


def get_options(state: VideoState) -> VideoOptions:
    """The options in force: the script's, as the pipeline may have changed what was requested."""
    source = state.script() or state.requested
    return source.options if source else VideoOptions()


def _map_options(state: VideoState) -> dict[str, object]:
    options = get_options(state)
    music = options.music_key.removeprefix(BUNDLED).rpartition("/")[2] or None
    fields = {name: getattr(options, name, music) for name in schemas.VideoOptionsInForce.model_fields}
    if brand := options.brand:
        logo = brand.logo_key.rpartition("/")[2] or None
        fields["brand"] = schemas.BrandInForce(colours=brand.colours, font=brand.font, logo=logo)
    return fields


def _map_usage(state: VideoState) -> schemas.VideoUsage:
    items = state.usage()
    return schemas.VideoUsage(
        cost_usd=round(sum(item.cost_usd for item in items), 6),
        tokens=sum(item.input + item.thinking + item.output for item in items),
        characters=sum(item.characters for item in items),
        items=[schemas.UsageItem.model_validate(item, from_attributes=True) for item in items],
    )
