"""What scaling policies for renderers cost, and how long scenes wait: `python bench/scaling.py [day|check]`.

`day` runs a bursty day of some 360 videos through the model (`scaling_model.py`) under each policy. `check` runs twenty
minutes of a busy hour through the real worker loop on a real nats-server, at a twelfth of the durations, with the same
autoscaler reading the server's own lag, and beside it the model of the same minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from pathlib import Path

import msgspec
from autoscaling import Scaling
from day_of_videos import STAGES, make_day
from scaling_check import MINUTES, Check, make_minutes, run_check, run_model
from scaling_model import Outcome, PodTimes, run_day

PRICE = 0.045  # $ an hour for a pod of one core and 3 GiB: assumed, as general-purpose machines cost on demand
SLOTS = {"scripter": 4, "voice": 4, "coder": 4, "renderer": 1, "composer": 2}


def by_own_lag(stage: str, target: float, maximum: int) -> Scaling:
    """The policy of the stages that are cheap to keep: one pod always, more by their own lag."""
    return Scaling(
        weights={stage: 1.0},
        target=target,
        minimum=1,
        maximum=maximum,
        polling=10.0,
        stabilization=300.0,
        down_percent=None,
        down_pods=1,
        up_percent=0.0,
        up_pods=4,
    )


OTHERS = {
    "scripter": by_own_lag("scripter", 4, 6),
    "voice": by_own_lag("voice", 8, 6),
    "coder": by_own_lag("coder", 4, 10),
    "composer": by_own_lag("composer", 2, 8),
}
RENDER = {"renderer": 1.0}


def foresee(coder: float, **more: float) -> dict[str, float]:
    """A formula: the renderers' lag, and a share of the lags of the stages before them."""
    return {**RENDER, "coder": coder, **more}


SOONER = {"scripter": 0.01, "voice": 0.01}  # enough for one pod while a script is being written
# Everything that is not said is as in `Scaling`. "0.5": each scene that is being coded counts half.
POLICIES: dict[str, Scaling] = {
    "fixed 4": Scaling(weights=RENDER, fixed=4),
    "fixed 8": Scaling(weights=RENDER, fixed=8),
    "fixed 20": Scaling(weights=RENDER, fixed=20),
    "depth, to zero": Scaling(weights=RENDER),
    "depth, one stays": Scaling(weights=RENDER, minimum=1),
    "depth, one stays, settle 180 s": Scaling(weights=RENDER, minimum=1, stabilization=180.0),
    "depth, four stay": Scaling(weights=RENDER, minimum=4),
    "0.25, to zero": Scaling(weights=foresee(0.25)),
    "0.5, to zero": Scaling(weights=foresee(0.5)),
    "0.75, to zero": Scaling(weights=foresee(0.75)),
    "1, to zero": Scaling(weights=foresee(1.0)),
    "0.5, one stays": Scaling(weights=foresee(0.5), minimum=1),
    "0.5 and sooner": Scaling(weights=foresee(0.5, **SOONER)),
    "0.5, target 1.5": Scaling(weights=foresee(0.5), target=1.5),
    "0.5, settle 30 s": Scaling(weights=foresee(0.5), stabilization=30.0),
    "0.5, settle 180 s": Scaling(weights=foresee(0.5), stabilization=180.0),
    "0.5, settle 300 s": Scaling(weights=foresee(0.5), stabilization=300.0),
    "0.5, cooldown 60 s": Scaling(weights=foresee(0.5), cooldown=60.0),
    "0.5, cooldown 900 s": Scaling(weights=foresee(0.5), cooldown=900.0),
    "0.5, polling 30 s": Scaling(weights=foresee(0.5), polling=30.0),
    "0.5, at most 10": Scaling(weights=foresee(0.5), maximum=10),
    "0.5, at most 40": Scaling(weights=foresee(0.5), maximum=40),
}
CHOSEN = "0.5, to zero"  # what deploy/k8s/components/keda says

CHECKED = ("depth, one stays", CHOSEN)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A policy's day. Waits in seconds; `cost` in dollars; `busy` is the share of pod time in which a job ran."""

    policy: str
    pod_hours: float
    cost: float
    busy: float
    wait_p50: float
    wait_p95: float
    bulk_wait_p95: float
    first_p50: float
    first_p95: float
    cold_p50: float | None
    video_p95: float
    blocked: float
    most_pods: int
    started: int
    handed_back: int
    unfinished: int


def quantile(values: list[float], share: float) -> float:
    """A quantile, 0 of nothing."""
    found = sorted(values)
    return found[min(len(found) - 1, int(share * len(found)))] if found else 0.0


