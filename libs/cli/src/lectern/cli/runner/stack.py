"""Everything on one machine: servers, topology and services, running while a context lasts."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import time
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from lectern.cli.made_films import MadeFilms
from lectern.cli.natural_voices.install import has_voices, voices_folder
from lectern.cli.runner.answering import CollectedAnswers, collect_answers, keep_answers
from lectern.cli.runner.child import Child
from lectern.cli.runner.expiry import keep_expiring
from lectern.cli.runner.forgetting import forgetting_changed
from lectern.cli.runner.home import BUCKET, Endpoint, Home, claim_home
from lectern.cli.runner.log_watch import keep_log_storing
from lectern.cli.runner.made_with import digest_surroundings
from lectern.cli.runner.metrics import Registries
from lectern.cli.runner.old_objects import move_old_objects
from lectern.cli.runner.servers import LOOPBACK, hold_port, nats_server, require_free
from lectern.cli.runner.services import InProcess, discover, separate_process
from lectern.contracts.problems import Problem, ProblemError
from lectern.worker import (
    Connections,
    NatsLogin,
    Settings,
    apply_topology,
    connect,
    find_named_entries,
    map_concurrently,
)

# The settings that every service on this machine shares; the others come from the environment.
SHARED_SETTINGS = {
    "nats_url",
    "nats_token",
    "nats_user",
    "nats_password",
    "nats_creds",
    "nats_ca",
    "s3_endpoint",
    "s3_bucket",
    "s3_access_key",
    "s3_secret_key",
    "s3_folder",
    "metrics_port",
    "grace_seconds",
}
GATEWAY, RENDERER, VOICE = "gateway", "renderer", "voice"
ANSWERING = (GATEWAY, VOICE)
GATEWAY_TIMEOUT_SECONDS = 60.0  # until the first answer; imports from a cold disk are slow


@dataclass(kw_only=True)
class Stack:
    """A running Lectern. `members` are its parts by name: nats, store, gateway, voice, …, renderer-1, renderer-2."""

    home: Home
    endpoint: Endpoint
    settings: Settings
    members: dict[str, Child | InProcess] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The API's address."""
        return self.endpoint.url

    @property
    def nats_url(self) -> str:
        """The event log's address."""
        return self.endpoint.nats_url

    @property
    def nats_login(self) -> NatsLogin:
        """What opens the event log."""
        return NatsLogin.of(self.settings)

    def find_members(self, name: str) -> list[Child | InProcess]:
        """The members of a name: one, or every `renderer-N` for `renderer`. Raises KeyError when there is none."""
        found = [member for key, member in self.members.items() if key == name or key.startswith(f"{name}-")]
        if not found:
            raise KeyError(f"no member {name}; there are {', '.join(self.members)}")
        return found

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Sends a signal to the members' processes, as a crash would; the runner restarts them."""
        for member in self.find_members(name):
            member.kill(number)

    @asynccontextmanager
    async def without(self, name: str) -> AsyncIterator[None]:
        """Keeps the members down while the context lasts, then starts them again."""
        members = self.find_members(name)
        for member in members:
            await member.stop()
        try:
            yield
        finally:
            for member in members:
                await member.start()


