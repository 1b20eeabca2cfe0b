"""What became of videos and scenes, and what they cost: counted from the events of the log.

The projector's consumer hands each event to one gateway, so the sum over all gateways counts each once (ADR 30).
Times are those of the events: a gateway that comes late to an event counts the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from cachetools import LRUCache

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.problem_codes import FINDING_RULES, KILL_REASONS, USERS_CODES
from lectern.contracts.usage import Usage
from lectern.worker import (
    CODE_LABEL,
    ENGINE_LABEL,
    MODEL_LABEL,
    OTHER,
    QUALITY_LABEL,
    STAGE_LABEL,
    TASK_LABEL,
    Meter,
    MetricLabel,
)

SHORT_VIDEO, MEDIUM_VIDEO = 180.0, 600.0  # seconds: what is promised is promised of short ones
MAX_REMEMBERED = 10_000  # events that this process has counted, in case they come again
EXCEPTION = "exception"  # the rule of code that raised one

_SOURCE = MetricLabel("source", ("topic", "document", "dub", "variant"))
_OUTCOME = MetricLabel("outcome", ("completed", "degraded", "failed", "refused", "cancelled"))
_LENGTH = MetricLabel("length", ("short", "medium", "long"))
_PASS = MetricLabel("pass", ("first", "again"))
_ORIGIN = MetricLabel("origin", ("lesson", "template", "model", "author"))
_DEGRADED = MetricLabel("degraded", ("yes", "no"))
_RULE = MetricLabel(
    "rule",
    (
        *FINDING_RULES,
        *KILL_REASONS,  # in a preflight
        *(f"scene-{reason}" for reason in KILL_REASONS),  # while it was rendered
        "scene-error",
        "wrong-length",
        "failed",
        EXCEPTION,
        "no-budget",  # for a critique
        "no-stills",
        "no-vision-model",
    ),
)
_LOOKS = ("look", "render")  # entries in the history of a code that are no versions of it
_KIND = MetricLabel("kind", ("model", "voice"))
_NAME = MetricLabel("name", shown="the model or the voice engine", most=40)
_TOKENS = MetricLabel("kind", ("input", "cached", "output", "thinking"))
TIMED = (e.VideoScripted, e.SceneRendered, e.VideoCompleted, e.VideoFailed, e.VideoCancelled)  # count needs the log
_USERS = frozenset(USERS_CODES)


class VideoMetrics:
    """Counts events. Each is given with its place on the stream, so that it counts once in this process."""

    def __init__(self, meter: Meter) -> None:
        self._logger = structlog.get_logger("lectern.gateway.videos")
        self._seen: LRUCache[int, bool] = LRUCache(MAX_REMEMBERED)
        self._define_videos(meter)
        self._define_scenes(meter)
        self._define_costs(meter)

    def _define_videos(self, meter: Meter) -> None:
        self._requested = meter.counter(
            "lectern_videos_requested_total", "Videos requested", QUALITY_LABEL, _SOURCE, counted_by="fact"
        )
        self._finished = meter.counter(
            "lectern_videos_finished_total",
            "Videos that ended; degraded: with a scene that shows a template, refused: by the user's own fault",
            QUALITY_LABEL,
            _OUTCOME,
            counted_by="fact",
        )
        self._failures = meter.counter(
            "lectern_video_failures_total", "Videos that failed, by why", CODE_LABEL, STAGE_LABEL, counted_by="fact"
        )
        self._completion = meter.histogram(
            "lectern_video_completion_seconds",
            "Time from a request, an edit or a retry until the video was complete, without the time of a review",
            QUALITY_LABEL,
            _LENGTH,
            _PASS,
            traced=True,
            counted_by="fact",
        )
        self._script = meter.histogram(
            "lectern_video_script_seconds",
            "Time from a request until its script was written",
            QUALITY_LABEL,
            traced=True,
            counted_by="fact",
        )
        self._first_scene = meter.histogram(
            "lectern_video_first_scene_seconds",
            "Time from a request until the first scene could be watched, without the time of a review",
            QUALITY_LABEL,
            traced=True,
            counted_by="fact",
        )
        self._seconds = meter.counter(
            "lectern_video_seconds_total", "Length of completed videos", QUALITY_LABEL, counted_by="fact"
        )
        for counter in (self._requested, self._finished, self._seconds):
            counter.start_at_zero()
        self._first_scene.start_at_zero()
        for quality in QUALITY_LABEL.values:
            self._completion.start_at_zero(quality, "short", "first")  # what an objective counts

    def _define_scenes(self, meter: Meter) -> None:
        self._rendered = meter.counter(
            "lectern_scenes_rendered_total",
            "Scenes rendered, by who wrote their code",
            QUALITY_LABEL,
            _ORIGIN,
            _DEGRADED,
            counted_by="fact",
        )
        self._scene_failures = meter.counter(
            "lectern_scenes_failed_total", "Scenes that failed, by why", STAGE_LABEL, CODE_LABEL, counted_by="fact"
        )
        self._degraded = meter.counter(
            "lectern_scenes_degraded_total", "Scenes that show a template, by why", CODE_LABEL, counted_by="fact"
        )
        self._versions = meter.histogram(
            "lectern_scene_code_versions",
            "Versions of a scene's code until one was rendered",
            _ORIGIN,
            buckets=(1, 2, 3, 4, 5, 6, 8),
            counted_by="fact",
        )
        self._findings = meter.counter(
            "lectern_scene_findings_total",
            "Attempts at a scene's code that were no success, by what was found",
            _RULE,
            counted_by="fact",
        )
        for scenes in (self._rendered, self._degraded, self._findings, self._versions):
            scenes.start_at_zero()

    def _define_costs(self, meter: Meter) -> None:
        self._dollars = meter.counter(
            "lectern_spent_dollars_total",
            "US dollars that models and voices cost, at list prices",
            _KIND,
            _NAME,
            TASK_LABEL,
            counted_by="fact",
        )
        self._tokens = meter.counter(
            "lectern_model_tokens_total",
            "Tokens of models; input is what was not cached",
            MODEL_LABEL,
            TASK_LABEL,
            _TOKENS,
            counted_by="fact",
        )
        self._characters = meter.counter(
            "lectern_voice_characters_total", "Characters that voices were paid for", ENGINE_LABEL, counted_by="fact"
        )

    def count(self, sequence: int, event: e.AnyEvent, log: VideoLog) -> None:
        """Counts an event; `log` is its video's, up to this event or later.

        Times are left out where nothing is known of the video: its log is empty, or erased but for its deletion.
        """
        if sequence in self._seen:
            return
        if log and isinstance(log[0].event, e.VideoDeleted):
            log = VideoLog()
        self._seen[sequence] = True
        self._count_costs(getattr(event, "spent", ()))
        match event:
            case e.VideoRequested() if event.revision == 1:
                self._requested.inc(event.options.quality, _name_source(event))
            case e.VideoScripted() if event.revision == 1 and log:
                self._script.observe(_since(log, event), event.options.quality)
            case e.SceneRendered():
                self._count_rendered(sequence, event, log)
            case e.SceneFailed():
                self._scene_failures.inc(event.stage, event.problem.code)
            case e.VideoCompleted() | e.VideoFailed() | e.VideoCancelled() if log:
                then = VideoLog(entry for entry in log if entry.sequence <= sequence)
                self._count_outcome(event, then or log)

    def _count_rendered(self, sequence: int, event: e.SceneRendered, log: VideoLog) -> None:
        if event.take:
            return  # put back in force, and nothing was rendered
        quality, code = event.options.quality, event.code
        self._rendered.inc(quality, code.origin, "yes" if event.degraded else "no")
        if event.degraded:
            self._degraded.inc(event.degraded.code)
        if log and sequence == next((at for at, each in log if isinstance(each, e.SceneRendered)), 0):
            self._first_scene.observe(_since(log, event) - _measure_review(log, event), quality)
        if event.footage.cached:
            return
        looks = sum(attempt.strategy in _LOOKS for attempt in code.history)
        self._versions.observe(max(1, code.attempts - looks), code.origin)
        for attempt in code.history:
            if attempt.rule:
                self._findings.inc(_name_rule(attempt.rule))

    def _count_outcome(self, event: e.Outcome, log: VideoLog) -> None:
        self._logger.info(
            "video ended",
            action="video-ended",
            video=event.video_id,
            owner=event.owner,
            outcome=e.verb(type(event)),
            revision=event.revision,
            cost_usd=round(_add_up_cost(event, log), 6),
            video_seconds=event.seconds if isinstance(event, e.VideoCompleted) else 0.0,
        )
        options = (log.state.script() or log[0].event).options  # type: ignore[union-attr]
        quality = options.quality
        match event:
            case e.VideoCancelled():
                self._finished.inc(quality, "cancelled")
            case e.VideoFailed():
                self._finished.inc(quality, "refused" if event.problem.code in _USERS else "failed")
                self._failures.inc(event.problem.code, event.problem.stage or OTHER)
            case e.VideoCompleted():
                scenes = log.state.scenes().values()
                whole = all(scene.rendered and not scene.rendered.degraded for scene in scenes)
                self._finished.inc(quality, "completed" if whole else "degraded")
                self._seconds.inc(quality, by=event.seconds)
                seconds, way = _measure_making(event, log)
                self._completion.observe(seconds, quality, _name_length(event.seconds), way)

    def _count_costs(self, spent: Iterable[Usage]) -> None:
        for item in spent:
            if item.kind == "render":
                continue
            # of a voice only its engine: a user may name any voice of an account
            name = item.name.partition("/")[0] if item.kind == "voice" else item.name
            if item.cost_usd:
                self._dollars.inc(item.kind, name, item.task, by=item.cost_usd)
            if item.kind == "voice":
                self._characters.inc(name, by=item.characters)
                continue
            amounts = (item.input - item.cached, item.cached, item.output, item.thinking)
            for kind, amount in zip(_TOKENS.values, amounts, strict=True):
                if amount > 0:
                    self._tokens.inc(item.name, item.task, kind, by=amount)


def _since(log: VideoLog, event: e.AnyEvent) -> float:
    """Seconds from the request."""
    return max(0.0, (event.at - log[0].event.at).total_seconds())


def _measure_review(log: VideoLog, until: e.AnyEvent) -> float:
    """Seconds that the script waited for its user, up to an event."""
    waited, since = 0.0, None
    for _, event in log:
        if event.at > until.at:
            break
        if isinstance(event, e.VideoScripted) and event.review:
            since = since or event.at
        elif isinstance(event, e.ScriptApproved) and since:
            waited, since = waited + (event.at - since).total_seconds(), None
    return waited


def _measure_making(completed: e.VideoCompleted, log: VideoLog) -> tuple[float, str]:
    """The seconds that it took to make a video, and whether for the first time or again."""
    ends = (event for _, event in log if isinstance(event, e.VideoCompleted | e.VideoFailed | e.VideoCancelled))
    if all(end.revision >= completed.revision for end in ends):
        return max(0.0, _since(log, completed) - _measure_review(log, completed)), "first"
    began = next(event.at for _, event in log if event.revision == completed.revision)
    return max(0.0, (completed.at - began).total_seconds()), "again"


def _add_up_cost(outcome: e.Outcome, log: VideoLog) -> float:
    """What was spent since the outcome before this one, in US dollars."""
    ends = (event for _, event in log if isinstance(event, e.VideoCompleted | e.VideoFailed | e.VideoCancelled))
    before = max((end.revision for end in ends if end.revision < outcome.revision), default=0)
    events = (event for _, event in log if before < event.revision <= outcome.revision)
    spent: list[Usage] = [item for event in events for item in getattr(event, "spent", ())]
    return sum(item.cost_usd for item in spent)


def _name_source(event: e.VideoRequested) -> str:
    if event.brief.dub:
        return "dub"
    if event.variant:
        return "variant"
    return "document" if event.brief.document_key else "topic"


def _name_length(seconds: float) -> str:
    return "short" if seconds <= SHORT_VIDEO else "medium" if seconds <= MEDIUM_VIDEO else "long"


def _name_rule(rule: str) -> str:
    """A rule, or one word for all exceptions: their types are named by the scene's code."""
    return EXCEPTION if rule.endswith(("Error", "Exception")) else rule
