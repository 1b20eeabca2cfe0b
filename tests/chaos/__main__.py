"""`python -m chaos --videos 50 --seed 1`: exit status 1 when a promise was broken. The seed replays the plan of faults."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog

from chaos.builds import describe_revision, find_earlier_revision
from chaos.fault import draw_plan
from chaos.faults import FAULTS
from chaos.films import list_films
from chaos.journal import Journal
from chaos.paid import run_providers
from chaos.running import Result, Run, run_chaos


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--videos", type=int, default=50)
    parser.add_argument("--strikes", type=int, default=0, help="how many faults; 0: two for each video")
    parser.add_argument("--pace", type=float, default=5.0, help="seconds between two faults, on average")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    parser.add_argument("--fault", choices=sorted(FAULTS), action="append", help="only these")
    parser.add_argument(
        "--earlier",
        default="",
        help="a revision to roll services to as well; `auto`: the last release, or a hundred commits ago",
    )
    parser.add_argument("--keep", type=Path, help="an empty folder for the logs, and a record of every film and fault")
    parser.add_argument("--measured", type=Path, help="a file for the figures, as bench/measured/chaos.json")
    options = parser.parse_args(arguments)
    strikes = options.strikes or 2 * options.videos
    seconds = strikes * options.pace
    names = options.fault or sorted(FAULTS)
    run = Run(
        films=list_films(options.videos),
        plan=draw_plan(options.seed, names, strikes, seconds),
        seconds=seconds,
        seed=options.seed,
    )
    print(f"seed {options.seed}: {options.videos} videos, {strikes} faults in {seconds / 60:.0f} minutes", flush=True)
    for name in [name for name in os.environ if name.startswith(("LECTERN_", "GEMINI_", "GOOGLE_"))]:
        del os.environ[name]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was mounted and started is put away
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell has it ignored
    revision = find_earlier_revision() if options.earlier == "auto" else options.earlier
    if revision:
        print(f"services are rolled to {describe_revision(revision)} as well", flush=True)
    journal = Journal()
    with open_folder(options.keep) as folder:
        result = asyncio.run(_run(run, folder, revision, journal))
        tell(result, run)
        if options.keep:
            record = {"seed": run.seed, "faults": journal.tell_strikes(), "result": result}
            (folder / "record.json").write_bytes(encode(record))
    if options.measured:
        options.measured.write_bytes(encode(sum_up(result, run)))
    return 1 if result.wrong else 0


@contextmanager
def open_folder(kept: Path | None) -> Iterator[Path]:
    """The folder to be kept, or one that lasts as long as the context."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="lectern-chaos-") as folder:
        yield Path(folder)


async def _run(run: Run, folder: Path, revision: str, journal: Journal) -> Result:
    async with run_providers() as providers:
        os.environ.update(providers.environment)
        return await run_chaos(run, providers, folder, journal, revision=revision)


def sum_up(result: Result, run: Run) -> dict[str, Any]:
    """The figures of a run, without its films."""
    left_out = {"films", "asked", "timelines", "wrong"}
    figures = {name: value for name, value in vars(result).items() if name not in left_out}
    return {"seed": run.seed, "videos": len(run.films), **figures, "broken_promises": len(result.wrong)}


def encode(value: Any) -> bytes:
    """What is kept of a run, as JSON that people read."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def tell(result: Result, run: Run) -> None:
    """Prints what a run came to."""
    print(f"\nseed {run.seed}: {result.seconds:.0f} s, {sum(result.strikes.values())} faults, {len(run.films)} videos")
    for title, counted in (
        ("faults", result.strikes),
        ("outcomes", result.outcomes),
        ("attempts by event", result.attempts),
        ("delays told", result.delays),
        ("answers of the API that said: not now", result.refusals),
    ):
        print(f"  {title}: " + (", ".join(f"{name} {count}" for name, count in sorted(counted.items())) or "none"))
    print(f"  lost: {result.lost}, doubled: {result.doubled}")
    print(f"  calls that cost money: {result.calls}, of them repeated after a kill: {result.repeated}")
    print("  films under way moved on, after the end of a fault (of a service: those that waited for its answer)")
    for name, waits in sorted(result.waits.items()):
        print(f"    {name}: {waits}")
    print(f"  broken promises: {len(result.wrong)}")
    for line in result.wrong:
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
