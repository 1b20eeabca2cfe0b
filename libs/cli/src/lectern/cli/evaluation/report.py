"""The figures of an evaluation: what passed, what is shown, what it looks like, what it cost."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from lectern.cli.evaluation import scene_facts as facts
from lectern.cli.evaluation.judging import DIMENSIONS
from lectern.cli.evaluation.pictures import ScenePicture
from lectern.cli.evaluation.rates import Difference, Rate, measure_rate
from lectern.cli.evaluation.trial import SceneTrial, Trial
from lectern.contracts.usage import Usage

VERSION = 2  # of the report's schema


class TaskUsage(msgspec.Struct, frozen=True, kw_only=True):
    """The usage of one task over all videos."""

    requests: int
    tokens: int
    tokens_per_video: float
    cost_usd: float


class PictureFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The pictures of all scenes that were rendered. Shares of time, seconds, and medians over scenes of the shares of
    the body's width and height that are filled."""

    scenes: int
    still_share: float
    longest_still: float
    empty_seconds: float
    scenes_with_an_empty_second: int
    width: float
    height: float


class JudgeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The means of a judge's scores, from 1 to 10, over the videos it judged, and why it could not judge others."""

    videos: int
    scores: dict[str, float]
    failed: dict[str, int]
    cost_usd: float


class EvaluationReport(msgspec.Struct, frozen=True, kw_only=True):
    """The figures, documented in docs/evaluating.md. Times in seconds."""

    version: int
    briefs: int
    videos_with_every_scene: int
    videos_without_a_degraded_scene: int
    failed: dict[str, int]
    scenes: int
    scenes_judged: int
    passed_first: Rate
    passed_after_one_repair: Rate
    passed: Rate
    shown_as_drawn: Rate
    looked_at: Rate
    failed_looks: dict[str, int]
    repaired_after_critique: Rate
    repaired_after_render: Rate
    carried: Rate
    degraded: dict[str, int]
    scenes_failed: dict[str, int]
    versions: dict[int, int]
    strategies: dict[str, int]
    findings: dict[str, int]
    origins: dict[str, int]
    picture: PictureFigures | None
    doubts: int
    videos_with_doubts: int
    length_of_asked: float | None
    tasks: dict[str, TaskUsage]
    tokens_per_video: float
    cpu_seconds_per_video: float
    cost_usd: float
    cost_per_video_usd: float
    repair_share_of_tokens: float
    seconds_median: float
    seconds_worst: float
    judge: JudgeFigures | None = None
    differences: tuple[Difference, ...] = ()
    trials: tuple[Trial, ...] = ()


def summarize(trials: Sequence[Trial]) -> EvaluationReport:
    """The figures of the trials."""
    scenes = [scene for trial in trials for scene in trial.scenes]
    judged = [scene for trial in trials for scene in facts.list_judged_scenes(trial)]
    rendered = [scene for trial in trials if trial.rendered for scene in trial.scenes]
    faulted = [scene for scene in judged if facts.is_faulted_by_critique(scene)]
    refused = [scene for scene in judged if facts.is_refused_at_render(scene)]
    everything = [usage for trial in trials for usage in trial.usage]
    models = [usage for usage in everything if usage.kind == "model" and usage.requests]
    tokens = sum(map(count_tokens, models))
    cost = sum(usage.cost_usd for usage in everything)
    videos = max(1, sum(bool(trial.video_id) for trial in trials))
    times = sorted(trial.seconds for trial in trials)
    lengths = [trial.video_seconds / trial.asked_seconds for trial in trials if has_length(trial)]
    return EvaluationReport(
        version=VERSION,
        briefs=len(trials),
        videos_with_every_scene=sum(_is_complete(trial) for trial in trials),
        videos_without_a_degraded_scene=sum(
            _is_complete(trial) and not any(scene.degraded for scene in trial.scenes) for trial in trials
        ),
        failed=_count(trial.failed for trial in trials),
        scenes=len(scenes),
        scenes_judged=len(judged),
        passed_first=_rate(judged, lambda scene: facts.is_passed_within(scene, 1)),
        passed_after_one_repair=_rate(judged, lambda scene: facts.is_passed_within(scene, 2)),
        passed=_rate(judged, facts.is_passed_within),
        shown_as_drawn=_rate(rendered, facts.is_shown_as_drawn),
        looked_at=_rate(judged, facts.is_looked_at),
        failed_looks=_count(reason for scene in judged for reason in facts.list_failed_looks(scene)),
        repaired_after_critique=_rate(faulted, facts.is_repaired_after_critique),
        repaired_after_render=_rate(refused, facts.is_repaired_after_render),
        carried=measure_rate(sum(trial.cuts_carried for trial in trials), sum(trial.cuts_planned for trial in trials)),
        degraded=_count(scene.degraded for scene in scenes),
        scenes_failed=_count(scene.failed for scene in scenes),
        versions=dict(sorted(Counter(map(facts.count_versions, judged)).items())),
        strategies=_count(attempt.strategy for scene in judged for attempt in scene.attempts),
        findings=_count(attempt.rule for scene in judged for attempt in scene.attempts),
        origins=_count(scene.origin for scene in scenes),
        picture=_summarize_pictures([scene.picture for scene in scenes if scene.picture]),
        doubts=sum(len(trial.doubts) for trial in trials),
        videos_with_doubts=sum(bool(trial.doubts) for trial in trials),
        length_of_asked=round(statistics.median(lengths), 4) if lengths else None,
        tasks=_sum_tasks(models, videos),
        tokens_per_video=round(tokens / videos, 1),
        cpu_seconds_per_video=round(sum(usage.cpu_seconds for usage in everything) / videos, 2),
        cost_usd=round(cost, 6),
        cost_per_video_usd=round(cost / videos, 6),
        repair_share_of_tokens=round(
            sum(count_tokens(usage) for usage in models if usage.task == "repair") / max(1, tokens), 4
        ),
        seconds_median=round(statistics.median(times), 2) if times else 0.0,
        seconds_worst=times[-1] if times else 0.0,
        judge=_summarize_judgements(trials),
        trials=tuple(trials),
    )


