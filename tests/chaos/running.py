"""A run: films are requested, faults strike by plan, and when all is quiet everything is looked at."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import nats.errors
from servers import free_port

from chaos import checks
from chaos.builds import build_next, build_revision, build_skewed
from chaos.disk import small_disk
from chaos.fault import Fault, PlannedStrike
from chaos.faults import FAULTS
from chaos.films import Audience, Film
from chaos.journal import Journal
from chaos.paid import Providers
from chaos.process_tree import ProcessTree, adopting_orphans
from chaos.proxy import run_proxy
from chaos.timeline import Timeline, Waits, measure_waits, read_timeline
from chaos.world import World
from lectern.cli.runner.servers import LOOPBACK
from lectern.cli.runner.stack import run_stack
from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.problems import ProblemError
from lectern.worker import JetStreamEventLog, Unavailable, connect_nats, open_store

SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")
DISKS = {"scratch": 300, "store": 1000, "nats": 150}  # megabytes
_AWAY = (Unavailable, nats.errors.Error, TimeoutError)
SKEWS = {"a-clock-ahead": 300, "a-clock-behind": -300}  # seconds: stores refuse signatures from further away


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run is made of. `scale` shortens what lasts; `patience` in seconds is until the last film must have ended."""

    films: tuple[Film, ...]
    plan: tuple[PlannedStrike, ...]
    seconds: float
    seed: int
    scale: float = 1.0
    patience: float = 1200.0
    separate: bool = True  # every service is a process; else only those of `apart`
    apart: frozenset[str] = frozenset()
    faults: Mapping[str, Fault] = field(default_factory=lambda: FAULTS)


@dataclass(kw_only=True)
class Result:
    """What a run came to. `wrong` has a line for each broken promise: none if all is well.

    Films are `lost` that have no outcome, and `doubled` that have more than one.
    """

    films: dict[str, Film] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    strikes: Counter[str] = field(default_factory=Counter)
    attempts: Counter[int] = field(default_factory=Counter)
    delays: Counter[str] = field(default_factory=Counter)
    timelines: list[Timeline] = field(default_factory=list)
    waits: dict[str, Waits] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    repeated: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


async def run_chaos(run: Run, providers: Providers, folder: Path, journal: Journal, *, revision: str = "") -> Result:
    """Runs it in an empty folder. The variables of the providers must be in the environment."""
    with adopting_orphans():
        result = await _run_among_orphans(run, providers, folder, journal, revision)
    result.seconds = time.monotonic() - journal.start
    return result


async def _run_among_orphans(run: Run, providers: Providers, folder: Path, journal: Journal, revision: str) -> Result:
    before = frozenset(ProcessTree.read().list_below(os.getpid()))
    result = Result()
    with ExitStack() as disks:
        scratch = folder / "scratch"
        async with open_world(run, folder, journal, disks, revision) as world:
            audience = Audience(world.stack.url)
            try:
                await _play(run, world, audience, result)
                await _look(run, world, audience, result, folder)
            finally:
                await audience.close()
        result.wrong += checks.find_scratch(scratch)
    result.wrong += await _wait_until_gone(lambda: checks.find_processes(before, os.getpid()))
    result.wrong += providers.find_repeated(journal)
    result.calls, result.repeated = providers.count(), providers.count_repeated()
    result.strikes = Counter(record.fault for record in journal.strikes)
    return result


@asynccontextmanager
async def open_world(run: Run, folder: Path, journal: Journal, disks: ExitStack, revision: str) -> AsyncIterator[World]:
    """A running Lectern to be harmed."""
    home = folder / "home"
    places = {"scratch": folder / "scratch", "store": home / "store", "nats": home / "nats"}
    small = {name: disks.enter_context(small_disk(place, DISKS[name])) for name, place in places.items()}
    places["scratch"].chmod(0o755)  # the sandbox's users pass through it
    builds = _make_builds(folder, disks, revision) if run.separate or run.apart else {}
    nats_port, store_port = free_port(), free_port()
    async with AsyncExitStack() as opened:
        nats_proxy = await opened.enter_async_context(run_proxy(nats_port))
        store_proxy = await opened.enter_async_context(run_proxy(store_port))
        through = {
            "nats_url": f"nats://{LOOPBACK}:{nats_proxy.port}",
            "s3_endpoint": f"http://{LOOPBACK}:{store_proxy.port}",
            "scratch": places["scratch"],
        }
        stack = await opened.enter_async_context(
            run_stack(
                home,
                separate=run.separate,
                apart=run.apart,
                renderers=2 if run.separate else 1,
                nats_port=nats_port,
                store_port=store_port,
                settings=dict.fromkeys(SERVICES, through),
            )
        )
        client = await connect_nats(stack.nats_url, "chaos", stack.nats_login)
        opened.push_async_callback(client.close)
        yield World(
            stack=stack,
            nats_proxy=nats_proxy,
            store_proxy=store_proxy,
            disks=small,
            builds=builds,
            nats=client,
            event_log=JetStreamEventLog(client),
            journal=journal,
            scale=run.scale,
        )


def _make_builds(folder: Path, closing: ExitStack, revision: str) -> dict[str, str]:
    builds = {"the-next-version": build_next(folder / "next")}
    if revision:
        builds[f"revision-{revision[:8]}"] = closing.enter_context(build_revision(folder / "earlier", revision))
    else:
        builds |= {name: build_skewed(folder / name, seconds) for name, seconds in SKEWS.items()}
    return builds


