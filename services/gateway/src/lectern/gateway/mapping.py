"""The one place where contracts (msgspec) and the API's JSON (pydantic) meet."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.options import BUNDLED, MUSIC, Brief, VideoOptions
from lectern.contracts.problems import DOCS, Problem
from lectern.contracts.script import Script
from lectern.contracts.state import SceneEvents, VideoState
from lectern.gateway import models as m

_NEXT_STAGE = {"waiting": "voicing", "planned": "voicing", "narrated": "coding", "coded": "rendering"}
_STAGE_ORDER = ("voicing", "coding", "rendering", "composing")


def brief_of(request: m.VideoRequest, video_id: str) -> Brief:
    """The brief of a valid request. A document's text lies at `keys.document`."""
    document = request.document
    return Brief(
        topic=request.topic or "",
        document_key=keys.document(video_id) if document else "",
        audience=request.audience,
        target_seconds=request.target_seconds,
        scenes=request.scenes,
        tone=request.tone,
        style=request.style,
        search=request.search,
        assets={name: keys.asset(sha256) for name, sha256 in document.assets.items()} if document else {},
    )


def options_of(options: m.Options) -> VideoOptions:
    """The options with defaults filled in: a voice speaks the language; without one, the script's language decides."""
    defaults = VideoOptions()
    spoken = (options.voice or "").partition("-")[0].lower()
    language = options.language or (spoken if 2 <= len(spoken) <= 3 and spoken.isalpha() else defaults.language)
    return VideoOptions(
        quality=options.quality,
        aspect=options.aspect,
        voice=options.voice or defaults.voice,
        speaking_rate=options.speaking_rate,
        language=language,
        captions=options.captions,
        theme=options.theme,
        review=options.review,
        critique=options.critique,
        burn_captions=options.burn_captions,
        music_key=_music_key(options.music),
        max_cost_usd=options.max_cost_usd,
    )


def _music_key(music: str | None) -> str:
    """A track's name or asset id as `VideoOptions` has it."""
    if music is None:
        return ""
    return f"{BUNDLED}{music}" if music in MUSIC else keys.asset(music)


def _echo(options: VideoOptions) -> dict[str, object]:
    music = options.music_key.removeprefix(BUNDLED).removeprefix(keys.asset("")) or None
    return {name: getattr(options, name, music) for name in m.OptionsEcho.model_fields}


def problem(value: Problem, *, status: int | None = None, instance: str | None = None) -> m.ProblemBody:
    """A Problem as RFC 9457 JSON."""
    return m.ProblemBody(
        type=DOCS + value.code,
        title=value.title,
        status=status,
        detail=value.detail,
        instance=instance,
        code=value.code,
        remedy=value.remedy,
        stage=value.stage,
        scene=value.scene,
        attempt=value.attempt,
        retryable=value.retryable,
        errors=[m.FieldProblem(pointer=error.pointer, detail=error.detail) for error in value.errors],
    )


def path(video_id: str) -> str:
    """A video's own path."""
    return f"/v1/videos/{video_id}"


def _stage(state: VideoState) -> str | None:
    match state.status():
        case "queued":
            return "scripting"
        case "awaiting_approval":
            return "review"
        case "in_progress":
            ahead = {_NEXT_STAGE.get(facts.status(), "composing") for facts in state.scenes().values()}
            return min(ahead, key=_STAGE_ORDER.index, default="composing")
        case _:
            return None


def _error(state: VideoState) -> m.ProblemBody | None:
    outcome = state.outcome()
    return problem(outcome.problem) if isinstance(outcome, e.VideoFailed) else None


def _options(state: VideoState) -> VideoOptions:
    source = state.script() or state.requested
    return source.options if source else VideoOptions()


def _urls(state: VideoState, video_id: str) -> m.Urls:
    own = path(video_id)
    return m.Urls(
        self=own,
        events=f"{own}/events",
        cancel=f"{own}/cancel",
        script=f"{own}/script" if state.script() else None,
        content=f"{own}/content" if state.completed else None,
    )


def _title(state: VideoState) -> str:
    script = state.script()
    return script.title if script else state.requested.brief.label() if state.requested else ""


def _summary_fields(state: VideoState, video_id: str, first: e.AnyEvent) -> dict[str, object]:
    done = state.completed if state.status() == "completed" else None
    return {
        "id": video_id,
        "status": state.status(),
        "stage": _stage(state),
        "progress": state.progress(),
        "title": _title(state),
        "lane": first.lane,
        "created_at": first.at,
        "completed_at": done.at if done else None,
        "revision": state.revision(),
        "scene_count": state.scene_count(),
        "scenes_rendered": sum(facts.status() == "rendered" for facts in state.scenes().values()),
        "seconds": done.seconds if done else None,
        "error": _error(state),
        "urls": _urls(state, video_id),
    }


def summary(state: VideoState, video_id: str, first: e.AnyEvent) -> m.VideoSummary:
    """A video as lists show it. `first` is the oldest event of its log."""
    return m.VideoSummary.model_validate(_summary_fields(state, video_id, first))


def scene(state: VideoState, video_id: str, number: int) -> m.Scene:
    """A scene of the script in force; a number beyond it (a scene that was since cut) has no title."""
    facts: SceneEvents = state.scene(number)
    script = state.script()
    titles = script.scenes if script else ()
    spoken = facts.rendered or facts.coded or facts.narrated
    degraded, failure = facts.degraded(), facts.failure()
    made = facts.rendered or facts.coded
    code = made.code if made else None
    return m.Scene(
        number=number,
        title=titles[number - 1].title if number <= len(titles) else "",
        status=facts.status(),
        seconds=spoken.narration.seconds if spoken else None,
        footage=f"{path(video_id)}/scenes/{number}/footage" if facts.rendered else None,
        origin=code.origin if code else None,
        attempts=[m.Attempt.model_validate(each, from_attributes=True) for each in code.history] if code else [],
        degraded=problem(degraded) if degraded else None,
        error=problem(failure.problem) if failure and not facts.rendered else None,
    )


def usage(state: VideoState) -> m.Usage:
    """What a video has cost so far."""
    spent = state.spent()
    return m.Usage(
        cost_usd=round(sum(item.cost_usd for item in spent), 6),
        tokens=sum(item.input + item.thinking + item.output for item in spent),
        characters=sum(item.characters for item in spent),
        items=[m.UsageItem.model_validate(item, from_attributes=True) for item in spent],
    )


def video(state: VideoState, video_id: str, first: e.AnyEvent) -> m.Video:
    """A video with all its scenes and files."""
    options, script = _options(state), state.script()
    outputs = state.completed.outputs if state.completed else ()
    return m.Video.model_validate(
        {
            **_summary_fields(state, video_id, first),
            "topic": (state.requested.brief.topic or None) if state.requested else None,
            "script_revision": script.revision if script else None,
            "options": _echo(options),
            "usage": usage(state),
            "scenes": [scene(state, video_id, number) for number in range(1, state.scene_count() + 1)],
            "outputs": [
                m.OutputFile(
                    kind=output.kind,
                    url=f"{path(video_id)}/content?variant={output.kind}",
                    media_type=output.media_type,
                    bytes=output.bytes,
                )
                for output in outputs
            ],
        }
    )


def titles_of(script: Script) -> tuple[e.SceneTitle, ...]:
    """The titles and lengths (in words) that events carry of a script."""
    return tuple(
        e.SceneTitle(title=scene.title, words=sum(len(beat.spoken_text().split()) for beat in scene.beats))
        for scene in script.scenes
    )