def sum_up(policy: str, outcome: Outcome) -> Row:
    """One line of the table."""
    pod_seconds = outcome.pod_seconds["renderer"]
    return Row(
        policy=policy,
        pod_hours=round(pod_seconds / 3600, 1),
        cost=round(pod_seconds / 3600 * PRICE, 2),
        busy=round(outcome.busy_seconds["renderer"] / max(1.0, pod_seconds), 2),
        wait_p50=round(quantile(outcome.waits["fast"], 0.5), 1),
        wait_p95=round(quantile(outcome.waits["fast"], 0.95), 1),
        bulk_wait_p95=round(quantile(outcome.waits["bulk"], 0.95), 1),
        first_p50=round(quantile(outcome.firsts, 0.5), 1),
        first_p95=round(quantile(outcome.firsts, 0.95), 1),
        cold_p50=round(statistics.median(outcome.cold), 1) if outcome.cold else None,
        video_p95=round(quantile(outcome.videos, 0.95), 1),
        blocked=round(outcome.blocked, 0),
        most_pods=outcome.most_pods,
        started=outcome.pods_started,
        handed_back=outcome.handed_back,
        unfinished=outcome.unfinished,
    )


def run_policies(seeds: int) -> list[Row]:
    """Every policy over the same days, whose jobs are put together."""
    rows = []
    print_head()
    for name, scaling in POLICIES.items():
        days = [
            run_day(make_day(seed), {**OTHERS, "renderer": scaling}, SLOTS, PodTimes(), seed=seed)
            for seed in range(1, seeds + 1)
        ]
        rows.append(sum_up(name, merge(days)))
        print_row(rows[-1])
    return rows


def merge(days: list[Outcome]) -> Outcome:
    """The mean day: all waits together, costs and counts divided."""
    count = len(days)
    return Outcome(
        waits={lane: [each for day in days for each in day.waits[lane]] for lane in days[0].waits},
        firsts=[each for day in days for each in day.firsts],
        cold=[each for day in days for each in day.cold],
        videos=[each for day in days for each in day.videos],
        pod_seconds={stage: sum(day.pod_seconds[stage] for day in days) / count for stage in STAGES},
        busy_seconds={stage: sum(day.busy_seconds[stage] for day in days) / count for stage in STAGES},
        handed_back=round(sum(day.handed_back for day in days) / count),
        pods_started=round(sum(day.pods_started for day in days) / count),
        most_pods=max(day.most_pods for day in days),
        blocked=sum(day.blocked for day in days) / count,
        unfinished=sum(day.unfinished for day in days),
    )


def print_head() -> None:
    """Prints the names of the columns."""
    names = ("wait p50", "p95", "bulk p95", "first p50", "p95", "cold", "video p95", "blocked", "most")
    print(
        f"{'policy':<34}{'pod h':>7}{'$':>7}{'busy':>6}"
        + "".join(f"{name:>10}" for name in (*names, "started", "back"))
    )


def print_row(row: Row) -> None:
    """Prints one policy's day."""
    cold = f"{row.cold_p50:.0f}" if row.cold_p50 is not None else "-"
    note = f"  {row.unfinished} unfinished" if row.unfinished else ""
    waits = (row.wait_p50, row.wait_p95, row.bulk_wait_p95)
    seconds = (f"{row.first_p50:.0f}", f"{row.first_p95:.0f}", cold, f"{row.video_p95:.0f}", f"{row.blocked:.0f}")
    cells = (*(f"{wait:.1f}" for wait in waits), *seconds, row.most_pods, row.started, row.handed_back)
    text = "".join(f"{cell:>10}" for cell in cells)
    print(f"{row.policy:<34}{row.pod_hours:>7.1f}{row.cost:>7.2f}{row.busy:>6.0%}{text}{note}", flush=True)


async def print_checks(seed: int) -> list[Row]:
    """Runs some minutes under two policies in the model and in the real loop."""
    rows = []
    requests = make_minutes(seed)
    print(f"{len(requests)} videos with {sum(len(each.scenes) for each in requests)} scenes in {MINUTES} minutes")
    print_head()
    for name in CHECKED:
        check = Check(policy=name, scaling=POLICIES[name])
        rows.append(sum_up(f"{name}: model", run_model(requests, check)))
        print_row(rows[-1])
        rows.append(sum_up(f"{name}: real", await run_check(requests, check)))
        print_row(rows[-1])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=("day", "check"), default="day")
    parser.add_argument("--seeds", type=int, default=3, help="days to run each policy through")
    parser.add_argument("--json", type=Path, help="write the rows to this file as well")
    options = parser.parse_args()
    rows = asyncio.run(print_checks(options.seeds)) if options.what == "check" else run_policies(options.seeds)
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