@asynccontextmanager
async def run_stack(
    home: Path,
    *,
    separate: bool = False,
    apart: Collection[str] = (),
    renderers: int = 0,
    services: Collection[str] | None = None,
    host: str = LOOPBACK,
    port: int = 0,
    nats_port: int = 0,
    store_port: int = 0,
    grace_seconds: float = 5.0,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    only_answers: bool = False,
    keeps_answers: bool = False,
) -> AsyncIterator[Stack]:
    """Runs Lectern on this machine while the context lasts; everything it started is stopped afterwards.

    All services run in this process, other than those `apart`; with `separate` each has a process of its own.
    `renderers` is how many scenes are rendered at once (0: one per CPU): slots of this process, or that many processes.
    `services` are those to run (None: all that are installed). A port of 0 chooses a free one.
    `settings` are further settings by service. `only_answers` runs what tells of videos and voices, without a store.
    What `keeps_answers` leaves in the home what it last said of them.
    Raises ProblemError when another runner owns the home, or when a part does not start.
    """
    services = ANSWERING if only_answers else services
    points = discover(frozenset(services) if services is not None else None)
    with claim_home(home) as claimed:
        if port:
            require_free(host, port)
        async with AsyncExitStack() as closing:
            ports = [chosen or hold_port(closing) for chosen in (port, nats_port, store_port)]
            stack = _prepare_servers(closing, claimed, host, ports, grace_seconds, only_answers=only_answers)
            async with _starting(stack.members.get("store")):  # the slower one
                await stack.members["nats"].start()
                connected = connect(stack.settings, "runner", store_on_demand=only_answers)
                connections = await closing.enter_async_context(connected)
                await apply_topology(connections.nats, retention=stack.settings)
                if not separate:
                    _load({name: point for name, point in points.items() if name not in apart})
            if not only_answers:
                await closing.enter_async_context(_watching_servers(stack, connections))
                await move_old_objects(claimed.old_objects, connections.store)
            own = frozenset(points) if separate else frozenset(apart)
            answers: CollectedAnswers | None = None
            parts = _prepare_services(points, stack, connections, own, host, renderers, settings or {})
            stack.members.update({part.name: part for part in parts})
            try:
                await _start_all(parts)
                if GATEWAY in points:
                    await _wait_for_gateway(stack, parts)
                with claimed.announce(stack.endpoint):
                    try:
                        yield stack
                    finally:
                        if keeps_answers:
                            answers = await collect_answers(claimed, stack.endpoint, connections.nats)
            finally:
                await asyncio.gather(*(part.stop() for part in parts))  # concurrently: each may need its grace period
                await keep_answers(claimed, answers, connections.nats)


@asynccontextmanager
async def _watching_servers(stack: Stack, connections: Connections) -> AsyncIterator[None]:
    server = stack.members["nats"]
    assert isinstance(server, Child)
    watching = [
        asyncio.create_task(keep_log_storing(server, connections.nats, stack.home.nats), name="watch:nats"),
        asyncio.create_task(
            keep_expiring(stack.settings, functools.partial(find_named_entries, connections.nats)), name="watch:store"
        ),
    ]
    async with forgetting_changed(connections.bus, MadeFilms(stack.home.path)):
        try:
            yield
        finally:
            for each in watching:
                each.cancel()


@asynccontextmanager
async def _starting(part: Child | InProcess | None) -> AsyncIterator[None]:
    """Starts a part while the context lasts; it has started when the context ends. Raises what `start` raises."""
    if part is None:
        yield
        return
    start = asyncio.create_task(part.start(), name=f"start:{part.name}")
    try:
        yield
        await start
    finally:
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)


def _load(points: Mapping[str, EntryPoint]) -> None:
    """Imports services that are built later; what is wrong with one is said then."""
    for point in points.values():
        with contextlib.suppress(Exception):
            point.load()


