"""`lectern eval`: tries briefs concurrently and keeps each result as soon as it is known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from lectern.cli.api import Api
from lectern.cli.api_connection import refuse_prompts
from lectern.cli.evaluation.api_for_trials import connect_for_trials
from lectern.cli.evaluation.briefs import TrialBrief, read_briefs
from lectern.cli.evaluation.comparison import compare_trials
from lectern.cli.evaluation.judging import TASK, Judge, build_judge_client, judge_video
from lectern.cli.evaluation.report import VERSION, EvaluationReport, summarize
from lectern.cli.evaluation.scene_facts import count_versions
from lectern.cli.evaluation.table import print_report
from lectern.cli.evaluation.trial import Trial, try_brief
from lectern.cli.exit_status import CANCELLED, OK, USAGE, CommandExit, command_exit
from lectern.cli.interrupts import Interrupted, InterruptHandler
from lectern.cli.outputs import prepare_folder
from lectern.contracts.problems import ProblemError
from lectern.worker import map_concurrently

REPORT_FILE = "report.json"


class EvaluateArguments(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `lectern eval`."""

    topics: Path
    out: Path
    parallel: int = 4
    repeat: int = 1
    render: bool = False
    fresh: bool = False
    max_cost_usd: float | None = None
    against: Path | None = None
    prompts: Path | None = None
    judge: bool = False


async def evaluate(arguments: EvaluateArguments, url: str, show_message: Callable[[str], None], *, json: bool) -> int:
    """Tries every brief without a result, prints the report and writes it to the out folder. Raises CommandExit."""
    if url and arguments.prompts:
        raise refuse_prompts(url)
    setting = {"render": arguments.render, "url": url, "judge": arguments.judge}
    judge = _build_judge(arguments, show_message) if arguments.judge else None
    briefs = read_briefs(
        arguments.topics, repeat=arguments.repeat, max_cost_usd=arguments.max_cost_usd, setting=setting
    )
    earlier = _read_report(arguments.against) if arguments.against else None
    results = arguments.out / "trials"
    prepare_folder(results)
    if arguments.fresh:
        for brief in briefs:
            _result_file(results, brief.key).unlink(missing_ok=True)
    remaining = [brief for brief in briefs if _read_result(results, brief) is None]
    if len(remaining) < len(briefs):
        show_message(f"{len(briefs) - len(remaining)} of {len(briefs)} briefs have results already")
    status = OK
    if remaining:
        with InterruptHandler() as interrupts:
            async with connect_for_trials(
                url, arguments.out, show_message, render=arguments.render, prompts=arguments.prompts
            ) as api:
                try:
                    await interrupts.run(_try_all(api, remaining, results, arguments, judge, show_message))
                except Interrupted:
                    status = CANCELLED
                    show_message("Interrupted; finished results are kept, and the same command resumes from them")
    report = summarize([trial for brief in briefs if (trial := _read_result(results, brief))])
    if earlier:
        report = msgspec.structs.replace(report, differences=compare_trials(earlier.trials, report.trials))
    report_file = arguments.out / REPORT_FILE
    report_file.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    if json:
        output = {"before": earlier, "now": report} if earlier else report
        Console(soft_wrap=True, highlight=False, markup=False).print(msgspec.json.encode(output).decode())
    else:
        print_report(report, earlier, Console(highlight=False))
        show_message(f"Report: {report_file}; results by brief: {results}")
    return status


async def _try_all(
    api: Api,
    briefs: Sequence[TrialBrief],
    results: Path,
    arguments: EvaluateArguments,
    judge: Judge | None,
    show_message: Callable[[str], None],
) -> None:
    done = 0

    async def try_one(brief: TrialBrief) -> None:
        nonlocal done
        trial = await try_brief(api, brief, render=arguments.render, judge=judge)
        _write_result(results, trial)
        done += 1
        show_message(f"{done}/{len(briefs)}  {_describe(trial)}")

    await map_concurrently(try_one, briefs, limit=arguments.parallel)


def _build_judge(arguments: EvaluateArguments, show_message: Callable[[str], None]) -> Judge | None:
    """The judge, or None when no vision model is set up. Raises CommandExit for settings that cannot work."""
    if not arguments.render:
        raise command_exit(
            USAGE, "nothing-to-judge", "There is nothing to judge", "Nothing is rendered.", "Add --render to --judge."
        )
    try:
        client = build_judge_client(arguments.prompts)
    except ProblemError as error:
        raise CommandExit(USAGE, error.problem) from error
    if client is None or not client.has_task(TASK):
        show_message(f"No vision model is set up as task `{TASK}`, so the videos are not judged")
        return None
    return functools.partial(judge_video, client)


def _describe(trial: Trial) -> str:
    if trial.failed:
        return f"{trial.title}: failed, {trial.failed}: {trial.reason}"
    repaired = sum(count_versions(scene) > 1 for scene in trial.scenes)
    degraded = sum(bool(scene.degraded) for scene in trial.scenes)
    return f"{trial.title}: {len(trial.scenes)} scenes, {repaired} repaired, {degraded} degraded, {trial.seconds:.1f} s"


def _write_result(results: Path, trial: Trial) -> None:
    """Writes a result so that the file is complete or absent."""
    part = results / f"{trial.key}.part"
    part.write_bytes(msgspec.json.format(msgspec.json.encode(trial)) + b"\n")
    part.replace(_result_file(results, trial.key))


def _result_file(results: Path, key: str) -> Path:
    return results / f"{key}.json"


def _read_result(results: Path, brief: TrialBrief) -> Trial | None:
    try:
        return msgspec.json.decode(_result_file(results, brief.key).read_bytes(), type=Trial)
    except (OSError, msgspec.MsgspecError):
        return None


def _read_report(path: Path) -> EvaluationReport:
    file = path / REPORT_FILE if path.is_dir() else path
    try:
        report = msgspec.json.decode(file.read_bytes(), type=EvaluationReport)
        if report.version != VERSION:
            raise msgspec.ValidationError(f"its schema is version {report.version}, not {VERSION}")
        return report
    except (OSError, msgspec.MsgspecError) as error:
        raise command_exit(
            USAGE,
            "no-report",
            "The earlier report cannot be read",
            f"{file}: {error}.",
            "Name the report.json, or the folder, of an evaluation by this version of Lectern.",
        ) from error