async def _play(run: Run, world: World, audience: Audience, result: Result) -> None:
    """Requests the films and strikes, both at their times, until every film has ended."""
    left_out = sorted({each.fault for each in run.plan if not run.faults[each.fault].can_strike(world)})
    if left_out:
        world.journal.say(f"left out, as this machine or user lacks what they need: {', '.join(left_out)}")
    locks = {touched: asyncio.Lock() for fault in run.faults.values() for touched in sorted(fault.touches)}
    random = Random(f"films {run.seed}")
    requests = sorted(random.uniform(0, 0.7) * run.seconds for _ in run.films)
    async with asyncio.TaskGroup() as tasks:
        for at, film in zip(requests, run.films, strict=True):
            tasks.create_task(_watch_film(at, film, run, world, audience, result))
        for planned in run.plan:
            if planned.fault not in left_out:
                tasks.create_task(_strike(planned, run.faults[planned.fault], world, locks))


async def _strike(planned: PlannedStrike, fault: Fault, world: World, locks: Mapping[str, asyncio.Lock]) -> None:
    await asyncio.sleep(planned.at)
    while planned.after and not await _has_event(world, planned.after):
        await asyncio.sleep(0.05)
    async with AsyncExitStack() as held:
        for touched in sorted(fault.touches):
            await held.enter_async_context(locks[touched])
        with world.journal.striking(fault.name, fault.losing) as record:
            try:
                record.did = await fault.strike(world, Random(planned.seed))
            except ProblemError as error:  # a server did not come back in time: the runner goes on trying
                record.did = f"did what it could: {error.problem.sentence()}"


async def _has_event(world: World, name: str) -> bool:
    with contextlib.suppress(*_AWAY):
        for video in world.videos:
            if any(e.name_type(event) == name for _, event in await world.event_log.read(video)):
                return True
    return False


async def _watch_film(at: float, film: Film, run: Run, world: World, audience: Audience, result: Result) -> None:
    await asyncio.sleep(at)
    asked = world.journal.now()
    video = await audience.request(film)
    world.videos.append(video)
    result.films[video], result.asked[video] = film, asked
    await audience.change_mind(film, video, Random(f"{run.seed} {film.number}"), run.scale)
    deadline = world.journal.start + run.seconds + run.patience
    while not await _has_ended(world, video):
        if time.monotonic() > deadline:
            log = await world.event_log.read(video)
            told = log.state.delay()
            waits = f"; it waits: {told.problem.sentence()}" if told else ""
            result.wrong.append(f"film {film.number} ({video}) has not ended: {log.state.status()}{waits}")
            return
        await asyncio.sleep(1.0)
    world.journal.say(f"film {film.number} has ended")


async def _has_ended(world: World, video: str) -> bool:
    with contextlib.suppress(*_AWAY):
        return (await world.event_log.read(video)).state.outcome() is not None
    return False


async def _look(run: Run, world: World, audience: Audience, result: Result, folder: Path) -> None:
    """Looks at everything that is left."""
    world.journal.say("all films have ended; waiting for quiet")
    result.wrong += await checks.find_unsettled(world.nats)
    result.wrong += await checks.find_lost_requests(audience, len(run.films), world.videos)
    logs = {video: await world.event_log.read(video) for video in world.videos}
    for video, log in logs.items():
        film = result.films[video]
        result.wrong += checks.find_wrong_outcomes(film, video, log)
        result.outcomes["deleted" if log.is_deleted else log.state.status()] += 1
        outcomes = 1 if log.is_deleted else sum(isinstance(event, checks.OUTCOMES) for _, event in log)
        result.lost += outcomes == 0
        result.doubled += outcomes > 1
        result.attempts.update(event.attempt for _, event in log)
        result.delays.update(event.problem.code for _, event in log if isinstance(event, e.Delay))
        if log.state.completed and not log.is_deleted:
            line = await read_timeline(world.nats, world.journal, film.number, result.asked[video], video, log)
            result.timelines.append(line)
        if log.state.completed and not log.is_deleted:
            result.wrong += await _watch(audience, film, video, log, folder)
        shown = (await audience.get(f"/v1/videos/{video}")).json() if not log.is_deleted else {}
        if shown and shown["status"] != log.state.status():
            result.wrong.append(f"the API shows {video} as {shown['status']}, its log as {log.state.status()}")
    async with open_store(world.stack.settings) as store:
        result.wrong += await checks.find_orphans(store, logs)
    result.wrong += audience.complaints
    result.refusals = audience.refusals
    result.waits = measure_waits(result.timelines, world.journal)


async def _watch(audience: Audience, film: Film, video: str, log: VideoLog, folder: Path) -> Iterable[str]:
    path = folder / f"film-{film.number}.mp4"
    answer = await audience.get(f"/v1/videos/{video}/content", variant="video")
    path.write_bytes(answer.content)
    try:
        return await asyncio.to_thread(lambda: list(checks.find_wrong_film(path, log)))
    finally:
        path.unlink()


async def _wait_until_gone(find: Callable[[], list[str]], seconds: float = 10.0) -> list[str]:
    deadline = time.monotonic() + seconds
    while (found := find()) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    return found
