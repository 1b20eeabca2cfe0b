"""Two evaluations of the same briefs, compared brief by brief and scene by scene."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from lectern.cli.evaluation import scene_facts as facts
from lectern.cli.evaluation.judging import DIMENSIONS
from lectern.cli.evaluation.pictures import ScenePicture
from lectern.cli.evaluation.rates import Difference, compare_pairs
from lectern.cli.evaluation.report import count_tokens, has_length
from lectern.cli.evaluation.trial import SceneTrial, Trial

Values: TypeAlias = Iterable[tuple[int, float]]  # by scene number; 0 is the video as a whole
Figure: TypeAlias = Callable[[Trial], Values]


def compare_trials(before: Sequence[Trial], now: Sequence[Trial]) -> tuple[Difference, ...]:
    """The difference of each figure, over the briefs and scenes that both have. Repeats of a brief are averaged."""
    differences: list[Difference] = []
    for name, figure in _FIGURES.items():
        earlier, later = _average(before, figure), _average(now, figure)
        pairs = {place: (earlier[place], later[place]) for place in earlier if place in later}
        if difference := compare_pairs(name, pairs):
            differences.append(difference)
    return tuple(differences)


def _average(trials: Sequence[Trial], figure: Figure) -> dict[tuple[str, int], float]:
    values: dict[tuple[str, int], list[float]] = {}
    for trial in trials:
        for number, value in figure(trial):
            values.setdefault((trial.brief, number), []).append(value)
    return {place: statistics.fmean(found) for place, found in values.items()}


def _judge_scenes(measure: Callable[[SceneTrial], float]) -> Figure:
    return lambda trial: [(scene.number, float(measure(scene))) for scene in facts.list_judged_scenes(trial)]


def _measure_pictures(measure: Callable[[ScenePicture], float]) -> Figure:
    return lambda trial: [(scene.number, measure(scene.picture)) for scene in trial.scenes if scene.picture]


def _measure_videos(measure: Callable[[Trial], float], has: Callable[[Trial], bool] = lambda _: True) -> Figure:
    return lambda trial: [(0, measure(trial))] if trial.video_id and has(trial) else []


def _read_score(name: str) -> Figure:
    def read(trial: Trial) -> Values:
        return [(0, trial.judgement.scores[name].score)] if trial.judgement and trial.judgement.scores else []

    return read


def _show_scenes(trial: Trial) -> Values:
    return [(scene.number, float(facts.is_shown_as_drawn(scene))) for scene in trial.scenes if trial.rendered]


_FIGURES: dict[str, Figure] = {
    "passed the check at the first attempt": _judge_scenes(lambda scene: facts.is_passed_within(scene, 1)),
    "passed the check": _judge_scenes(facts.is_passed_within),
    "shown as drawn": _show_scenes,
    "versions of a scene's code": _judge_scenes(facts.count_versions),
    "share of stills": _measure_pictures(lambda picture: picture.still_seconds / picture.seconds),
    "longest still, s": _measure_pictures(lambda picture: picture.longest_still),
    "empty picture, s": _measure_pictures(lambda picture: picture.empty_seconds),
    "width of the picture": _measure_pictures(lambda picture: picture.width),
    "height of the picture": _measure_pictures(lambda picture: picture.height),
    "doubts of a video": _measure_videos(lambda trial: len(trial.doubts)),
    "length got of length asked": _measure_videos(lambda trial: trial.video_seconds / trial.asked_seconds, has_length),
    "tokens of a video": _measure_videos(
        lambda trial: sum(count_tokens(usage) for usage in trial.usage if usage.kind == "model")
    ),
    "CPU of a video, s": _measure_videos(lambda trial: sum(usage.cpu_seconds for usage in trial.usage)),
    "cost of a video, $": _measure_videos(lambda trial: sum(usage.cost_usd for usage in trial.usage)),
    **{f"judge: {name}": _read_score(name) for name in DIMENSIONS},
}
