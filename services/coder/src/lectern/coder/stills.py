"""Asking a renderer how a scene looks at given moments."""

from __future__ import annotations

import msgspec
from nats import errors as nats_errors
from nats.aio.client import Client

from lectern.contracts import subjects
from lectern.contracts.options import VideoOptions
from lectern.worker import ObjectStore, Transient


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: a source and its narration by key, how the video looks, and the seconds to look at."""

    code_key: str
    narration_key: str
    options: VideoOptions
    at: tuple[float, ...]
    assets: dict[str, str] = {}


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """Keys of the pictures, in order; why there are none otherwise."""

    ok: bool
    keys: tuple[str, ...] = ()
    reason: str = ""
    unavailable: str | None = None


class Stills:
    """The renderers' stills, as seen from here. `timeout` in seconds."""

    def __init__(self, nats: Client, store: ObjectStore, *, timeout: float) -> None:
        self._nats = nats
        self._store = store
        self._timeout = timeout

    async def of(self, request: Request) -> tuple[bytes, ...]:
        """The pictures as JPEG. Raises Transient when there are none: nobody answers, or the scene was not drawn."""
        try:
            answer = await self._nats.request(subjects.STILLS, msgspec.json.encode(request), timeout=self._timeout)
            reply = msgspec.json.decode(answer.data, type=Reply)
        except (nats_errors.Error, TimeoutError, msgspec.MsgspecError) as error:
            raise Transient(f"no renderer shows the scene ({type(error).__name__})") from error
        if not reply.ok or not reply.keys:
            raise Transient(f"the scene cannot be shown: {reply.unavailable or reply.reason}")
        return tuple([await self._store.get(key) for key in reply.keys])
