"""A few films while a renderer is killed and the servers are away: the short form of `make chaos`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest
import stamina

from chaos.__main__ import encode, sum_up
from chaos.builds import describe_revision
from chaos.fault import PlannedStrike, draw_plan
from chaos.faults import FAULTS
from chaos.films import Film
from chaos.journal import Journal
from chaos.paid import run_providers
from chaos.running import Result, Run, run_chaos
from chaos.timeline import ANY_MOMENT, Step, Timeline, measure_waits

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# A renderer dies while it draws; then nobody can store, nobody can publish, and what was published comes twice.
STRIKES = (
    PlannedStrike(0.0, "kill-renderer", 1, after="scene.coded"),
    PlannedStrike(0.0, "stop-store", 2, after="scene.narrated"),
    PlannedStrike(0.1, "kill-nats", 3, after="scene.coded"),
    PlannedStrike(0.2, "cut-store", 4, after="scene.coded"),
    PlannedStrike(0.3, "delay-deliveries", 5, after="scene.narrated"),
    PlannedStrike(0.4, "repeat-events", 6, after="scene.rendered"),
)


async def run_briefly(films: tuple[Film, ...], plan: tuple[PlannedStrike, ...], folder: Path) -> Result:
    """Makes the films with the renderer in a process of its own, and all else in this one."""
    run = Run(
        films=films,
        plan=plan,
        seconds=2.0,
        seed=1,
        scale=0.3,
        patience=600.0,
        separate=False,
        apart=frozenset({"renderer"}),
    )
    async with run_providers() as providers:
        with pytest.MonkeyPatch.context() as environment, stamina.set_testing(False):
            for name, value in providers.environment.items():
                environment.setenv(name, value)
            return await run_chaos(run, providers, folder, Journal(quiet=True))


async def test_every_film_has_one_outcome_and_nothing_is_lost_or_left_whatever_fails(tmp_path: Path) -> None:
    films = (Film(1, by_model=False, ending=""), Film(2, by_model=False, ending="delete"))
    result = await run_briefly(films, STRIKES, tmp_path)
    assert result.wrong == []
    assert result.strikes.total() == len(STRIKES)
    assert (result.lost, result.doubled) == (0, 0)
    assert result.outcomes["completed"] >= 1
    assert result.calls >= 1
    assert set(result.waits) <= {strike.fault for strike in STRIKES} | {ANY_MOMENT}
    assert ANY_MOMENT in result.waits


def test_films_stand_still_after_a_fault_until_an_event_that_is_no_delay() -> None:
    journal = Journal(quiet=True)
    for fault in ("kill-nats", "kill-voice"):
        with journal.striking(fault, frozenset()):
            pass
    ended = journal.tell_strikes()[-1].ended
    told = Step(ended + 3, "video.delayed", waits_for="log-full")
    voiced = (Step(0.0, "before"), told, Step(ended + 7, "after", "voice"))
    drawn = (Step(0.0, "before"), Step(ended + 4, "after", "renderer"))
    lines = [Timeline(film=number, video="", asked=0.0, steps=steps) for number, steps in enumerate((voiced, drawn))]
    lines.append(Timeline(film=3, video="", asked=ended + 1, steps=(Step(ended + 2, "first", "voice"),)))
    waits = measure_waits(lines, journal)
    assert (waits["kill-nats"].first, waits["kill-nats"].each_at_most) == pytest.approx((4, 7), abs=0.5)
    assert (waits["kill-voice"].first, waits["kill-voice"].moments) == pytest.approx((7, 1), abs=0.5)


def test_a_seed_replays_its_plan_and_each_fault_comes_before_any_comes_again() -> None:
    names = sorted(FAULTS)
    plan = draw_plan(7, names, len(names) + 3, 100.0)
    assert plan == draw_plan(7, names, len(names) + 3, 100.0)
    assert plan != draw_plan(8, names, len(names) + 3, 100.0)
    assert {each.fault for each in plan[: len(names)]} == set(names)
    assert [each.at for each in plan] == sorted(each.at for each in plan)
    assert all(0 < each.at <= 100 for each in plan)
    assert Random(plan[0].seed).random() == Random(plan[0].seed).random()


def test_the_figures_of_a_run_are_kept_as_json() -> None:
    plan = draw_plan(7, sorted(FAULTS), 3, 100.0)
    run = Run(films=(Film(1, by_model=False, ending=""),), plan=plan, seconds=100.0, seed=7)
    result = Result(wrong=["a film is lost"], lost=1)
    result.attempts.update([1, 1, 2])
    kept = json.loads(encode(sum_up(result, run)))
    assert (kept["seed"], kept["videos"], kept["lost"], kept["broken_promises"]) == (7, 1, 1, 1)
    assert kept["attempts"] == {"1": 2, "2": 1}


def test_a_revision_that_services_are_rolled_to_is_told() -> None:
    assert re.fullmatch(
        r"(the release .+, )?[0-9a-f]+ of \d{4}-\d\d-\d\d \(.+\)(, which is no release)?", describe_revision("HEAD")
    )
