"""Asking a renderer to run a source with animations skipped. What it said once is remembered in the store."""

from __future__ import annotations

import asyncio
import time

import msgspec
import nats.errors
from nats.aio.client import Client

from lectern.contracts import keys
from lectern.contracts.requests import CHECK_SCENE, CheckScene, SceneVerdict
from lectern.worker import Missing, ObjectStore, Transient, ask

VERDICT_VERSION = 1  # part of every verdict's key: raise it when the kit or its lint would judge differently
_ASK_AGAIN = 1.0  # seconds between two looks for a renderer


class PreflightClient:
    """The renderers' preflight, as seen from here. `timeout` and `patience` in seconds."""

    def __init__(self, nats: Client, store: ObjectStore, *, timeout: float, patience: float) -> None:
        self._nats = nats
        self._store = store
        self._timeout = timeout
        self._patience = patience

    async def check(self, request: CheckScene) -> SceneVerdict:
        """The verdict on a source. Raises Transient when no renderer can give one now."""
        key = verdict_key(request)
        if await self._store.head(key):
            try:
                return await self._store.get_json(key, SceneVerdict)
            except (Missing, msgspec.ValidationError):
                pass  # it expired in between, or an older version wrote it
        verdict = await self._ask(request)
        if verdict.unavailable:
            raise Transient(f"preflight is not possible now: {verdict.unavailable}")
        if not verdict.killed:  # a run that was ended may have been ended by a busy machine
            await self._store.put_json(key, verdict)
        return verdict

    async def _ask(self, request: CheckScene) -> SceneVerdict:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return await ask(self._nats, CHECK_SCENE, request, timeout=self._timeout)
            except nats.errors.NoRespondersError as error:
                if time.monotonic() >= deadline:
                    raise Transient("no renderer is there to check the scene") from error
                await asyncio.sleep(_ASK_AGAIN)  # one may be starting; nothing announces when it has
            except (nats.errors.Error, TimeoutError) as error:
                raise Transient(f"preflight does not answer ({type(error).__name__})") from error


def verdict_key(request: CheckScene) -> str:
    """Where a verdict is remembered: the source, its timings and how the picture looks decide it."""
    look = (request.options.quality, request.options.aspect, request.options.theme)
    made_from = keys.digest(request.code_key, request.narration_key, look, request.assets, VERDICT_VERSION)
    return keys.cache("preflight", made_from, "json")
