"""Asking a renderer how a scene looks at given moments."""

from __future__ import annotations

import msgspec
from nats import errors as nats_errors
from nats.aio.client import Client

from lectern.contracts.requests import DRAW_STILLS, DrawStills
from lectern.worker import ObjectStore, Transient, ask


class StillsClient:
    """The renderers' stills, as seen from here. `timeout` in seconds."""

    def __init__(self, nats: Client, store: ObjectStore, *, timeout: float) -> None:
        self._nats = nats
        self._store = store
        self._timeout = timeout

    async def of(self, request: DrawStills) -> tuple[bytes, ...]:
        """The pictures as JPEG. Raises Transient when there are none: nobody answers, or the scene was not drawn."""
        try:
            reply = await ask(self._nats, DRAW_STILLS, request, timeout=self._timeout)
        except (nats_errors.Error, TimeoutError, msgspec.MsgspecError) as error:
            raise Transient(f"no renderer shows the scene ({type(error).__name__})") from error
        if not reply.ok or not reply.keys:
            raise Transient(f"the scene cannot be shown: {reply.unavailable or reply.reason}")
        return tuple([await self._store.get(key) for key in reply.keys])
