"""Clients of the renderer: preflight and stills. Verdicts are cached in the store."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import stamina

from lectern.contracts import keys
from lectern.contracts.requests import CHECK_SCENE, DRAW_STILLS, CheckScene, DrawStills, Request, SceneVerdict
from lectern.worker import Bus, Meter, Missing, NoReply, ObjectStore, StageMetrics, Transient, Unavailable

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

VERDICT_VERSION = 4  # part of every verdict's key: raise it when the kit or its lint would judge differently
RETRY_SECONDS = 1.0  # between requests while no renderer is running; nothing announces when one has started


class PreflightClient:
    """Asks renderers for preflights.

    A preflight may take `timeout` seconds, queueing included; `startup_wait` is how many seconds to wait until a
    renderer is running.
    """

    def __init__(
        self,
        bus: Bus,
        store: ObjectStore,
        metrics: StageMetrics | None = None,
        *,
        timeout: float,
        startup_wait: float,
    ) -> None:
        self._bus = bus
        self._store = store
        self._metrics = metrics or StageMetrics(Meter())
        self._timeout = timeout
        self._startup_wait = startup_wait

    async def check(self, request: CheckScene) -> SceneVerdict:
        """The verdict on a source. Raises Unavailable when no renderer can give one now."""
        key = verdict_key(request)
        if await self._store.head(key):
            try:
                verdict = await self._store.get_json(key, SceneVerdict)
            except (Missing, msgspec.ValidationError):
                pass  # it expired in between, or an older version wrote it
            else:
                self._metrics.count_look("preflight", hit=True)
                return verdict
        self._metrics.count_look("preflight", hit=False)
        verdict = await _ask_when_present(
            self._bus, CHECK_SCENE, request, timeout=self._timeout, startup_wait=self._startup_wait
        )
        if verdict.unavailable:
            raise Unavailable(
                f"the renderer cannot check the scene now: {verdict.unavailable}",
                code="renderer-unavailable",
                begun=verdict.begun,
            )
        if not verdict.killed:  # a run that was killed may have been killed by a busy machine
            await self._store.put_json(key, verdict)
        return verdict


class StillsClient:
    """Asks renderers for stills, which may take `timeout` seconds; waits `startup_wait` until a renderer is running."""

    def __init__(self, bus: Bus, store: ObjectStore, *, timeout: float, startup_wait: float) -> None:
        self._bus = bus
        self._store = store
        self._timeout = timeout
        self._startup_wait = startup_wait

    async def draw(self, request: DrawStills) -> tuple[bytes, ...]:
        """The stills as JPEG. Raises Transient when there are none: no renderer answers, or the scene is not drawn."""
        reply = await _ask_when_present(
            self._bus, DRAW_STILLS, request, timeout=self._timeout, startup_wait=self._startup_wait
        )
        if not reply.ok or not reply.keys:
            raise Transient(f"the renderer drew no stills: {reply.unavailable or reply.reason}")
        return tuple([await self._store.get(key) for key in reply.keys])


def verdict_key(request: CheckScene) -> str:
    """The key of a cached verdict: the source, what it is run with, its timings and how the scene looks decide it."""
    options = request.options
    look = (options.quality, options.aspect, options.theme, options.brand)
    made_from = keys.digest(
        request.code_key, request.context, request.narration_key, look, request.assets, VERDICT_VERSION
    )
    return keys.cache("preflight", made_from, "json")


async def _ask_when_present(bus: Bus, kind: Request[Q, R], request: Q, *, timeout: float, startup_wait: float) -> R:
    """A renderer's reply; asks again for `startup_wait` seconds while none is running."""
    async for attempt in stamina.retry_context(
        on=_is_absent,
        attempts=1 + round(startup_wait / RETRY_SECONDS),
        timeout=None,
        wait_initial=RETRY_SECONDS,
        wait_max=RETRY_SECONDS,
    ):
        with attempt:
            return await bus.ask(kind, request, timeout=timeout)
    raise AssertionError("unreachable")


def _is_absent(error: Exception) -> bool:
    return isinstance(error, NoReply) and error.absent
