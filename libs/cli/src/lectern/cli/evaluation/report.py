"""What trials add up to: rates, attempts, findings, tokens, money, time."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from lectern.cli.evaluation.trial import SceneTrial, Trial
from lectern.contracts.usage import Usage


class TaskUse(msgspec.Struct, frozen=True, kw_only=True):
    """One task's share, over all videos."""

    requests: int
    tokens: int
    tokens_per_video: float
    cost_usd: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The figures. Rates are shares of the scenes a model was asked for, None where it was none; times in seconds."""

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
    tasks: dict[str, TaskUse]
    tokens_per_video: float
    cost_usd: float
    cost_per_video_usd: float
    repair_share_of_tokens: float
    seconds_median: float
    seconds_worst: float


def report(trials: Sequence[Trial]) -> Report:
    """The figures of these trials."""
    scenes = [scene for trial in trials for scene in trial.scenes]
    asked = [scene for scene in scenes if scene.attempts]
    models = [use for trial in trials for use in trial.used if use.kind == "model" and use.requests]
    everything = [use for trial in trials for use in trial.used]
    tokens = sum(map(_tokens, models))
    cost = sum(use.cost_usd for use in everything)
    videos = max(1, sum(bool(trial.video_id) for trial in trials))
    times = sorted(trial.seconds for trial in trials)
    return Report(
        briefs=len(trials),
        videos_with_every_scene=sum(_whole(trial) for trial in trials),
        videos_without_a_degraded_scene=sum(_whole(trial) and not _degraded(trial) for trial in trials),
        failed=_counted(trial.failed for trial in trials),
        scenes=len(scenes),
        scenes_of_a_model=len(asked),
        first_attempt=_share(asked, lambda scene: _passed(scene, 1)),
        after_one_repair=_share(asked, lambda scene: _passed(scene, 2)),
        after_repair=_share(asked, lambda scene: _passed(scene, len(scene.attempts))),
        degraded=_counted(scene.degraded for scene in scenes),
        attempts=dict(sorted(Counter(len(scene.attempts) for scene in asked).items())),
        strategies=_counted(attempt.strategy for scene in asked for attempt in scene.attempts),
        findings=_counted(attempt.rule for scene in asked for attempt in scene.attempts),
        origins=_counted(scene.origin for scene in scenes),
        tasks=_tasks(models, videos),
        tokens_per_video=round(tokens / videos, 1),
        cost_usd=round(cost, 6),
        cost_per_video_usd=round(cost / videos, 6),
        repair_share_of_tokens=round(sum(_tokens(u) for u in models if u.task == "repair") / max(1, tokens), 4),
        seconds_median=round(statistics.median(times), 2) if times else 0.0,
        seconds_worst=times[-1] if times else 0.0,
    )


def _whole(trial: Trial) -> bool:
    return not trial.failed and bool(trial.scenes) and not any(scene.failed for scene in trial.scenes)


def _degraded(trial: Trial) -> bool:
    return any(scene.degraded for scene in trial.scenes)


def _passed(scene: SceneTrial, within: int) -> bool:
    """Whether one of the first `within` versions passed, and is what is shown."""
    return not scene.degraded and not scene.failed and any(not each.rule for each in scene.attempts[:within])


def _share(scenes: Sequence[SceneTrial], holds: Callable[[SceneTrial], bool]) -> float | None:
    return round(sum(map(holds, scenes)) / len(scenes), 4) if scenes else None


def _tokens(use: Usage) -> int:
    return use.input + use.thinking + use.output


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(name for name in names if name).items(), key=lambda item: (-item[1], item[0])))


def _tasks(models: Sequence[Usage], videos: int) -> dict[str, TaskUse]:
    names = sorted({f"{use.task or 'other'} ({use.name})" for use in models})
    found = {}
    for name in names:
        uses = [use for use in models if f"{use.task or 'other'} ({use.name})" == name]
        tokens = sum(map(_tokens, uses))
        found[name] = TaskUse(
            requests=sum(use.requests for use in uses),
            tokens=tokens,
            tokens_per_video=round(tokens / videos, 1),
            cost_usd=round(sum(use.cost_usd for use in uses), 6),
        )
    return found
