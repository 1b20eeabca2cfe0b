"""Sending requests, again where that is safe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import httpx_sse

from lectern.client.calls import Call, Reply, make_call, read_answer, report_silence
from lectern.client.errors import read_problem
from lectern.client.files import PartialFile
from lectern.client.retrying import RetryPolicy, choose_pause, read_retry_after

STREAM_TIMEOUT = httpx.Timeout(45.0, connect=10.0)  # three of the API's heartbeats
CONNECT_TIMEOUT_SECONDS = 10.0


class AsyncTransport:
    """One connection pool to one API."""

    def __init__(self, http: httpx.AsyncClient, policy: RetryPolicy) -> None:
        self._http = http
        self._policy = policy

    async def ask(self, call: Call[Reply]) -> Reply:
        """The answer to a request. Raises LecternError."""
        return read_answer(call, await self.send(call))

    async def send(self, call: Call[Reply]) -> httpx.Response:
        """The response to a request, if it is a success. Raises LecternError."""
        attempt = 1
        while True:
            try:
                # Media may be stored elsewhere; the key does not go there.
                outcome = await self._http.send(self._build(call), follow_redirects=call.method == "GET")
            except httpx.TransportError as error:
                pause = choose_pause(self._policy, call, attempt, error)
                if pause is None:
                    raise report_silence(str(self._http.base_url), error) from error
            else:
                if not outcome.is_error:
                    return outcome
                pause = choose_pause(self._policy, call, attempt, outcome)
                if pause is None:
                    raise read_problem(outcome, read_retry_after(outcome))
            await asyncio.sleep(pause)
            attempt += 1

    async def download(self, path: str, target: Path, query: dict[str, str] | None = None) -> Path:
        """Download a file to `target`, which appears when it is whole. A broken connection goes on where it broke.

        Raises LecternError, and OSError when it cannot be written.
        """
        file, attempt = PartialFile(target), 1
        try:
            while True:
                before = file.received
                call = make_call("GET", path, str, query=query, headers=file.headers)
                try:
                    pause = await self._receive(call, file, attempt)
                    if pause is None:
                        return file.finish()
                except httpx.TransportError as error:
                    attempt = 1 if file.received > before else attempt
                    pause = choose_pause(self._policy, call, attempt, error)
                    if pause is None:
                        raise report_silence(str(self._http.base_url), error) from error
                await asyncio.sleep(pause)
                attempt += 1
        finally:
            file.discard()

    @asynccontextmanager
    async def connect(
        self, path: str, query: dict[str, str], headers: dict[str, str]
    ) -> AsyncIterator[httpx_sse.EventSource]:
        """One connection to an event stream. Raises LecternError for an error status, httpx.TransportError."""
        async with httpx_sse.aconnect_sse(
            self._http, "GET", path, params=query, headers=headers, timeout=STREAM_TIMEOUT
        ) as source:
            if source.response.is_error:
                await source.response.aread()
                raise read_problem(source.response, read_retry_after(source.response))
            yield source

    async def _receive(self, call: Call[str], file: PartialFile, attempt: int) -> float | None:
        """Receive what is missing of a file. Returns the pause before another attempt, None when all has come."""
        response = await self._http.send(self._build(call), stream=True, follow_redirects=True)
        try:
            if response.is_error:
                await response.aread()
                pause = choose_pause(self._policy, call, attempt, response)
                if pause is None:
                    raise read_problem(response, read_retry_after(response))
                return pause
            file.begin(response)
            async for data in response.aiter_raw():
                file.write(data)
            return None
        finally:
            await response.aclose()

    def _build(self, call: Call[Reply]) -> httpx.Request:
        timeout = httpx.Timeout(call.timeout, connect=CONNECT_TIMEOUT_SECONDS)
        return self._http.build_request(
            call.method, call.path, params=call.query, headers=call.headers, content=call.content, timeout=timeout
        )
