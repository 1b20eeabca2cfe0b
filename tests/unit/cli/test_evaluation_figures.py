"""The figures of `lectern eval`: who is in the denominator, what passed, what is shown, and what a difference is worth."""

from __future__ import annotations

import io
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from rich.console import Console

from lectern.cli.evaluation.comparison import compare_trials
from lectern.cli.evaluation.judging import DIMENSIONS, DimensionScore, Judgement
from lectern.cli.evaluation.pictures import ScenePicture
from lectern.cli.evaluation.rates import compare_pairs, measure_rate
from lectern.cli.evaluation.report import EvaluationReport, summarize
from lectern.cli.evaluation.table import print_report
from lectern.cli.evaluation.trial import AttemptResult, SceneTrial, Trial
from lectern.contracts.usage import Usage

MODEL = Usage(kind="model", name="m", task="code", requests=1, input=90, output=10)


def scene(number: int, *attempts: str, degraded: str = "", status: str = "rendered", **fields: object) -> SceneTrial:
    """A scene whose attempts are written `strategy:rule`; one that passed has no rule."""
    tried = tuple(
        AttemptResult(strategy=strategy, rule=rule)
        for strategy, _, rule in (attempt.partition(":") for attempt in attempts)
    )
    origin = "template" if degraded else "model"
    made = SceneTrial(number=number, origin=origin, status=status, attempts=tried, degraded=degraded)
    return msgspec.structs.replace(made, **fields)


def trial(*scenes: SceneTrial, brief: str = "a", turn: int = 1, **fields: object) -> Trial:
    made = Trial(
        key=f"{brief}-{turn}",
        brief=brief,
        title=brief,
        video_id="1",
        seconds=1,
        rendered=True,
        scenes=scenes,
        usage=(MODEL,),
    )
    return msgspec.structs.replace(made, **fields)


def picture(still: float = 2.0, *, longest: float = 1.0, empty: float = 0.0, size: float = 0.5) -> ScenePicture:
    return ScenePicture(
        seconds=10, still_seconds=still, longest_still=longest, empty_seconds=empty, width=size, height=size
    )


def test_a_scene_that_passed_the_check_and_was_lost_at_the_render_counts_as_both() -> None:
    found = summarize([trial(scene(1, "draft"), scene(2, "draft", "render:scene-wall", degraded="scene-wall"))])
    assert (found.passed_first.count, found.passed_first.of) == (2, 2)
    assert (found.shown_as_drawn.count, found.shown_as_drawn.of) == (1, 2)
    assert found.degraded == {"scene-wall": 1}
    assert found.versions == {1: 2}, "a render is no version of the code"
    assert found.videos_without_a_degraded_scene == 0


def test_a_degraded_scene_without_attempts_is_in_every_denominator() -> None:
    """As when no model could be reached for its code, or a report is from a Lectern that dropped them."""
    found = summarize([trial(scene(1, "draft"), scene(2, degraded="provider-unavailable"))])
    assert (found.scenes_judged, found.passed_first.share, found.passed.share) == (2, 0.5, 0.5)
    assert found.shown_as_drawn.share == 0.5


def test_a_failed_scene_is_in_every_denominator() -> None:
    found = summarize([trial(scene(1, "draft"), scene(2, status="failed", failed="voice-refused", origin=""))])
    assert (found.passed.share, found.shown_as_drawn.share, found.scenes_failed) == (0.5, 0.5, {"voice-refused": 1})
    assert found.videos_with_every_scene == 0


def test_scenes_of_authors_and_templates_are_shown_but_say_nothing_about_a_model() -> None:
    found = summarize([trial(scene(1, "draft:NameError", "lines"), scene(2), scene(3, "draft", origin="author"))])
    assert (found.scenes, found.scenes_judged, found.passed_first.share, found.passed.share) == (3, 1, 0.0, 1.0)
    assert found.shown_as_drawn.share == 1.0


def test_a_repair_after_a_critique_is_no_pass_at_the_first_attempt_of_the_check_nor_a_failure_of_it() -> None:
    found = summarize(
        [
            trial(
                scene(1, "draft", "look:critique", "lines"),
                scene(2, "draft", "look:critique", "lines:NameError"),
                scene(3, "draft:NameError", "lines", "look"),
                scene(4, "draft", "look:stills-failed"),
            )
        ]
    )
    assert (found.passed_first.count, found.passed_after_one_repair.count) == (3, 4)
    assert (found.repaired_after_critique.count, found.repaired_after_critique.of) == (1, 2)
    assert (found.looked_at.count, found.looked_at.of, found.failed_looks) == (3, 4, {"stills-failed": 1})
    assert found.versions == {1: 1, 2: 3}


def test_a_scene_that_is_repaired_after_its_render_failed_is_shown_as_drawn() -> None:
    found = summarize([trial(scene(1, "draft", "render:scene-wall", "simpler"))])
    assert (found.repaired_after_render.share, found.shown_as_drawn.share) == (1.0, 1.0)


def test_nothing_is_shown_where_nothing_was_rendered() -> None:
    found = summarize([trial(scene(1, "draft", status="coded"), rendered=False)])
    assert found.shown_as_drawn.share is None
    assert found.picture is None


def test_lengths_doubts_and_computing_are_reported() -> None:
    render = Usage(kind="render", name="renderer", cpu_seconds=30)
    found = summarize(
        [
            trial(asked_seconds=90, video_seconds=81, doubts=("It is one.", "It is two."), usage=(MODEL, render)),
            trial(brief="b", asked_seconds=75, video_seconds=75),
            trial(brief="c", video_seconds=75),
        ]
    )
    assert found.length_of_asked == pytest.approx(0.95)
    assert (found.doubts, found.videos_with_doubts, found.cpu_seconds_per_video) == (2, 1, 10.0)