def _prepare_servers(
    closing: AsyncExitStack, home: Home, host: str, ports: Sequence[int], grace_seconds: float, *, only_answers: bool
) -> Stack:
    """The servers, not started yet, and where they will be found. `ports` are the API's, the log's and the store's."""
    port, nats_port, store_port = ports
    keys = home.keys()
    servers = {"nats": nats_server(home.nats, nats_port, keys.nats_token).child(home.logs)}
    if not only_answers:
        from lectern.cli.runner.store_server import object_store  # certificates and signatures: a tenth of a second

        servers["store"] = object_store(home.store, store_port, keys).child(home.logs)
    for child in servers.values():
        closing.push_async_callback(child.stop)
    visible_host = LOOPBACK if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    settings = Settings(
        nats_url=f"nats://{LOOPBACK}:{nats_port}",
        nats_token=SecretStr(keys.nats_token),
        nats_user="",
        nats_password=SecretStr(""),
        nats_creds="",
        nats_ca="",
        s3_endpoint=f"http://{LOOPBACK}:{store_port}",
        s3_bucket=BUCKET,
        s3_folder=home.store,
        s3_access_key=keys.access,
        s3_secret_key=SecretStr(keys.secret),
        metrics_port=0,
        grace_seconds=grace_seconds,
    )
    endpoint = Endpoint(
        pid=os.getpid(),
        url=f"http://{visible_host}:{port}",
        nats_url=settings.nats_url,
        s3_endpoint=settings.s3_endpoint,
        only_answers=only_answers,
        surroundings="" if only_answers else digest_surroundings(home.path, os.environ),
        keep_history_days=settings.keep_history_days,
        disk_reserve_mb=settings.disk_reserve_mb,
        store_limit_gb=settings.store_limit_gb,
    )
    return Stack(home=home, endpoint=endpoint, settings=settings, members={**servers})


def _prepare_services(
    points: Mapping[str, EntryPoint],
    stack: Stack,
    connections: Connections,
    own: Collection[str],
    host: str,
    renderers: int,
    settings: Mapping[str, Mapping[str, Any]],
) -> list[Child | InProcess]:
    """The services, not started yet: those of `own` as children, the others in this process with its connections."""
    parts: list[Child | InProcess] = []
    registries = Registries()
    for name, point in points.items():
        values = {**_shared_values(stack), **settings.get(name, {})}
        if name == GATEWAY:
            values |= {"host": host, "port": int(stack.url.rpartition(":")[2])}
            if not os.environ.get("LECTERN_SIGNING_KEY"):
                values |= {"signing_key": stack.home.keys().signing_key}
        if name == VOICE and not os.environ.get("LECTERN_PIPER_VOICES") and has_voices(stack.home.path):
            values |= {"piper_voices": voices_folder(stack.home.path)}
        if name == RENDERER and "LECTERN_WARM_UP" not in os.environ:
            values |= {"warm_up": "with-work"}
        if name not in own:
            if name == RENDERER:
                values |= {"slots": renderers}  # 0: the renderer has one per CPU
            registry = functools.partial(registries.create, name, show_all=name == GATEWAY)
            parts.append(InProcess(name, point, values, connections, registry))
        elif name == RENDERER:
            values |= {"slots": 1}
            names = [f"{RENDERER}-{number}" for number in range(1, (renderers or len(os.sched_getaffinity(0))) + 1)]
            parts += [separate_process(each, point, values, stack.home) for each in names]
        else:
            parts.append(separate_process(name, point, values, stack.home))
    return parts


def _shared_values(stack: Stack) -> dict[str, Any]:
    shared = stack.settings.model_dump(include=SHARED_SETTINGS)
    return {name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in shared.items()}


async def _start_all(parts: Iterable[Child | InProcess]) -> None:
    """Starts parts concurrently. The first failure cancels the others and is raised as it is."""
    await map_concurrently(lambda part: part.start(), parts)


async def _wait_for_gateway(stack: Stack, parts: Sequence[Child | InProcess]) -> None:
    """Returns when the API answers HTTP. Raises the failure of a part that fails before that."""
    deadline = time.monotonic() + GATEWAY_TIMEOUT_SECONDS
    async with httpx.AsyncClient(trust_env=False, timeout=2.0) as http:
        while time.monotonic() < deadline:
            for part in parts:
                if failure := part.failure():
                    raise failure
            with contextlib.suppress(httpx.TransportError):
                await http.get(f"{stack.url}/healthz")
                return
            await asyncio.sleep(0.03)
    raise ProblemError(
        Problem(
            code="gateway-silent",
            title="The API does not answer",
            detail=f"{stack.url} did not answer within {GATEWAY_TIMEOUT_SECONDS:.0f} s.",
            remedy=f"See the logs in {stack.home.logs}.",
        )
    )
