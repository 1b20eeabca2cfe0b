"""`lectern eval`: briefs tried side by side, each result kept as soon as it is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from lectern.cli.api import Api
from lectern.cli.evaluation.briefs import Brief, read_briefs
from lectern.cli.evaluation.host import to_try_on
from lectern.cli.evaluation.report import Report, report
from lectern.cli.evaluation.table import print_report
from lectern.cli.evaluation.trial import Trial, tried
from lectern.cli.exits import CANCELLED, OK, USAGE, stop
from lectern.cli.interrupt import Interrupted, Interruption
from lectern.cli.outputs import prepare

REPORT = "report.json"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asked for."""

    topics: Path
    out: Path
    parallel: int = 4
    repeat: int = 1
    render: bool = False
    fresh: bool = False
    max_cost_usd: float | None = None
    against: Path | None = None


async def evaluate(plan: Plan, url: str, say: Callable[[str], None], *, json: bool) -> int:
    """Tries every brief that was not tried before, prints the report and writes it to the out folder."""
    setting = {"render": plan.render, "url": url}
    briefs = read_briefs(plan.topics, repeat=plan.repeat, max_cost_usd=plan.max_cost_usd, setting=setting)
    earlier = _earlier(plan.against) if plan.against else None
    results = plan.out / "trials"
    prepare(results)
    if plan.fresh:
        for brief in briefs:
            _place(results, brief.key).unlink(missing_ok=True)
    waiting = [brief for brief in briefs if _kept(results, brief) is None]
    if len(waiting) < len(briefs):
        say(f"{len(briefs) - len(waiting)} of {len(briefs)} briefs were tried before")
    status = OK
    if waiting:
        with Interruption() as interruption:
            async with to_try_on(url, plan.out, say, render=plan.render) as api:
                try:
                    await interruption.run(_all(api, waiting, results, plan, say))
                except Interrupted:
                    status = CANCELLED
                    say("Interrupted; what was finished is kept, and the same command goes on from there")
    found = [trial for brief in briefs if (trial := _kept(results, brief))]
    figures = report(found)
    (plan.out / REPORT).write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")
    if json:
        shown = {"before": earlier, "now": figures} if earlier else figures
        Console(soft_wrap=True, highlight=False, markup=False).print(msgspec.json.encode(shown).decode())
    else:
        print_report(figures, earlier, Console(highlight=False))
        say(f"The figures are in {plan.out / REPORT}, each brief's in {results}")
    return status


async def _all(api: Api, briefs: Sequence[Brief], results: Path, plan: Plan, say: Callable[[str], None]) -> None:
    slots = asyncio.Semaphore(plan.parallel)
    done = 0

    async def one(brief: Brief) -> None:
        nonlocal done
        async with slots:
            trial = await tried(api, brief, render=plan.render)
        _keep(results, trial)
        done += 1
        say(f"{done}/{len(briefs)}  {_line(trial)}")

    try:
        async with asyncio.TaskGroup() as tasks:
            for brief in briefs:
                tasks.create_task(one(brief))
    except ExceptionGroup as group:
        raise group.exceptions[0] from group  # the first; it cancelled the others


def _line(trial: Trial) -> str:
    if trial.failed:
        return f"{trial.title}: failed, {trial.failed}: {trial.said}"
    tried_again = sum(len(scene.attempts) > 1 for scene in trial.scenes)
    degraded = sum(bool(scene.degraded) for scene in trial.scenes)
    return (
        f"{trial.title}: {len(trial.scenes)} scenes, {tried_again} repaired, {degraded} degraded, {trial.seconds:.1f} s"
    )


def _keep(results: Path, trial: Trial) -> None:
    """Writes a result so that it is there whole or not at all."""
    part = results / f"{trial.key}.part"
    part.write_bytes(msgspec.json.format(msgspec.json.encode(trial)) + b"\n")
    part.replace(_place(results, trial.key))


def _place(results: Path, key: str) -> Path:
    return results / f"{key}.json"


def _kept(results: Path, brief: Brief) -> Trial | None:
    try:
        return msgspec.json.decode(_place(results, brief.key).read_bytes(), type=Trial)
    except (OSError, msgspec.MsgspecError):
        return None


def _earlier(path: Path) -> Report:
    file = path / REPORT if path.is_dir() else path
    try:
        return msgspec.json.decode(file.read_bytes(), type=Report)
    except (OSError, msgspec.MsgspecError) as error:
        raise stop(
            USAGE,
            "no-report",
            "The earlier report cannot be read",
            f"{file}: {error}.",
            "Name the report.json, or the folder, of an evaluation that this version of Lectern made.",
        ) from error