def count_tokens(usage: Usage) -> int:
    """All tokens that a model was paid for."""
    return usage.input + usage.thinking + usage.output


def has_length(trial: Trial) -> bool:
    """True when a length was asked for and every scene was spoken."""
    return trial.asked_seconds > 0 and trial.video_seconds > 0 and not trial.failed


def _is_complete(trial: Trial) -> bool:
    return not trial.failed and bool(trial.scenes) and not any(scene.failed for scene in trial.scenes)


def _rate(scenes: Sequence[SceneTrial], holds: Callable[[SceneTrial], bool]) -> Rate:
    return measure_rate(sum(map(holds, scenes)), len(scenes))


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(name for name in names if name).items(), key=lambda item: (-item[1], item[0])))


def _summarize_pictures(pictures: Sequence[ScenePicture]) -> PictureFigures | None:
    if not pictures:
        return None
    return PictureFigures(
        scenes=len(pictures),
        still_share=round(sum(each.still_seconds for each in pictures) / sum(each.seconds for each in pictures), 4),
        longest_still=max(each.longest_still for each in pictures),
        empty_seconds=round(sum(each.empty_seconds for each in pictures), 2),
        scenes_with_an_empty_second=sum(each.empty_seconds >= 1 for each in pictures),
        width=round(statistics.median(each.width for each in pictures), 4),
        height=round(statistics.median(each.height for each in pictures), 4),
    )


def _summarize_judgements(trials: Sequence[Trial]) -> JudgeFigures | None:
    given = [trial.judgement for trial in trials if trial.judgement]
    scored = [judgement for judgement in given if judgement.scores]
    if not given:
        return None
    return JudgeFigures(
        videos=len(scored),
        scores={
            name: round(statistics.fmean(judgement.scores[name].score for judgement in scored), 2)
            for name in (DIMENSIONS if scored else ())
        },
        failed=_count(judgement.failed for judgement in given),
        cost_usd=round(sum(judgement.usage.cost_usd for judgement in given if judgement.usage), 6),
    )


def _sum_tasks(models: Sequence[Usage], videos: int) -> dict[str, TaskUsage]:
    by_task: dict[str, list[Usage]] = {}
    for usage in models:
        by_task.setdefault(f"{usage.task or 'other'} ({usage.name})", []).append(usage)
    return {task: _sum_task(usages, videos) for task, usages in sorted(by_task.items())}


def _sum_task(usages: Sequence[Usage], videos: int) -> TaskUsage:
    tokens = sum(map(count_tokens, usages))
    return TaskUsage(
        requests=sum(usage.requests for usage in usages),
        tokens=tokens,
        tokens_per_video=round(tokens / videos, 1),
        cost_usd=round(sum(usage.cost_usd for usage in usages), 6),
    )
