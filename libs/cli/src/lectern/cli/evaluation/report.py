"""The figures of an evaluation: rates, attempts, findings, tokens, cost, time."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from lectern.cli.evaluation.trial import SceneTrial, Trial
from lectern.contracts.usage import Usage


class TaskUsage(msgspec.Struct, frozen=True, kw_only=True):
    """The usage of one task over all videos."""

    requests: int
    tokens: int
    tokens_per_video: float
    cost_usd: float


class EvaluationReport(msgspec.Struct, frozen=True, kw_only=True):
    """The figures. Rates are shares of the scenes that a model was asked for, or None without any; times in seconds."""

    briefs: int
    videos_with_every_scene: int
    videos_without_a_degraded_scene: int
    failed: dict[str, int]
    scenes: int
    scenes_of_a_model: int
    first_attempt: float | None
    after_one_repair: float | None
    after_repair: float | None
    degraded: dict[str, int]
    attempts: dict[int, int]
    strategies: dict[str, int]
    findings: dict[str, int]
    origins: dict[str, int]
    tasks: dict[str, TaskUsage]
    tokens_per_video: float
    cost_usd: float
    cost_per_video_usd: float
    repair_share_of_tokens: float
    seconds_median: float
    seconds_worst: float


def summarize(trials: Sequence[Trial]) -> EvaluationReport:
    """The figures of the trials."""
    scenes = [scene for trial in trials for scene in trial.scenes]
    asked = [scene for scene in scenes if scene.attempts]
    everything = [usage for trial in trials for usage in trial.usage]
    models = [usage for usage in everything if usage.kind == "model" and usage.requests]
    tokens = sum(map(_tokens, models))
    cost = sum(usage.cost_usd for usage in everything)
    videos = max(1, sum(bool(trial.video_id) for trial in trials))
    times = sorted(trial.seconds for trial in trials)
    return EvaluationReport(
        briefs=len(trials),
        videos_with_every_scene=sum(_is_complete(trial) for trial in trials),
        videos_without_a_degraded_scene=sum(_is_complete(trial) and not _has_degraded_scene(trial) for trial in trials),
        failed=_count(trial.failed for trial in trials),
        scenes=len(scenes),
        scenes_of_a_model=len(asked),
        first_attempt=_share(asked, lambda scene: _count_passed(scene, 1)),
        after_one_repair=_share(asked, lambda scene: _count_passed(scene, 2)),
        after_repair=_share(asked, lambda scene: _count_passed(scene, len(scene.attempts))),
        degraded=_count(scene.degraded for scene in scenes),
        attempts=dict(sorted(Counter(len(scene.attempts) for scene in asked).items())),
        strategies=_count(attempt.strategy for scene in asked for attempt in scene.attempts),
        findings=_count(attempt.rule for scene in asked for attempt in scene.attempts),
        origins=_count(scene.origin for scene in scenes),
        tasks=_tasks(models, videos),
        tokens_per_video=round(tokens / videos, 1),
        cost_usd=round(cost, 6),
        cost_per_video_usd=round(cost / videos, 6),
        repair_share_of_tokens=round(
            sum(_tokens(usage) for usage in models if usage.task == "repair") / max(1, tokens), 4
        ),
        seconds_median=round(statistics.median(times), 2) if times else 0.0,
        seconds_worst=times[-1] if times else 0.0,
    )


def _is_complete(trial: Trial) -> bool:
    return not trial.failed and bool(trial.scenes) and not any(scene.failed for scene in trial.scenes)


def _has_degraded_scene(trial: Trial) -> bool:
    return any(scene.degraded for scene in trial.scenes)


def _count_passed(scene: SceneTrial, within: int) -> bool:
    """True when one of the first `within` versions passed and is shown."""
    return not scene.degraded and not scene.failed and any(not each.rule for each in scene.attempts[:within])


def _share(scenes: Sequence[SceneTrial], holds: Callable[[SceneTrial], bool]) -> float | None:
    return round(sum(map(holds, scenes)) / len(scenes), 4) if scenes else None


def _tokens(usage: Usage) -> int:
    return usage.input + usage.thinking + usage.output


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(name for name in names if name).items(), key=lambda item: (-item[1], item[0])))


def _tasks(models: Sequence[Usage], videos: int) -> dict[str, TaskUsage]:
    by_task: dict[str, list[Usage]] = {}
    for usage in models:
        by_task.setdefault(f"{usage.task or 'other'} ({usage.name})", []).append(usage)
    return {task: _task_usage(usages, videos) for task, usages in sorted(by_task.items())}


def _task_usage(usages: Sequence[Usage], videos: int) -> TaskUsage:
    tokens = sum(map(_tokens, usages))
    return TaskUsage(
        requests=sum(usage.requests for usage in usages),
        tokens=tokens,
        tokens_per_video=round(tokens / videos, 1),
        cost_usd=round(sum(usage.cost_usd for usage in usages), 6),
    )