def test_pictures_are_summed_over_time_and_their_size_is_the_median_scene() -> None:
    pictures = picture(2.0, size=0.2), picture(8.0, longest=4.0, empty=1.5, size=0.6), picture(5.0, size=0.5)
    found = summarize([trial(*(scene(n, "draft", picture=each) for n, each in enumerate(pictures, 1)))]).picture
    assert found is not None
    assert (found.still_share, found.longest_still, found.height) == (0.5, 4.0, 0.5)
    assert (found.empty_seconds, found.scenes_with_an_empty_second) == (1.5, 1)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(9, 11, 0.523, 0.9486), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_a_rate_comes_with_wilsons_interval(count: int, of: int, low: float, high: float) -> None:
    """The last one is the worked example of Newcombe (1998), table I."""
    rate = measure_rate(count, of)
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=1e-4)


def test_a_rate_of_nothing_is_not_known() -> None:
    assert measure_rate(0, 0).share is None


def test_a_difference_is_uncertain_when_it_could_be_chance() -> None:
    pairs = {(f"brief {n}", 1): (0.0, 1.0 if n % 2 else -0.9) for n in range(10)}
    found = compare_pairs("f", pairs)
    assert found is not None
    assert found.difference == pytest.approx(0.05)
    assert not found.is_certain
    assert found == compare_pairs("f", dict(reversed(pairs.items()))), "the same pairs give the same interval"


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    changes = np.random.default_rng(5).normal(0.3, 1.0, 200)
    found = compare_pairs("f", {(f"brief {n}", 1): (0.0, float(change)) for n, change in enumerate(changes)})
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    error = changes.std(ddof=1) / np.sqrt(len(changes))
    assert (found.high - found.low) / (2 * 1.96 * error) == pytest.approx(1.0, abs=0.06)
    assert found.is_certain


def test_scenes_of_a_brief_are_resampled_together_since_they_are_alike() -> None:
    alike = {(f"brief {n}", s): (0.0, float(n % 2)) for n in range(8) for s in range(1, 6)}
    apart = {(f"brief {n} {s}", 1): change for (n, s), change in alike.items()}
    together, single = compare_pairs("f", alike), compare_pairs("f", apart)
    assert together is not None
    assert single is not None
    widths = [(each.high or 0) - (each.low or 0) for each in (together, single)]
    assert widths[0] > 1.8 * widths[1], "eight videos are no forty"


def test_few_briefs_are_resampled_by_scene_and_the_report_says_so() -> None:
    found = compare_pairs("f", {("a", n): (0.0, n % 3) for n in range(6)})
    assert found is not None
    assert (found.resampled, found.briefs, found.pairs) == ("pairs", 1, 6)
    single = compare_pairs("f", {("a", 1): (0.0, 1.0)})
    assert single is not None
    assert (single.low, single.is_certain) == (None, False)
    assert compare_pairs("f", {}) is None


def judged(score: int) -> Judgement:
    return Judgement(scores={name: DimensionScore(score=score, reason="") for name in DIMENSIONS}, model="m")


def test_two_evaluations_are_paired_by_brief_and_scene_and_repeats_are_averaged() -> None:
    before = [
        trial(scene(1, "draft:NameError", "lines", picture=picture(8.0)), turn=1, judgement=judged(4)),
        trial(scene(1, "draft", picture=picture(6.0)), scene(2, "draft"), turn=2, judgement=judged(6)),
        trial(scene(1, "draft"), brief="only before"),
    ]
    now = [trial(scene(1, "draft", picture=picture(2.0)), scene(3, "draft"), judgement=judged(9))]
    found = {each.figure: each for each in compare_trials(before, now)}
    first = found["passed the check at the first attempt"]
    assert (first.before, first.now, first.pairs) == (0.5, 1.0, 1)
    assert found["share of stills"].difference == pytest.approx(-0.5)
    assert found["judge: motion"].difference == pytest.approx(4)
    assert found["tokens of a video"].difference == 0
    assert "length got of length asked" not in found, "none was asked for"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda report: report, "passed the check at the first attempt"),
        (lambda report: msgspec.structs.replace(report, differences=()), "no brief in common"),
    ],
)
def test_the_table_shows_both_evaluations_and_their_differences(
    change: Callable[[EvaluationReport], EvaluationReport], shown: str
) -> None:
    before = [trial(scene(1, "draft:NameError", "lines", picture=picture(8.0)), judgement=judged(4))]
    now = [trial(scene(1, "draft", picture=picture(2.0)), scene(2, degraded="scene-wall"), judgement=judged(9))]
    report = summarize(now)
    report = change(msgspec.structs.replace(report, differences=compare_trials(before, now)))
    text = io.StringIO()
    print_report(report, summarize(before), Console(file=text, width=200))
    lines = text.getvalue()
    assert shown in lines.rpartition("finding NameError")[2]
    assert "50% (1 of 2; 9% to 91%)" in lines
    assert "80%, longest 1.0 s" in lines
    assert "scene-wall 1" in lines
    assert "9.0 (1 videos)" in lines


def test_a_report_survives_its_file() -> None:
    report = summarize([trial(scene(1, "draft", picture=picture()), judgement=judged(7))])
    assert msgspec.json.decode(msgspec.json.encode(report), type=EvaluationReport) == report
