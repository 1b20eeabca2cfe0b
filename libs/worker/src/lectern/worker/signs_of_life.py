"""Requests over core NATS whose responder shows that it is at work, and whose asker shows that it still waits.

A process that is frozen, or cut off without the server having noticed, takes its share of requests and never answers.
So a responder sends a sign each `beat` seconds, from the moment a request arrives, and an asker that has heard nothing
for `silence` seconds asks again, which the server passes to any responder. The first answer counts. Each sign is itself
a request to the asker: where nobody listens any more, the work ends.

A responder that stops before it has begun says that it leaves, and is passed over at once.

An asker of an earlier version takes the first message for the answer, so signs are sent to those only who ask for them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from typing import Any

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

_LOOKS_IN_DOUBT = (0.02, 0.05, 0.1, 0.2, 0.2)  # seconds between them: the asker may hear of it later than we do
_PATIENCE_IN_DOUBT = 0.2  # seconds for an answer to one: an asker that is just leaving takes a sign and answers nothing
_WANTED = {"Lectern-Signs": "wanted"}  # on a request
_MAY_LEAVE = {"Lectern-Leaving": "understood"}  # on a request of a version that passes over who leaves
_SIGN = {"Lectern-Signs": "working"}  # on a message that is no answer yet
_LEAVING = {"Lectern-Leaving": "ask another"}  # on a message in an answer's place


class SignTiming(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds between two signs, and of silence after which an asker asks again: several signs are lost by then."""

    beat: float = 1.0
    silence: float = 5.0


async def ask_until_answered(
    client: Client, subject: str, data: bytes, *, headers: Mapping[str, str], timeout: float, timing: SignTiming
) -> Msg:
    """The first answer to a request, within `timeout` seconds. Each time it asks again it waits twice as long, up to
    four times: of two responders of which one is frozen, the frozen one may be asked several times in a row.

    Raises nats.errors.NoRespondersError when no process answers such requests, nats.errors.TimeoutError.
    """
    inbox = client.new_inbox()
    # Called back, since `next_msg` of a task that is cancelled as a message arrives returns it and goes on.
    arrived: asyncio.Queue[Msg] = asyncio.Queue()
    subscription = await client.subscribe(inbox, cb=arrived.put)
    silence, asked = timing.silence, 0
    try:
        async with asyncio.timeout(timeout):
            while True:
                await client.publish(subject, data, reply=inbox, headers={**headers} | _WANTED | _MAY_LEAVE)
                asked += 1
                while True:
                    try:
                        async with asyncio.timeout(silence):
                            message = await arrived.get()
                    except TimeoutError:
                        silence = min(silence * 2, timing.silence * 4)
                        break
                    if _is_sign(message):
                        await message.respond(b"")
                    elif _is_farewell(message):
                        asked = 0
                        break
                    elif not _is_refusal(message):
                        return message
                    elif asked == 1:
                        raise nats.errors.NoRespondersError
    except TimeoutError as error:
        raise nats.errors.TimeoutError from error
    finally:
        with contextlib.suppress(nats.errors.Error):  # the connection is gone, and the subscription with it
            await subscription.unsubscribe()


async def work_while_awaited(
    client: Client, request: Msg, work: Coroutine[Any, Any, bytes], *, timing: SignTiming, doubt: asyncio.Event
) -> bytes | None:
    """The result of the work, which a request asks for; None if it was ended because nobody waits for it any more.

    Whether somebody waits is asked at each beat, and several times soon after there is `doubt`.
    """
    working = asyncio.create_task(work)
    doubting = asyncio.create_task(doubt.wait())
    soon = iter(_LOOKS_IN_DOUBT)
    try:
        while True:
            in_doubt = doubt.is_set()
            beat, patience = (next(soon, timing.beat), _PATIENCE_IN_DOUBT) if in_doubt else (timing.beat, timing.beat)
            watched = {working} if in_doubt else {working, doubting}
            ended, _ = await asyncio.wait(watched, timeout=beat, return_when=asyncio.FIRST_COMPLETED)
            if working in ended:
                return working.result()
            if doubting in ended:
                continue  # the asker hears of it at the same moment, and had better be gone when it is asked
            if _wants_signs(request) and not await _is_awaited(client, request, patience):
                return None
    finally:
        doubting.cancel()
        if not working.done():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def tell_leaving(client: Client, request: Msg) -> None:
    """Tells the asker that this process will not answer, if it is of a version that then asks another."""
    if request.reply and (request.headers or {}).items() >= _MAY_LEAVE.items():
        with contextlib.suppress(nats.errors.Error):  # its silence says so, too
            await client.publish(request.reply, b"", headers=dict(_LEAVING))


async def _is_awaited(client: Client, request: Msg, patience: float) -> bool:
    try:
        await client.request(request.reply, b"", timeout=patience, headers=dict(_SIGN))
    except nats.errors.NoRespondersError:
        return False
    except nats.errors.Error:
        return True  # the asker, or the connection, is slow
    return True


def _wants_signs(request: Msg) -> bool:
    return bool(request.reply) and (request.headers or {}).items() >= _WANTED.items()


def _is_sign(message: Msg) -> bool:
    return (message.headers or {}).items() >= _SIGN.items()


def _is_farewell(message: Msg) -> bool:
    return (message.headers or {}).items() >= _LEAVING.items()


def _is_refusal(message: Msg) -> bool:
    """True for the server's own notice that nobody answers such requests."""
    return (message.headers or {}).get("Status") == "503"
