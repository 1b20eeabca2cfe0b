"""A client of the public HTTP API. Errors are raised as `CommandExit` with the API's own problem."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import msgspec

from lectern.cli.exit_status import UNAVAILABLE, USAGE, CommandExit, command_exit
from lectern.client import ApiProblem, ConnectionFailed, ForeignAnswer, LecternError, RetryPolicy
from lectern.client.addresses import check_address, make_headers
from lectern.client.aio.transport import AsyncTransport
from lectern.client.calls import fill_path, make_call, report_silence
from lectern.client.errors import may_pass
from lectern.client.files import read_upload
from lectern.contracts.problems import FieldError, Problem

JsonObject: TypeAlias = dict[str, Any]

UNREACHABLE_TIMEOUT_SECONDS = 30.0  # watching a video gives up when its API has been unreachable for this long
RECONNECT_SECONDS = 0.5  # before reconnecting, unless the API names another pause
MAX_RECONNECT_SECONDS = 1.0
FINAL_STATUSES = frozenset({"completed", "failed", "cancelled"})
_UNFINISHED_STATUSES = ("queued", "in_progress")
_NOT_THE_INPUT = (401, 403, 429)
RETRIES = RetryPolicy(attempts=4)


class ApiRefusal(CommandExit):
    """The API answered with an error. `http_status` is the answer's, `problem` its body."""

    def __init__(self, status: int, problem: Problem, http_status: int) -> None:
        super().__init__(status, problem)
        self.http_status = http_status


class Api:
    """A client of one Lectern. Raises CommandExit: 2 for input it refuses, 3 when it is unavailable or broken."""

    def __init__(self, url: str, *, find_again: Callable[[], Awaitable[str]] | None = None) -> None:
        """`find_again` returns the address after the connection to a watched video was lost; it may start a server."""
        self.url = url.rstrip("/")
        self._find_again = find_again
        key = os.environ.get("LECTERN_API_KEY", "")
        try:
            check_address(self.url, key)
        except ValueError as error:
            raise command_exit(
                USAGE, "address-unusable", "The address cannot be used", f"{error}.", "Correct --url or LECTERN_API."
            ) from error
        timeout = httpx.Timeout(30.0, connect=5.0)
        self._http = httpx.AsyncClient(base_url=self.url, headers=make_headers(key), timeout=timeout)
        self._transport = AsyncTransport(self._http, RETRIES)

    async def __aenter__(self) -> Api:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def create(self, request: JsonObject) -> JsonObject:
        """Requests a video and returns it."""
        return await self._request_json("POST", "/v1/videos", body=request, repetition="keyed")

    async def dub(self, video_id: str, request: JsonObject) -> JsonObject:
        """Requests a video in another language and returns the new one."""
        path = fill_path("/v1/videos/{}/dub", video_id)
        return await self._request_json("POST", path, body=request, repetition="keyed")

    async def voices(self, language: str | None) -> list[JsonObject]:
        """The available voices, of one language or all."""
        body = await self._request_json("GET", "/v1/voices", query={"language": language or None})
        voices: list[JsonObject] = body["data"]
        return voices

    async def video(self, video_id: str) -> JsonObject:
        """The current state of a video."""
        return await self._request_json("GET", fill_path("/v1/videos/{}", video_id))

    async def list_unfinished(self) -> list[JsonObject]:
        """The latest videos that are queued or in progress, at most 100 of each."""
        pages = [
            await self._request_json("GET", "/v1/videos", query={"status": status, "limit": 100})
            for status in _UNFINISHED_STATUSES
        ]
        return [video for page in pages for video in page["data"]]

    async def upload(self, file: Path) -> str:
        """Stores an image or a track and returns its id."""
        data, media_type = await asyncio.to_thread(read_upload, file)
        headers = {"Content-Type": media_type}
        response = await self._request_json("POST", "/v1/assets", content=data, headers=headers)
        return str(response["id"])

    async def cancel(self, video_id: str, reason: str) -> JsonObject:
        """Cancels a video in any state."""
        return await self._request_json("POST", fill_path("/v1/videos/{}/cancel", video_id), body={"reason": reason})

    async def script_text(self, video_id: str) -> tuple[str, str]:
        """The video's script as Markdown, and its ETag."""
        headers = {"Accept": "text/markdown"}
        response = await self._request("GET", fill_path("/v1/videos/{}/script", video_id), headers=headers)
        return response.text, response.headers.get("ETag", "")

    async def script(self, video_id: str) -> JsonObject:
        """The video's script as JSON. Raises ApiRefusal when there is none yet."""
        return await self._request_json("GET", fill_path("/v1/videos/{}/script", video_id))

    async def replace_script_text(self, video_id: str, markdown: str, tag: str) -> None:
        """Replaces the script that has this ETag. Raises ApiRefusal with status 412 when it has changed since."""
        headers = {"Content-Type": "text/markdown", "If-Match": tag or None}
        path = fill_path("/v1/videos/{}/script", video_id)
        await self._request("PUT", path, content=markdown.encode(), headers=headers, repetition="unsafe")

    async def approve(self, video_id: str) -> JsonObject:
        """Approves the video's script, so that production continues."""
        return await self._request_json("POST", fill_path("/v1/videos/{}/approve", video_id), body={})

    async def download(self, path: str, target: Path) -> None:
        """Downloads a file to `target`, which appears only when it is complete. A broken connection goes on."""
        try:
            await self._transport.download(path, target)
        except LecternError as error:
            raise make_refusal(error) from error
        except OSError as error:
            raise command_exit(
                USAGE,
                "cannot-write",
                "The file cannot be written",
                f"{target}: {error.strerror or error}.",
                "Free some space or choose another folder with --out.",
            ) from error

    async def watch(self, video_id: str) -> AsyncIterator[JsonObject]:
        """The video's events until its outcome, each once, across lost connections.

        Raises CommandExit when every connection has failed for `UNREACHABLE_TIMEOUT_SECONDS`.
        """
        last_id, pause = "", RECONNECT_SECONDS
        failing_since: float | None = None
        while True:
            headers = {"Last-Event-ID": last_id} if last_id else {}
            events = fill_path("/v1/videos/{}/events", video_id)
            try:
                async with self._transport.connect(events, {}, headers) as stream:
                    if stream.response.status_code == httpx.codes.NO_CONTENT:
                        return
                    async for sent in stream.aiter_sse():
                        failing_since = None
                        if sent.retry is not None:
                            pause = min(sent.retry / 1000, MAX_RECONNECT_SECONDS)
                        if not sent.data:
                            continue
                        last_id = sent.id or last_id
                        event: JsonObject = msgspec.json.decode(sent.data)
                        yield event
                        if event.get("video", {}).get("status") in FINAL_STATUSES:
                            return
            except LecternError as error:
                failing_since = failing_since or time.monotonic()
                if not may_pass(error) or _is_unreachable(failing_since):
                    raise make_refusal(error) from error
            except httpx.TransportError as error:
                failing_since = failing_since or time.monotonic()
                if _is_unreachable(failing_since):
                    raise make_refusal(report_silence(self.url, error)) from error
                if self._find_again:
                    self.url = (await self._find_again()).rstrip("/")
                    self._http.base_url = httpx.URL(self.url)
            await asyncio.sleep(pause)
            pause = RECONNECT_SECONDS

    async def _request_json(self, method: str, path: str, **request: Any) -> JsonObject:
        body: JsonObject = (await self._request(method, path, **request)).json()
        return body

    async def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return await self._transport.send(make_call(method, path, str, **request))
        except LecternError as error:
            raise make_refusal(error) from error


def _is_unreachable(failing_since: float) -> bool:
    return time.monotonic() - failing_since > UNREACHABLE_TIMEOUT_SECONDS


def make_refusal(error: LecternError) -> CommandExit:
    """How a command ends with an error of the client: 2 for input that is refused, else 3."""
    if isinstance(error, ApiProblem):
        is_input = error.status < httpx.codes.INTERNAL_SERVER_ERROR and error.status not in _NOT_THE_INPUT
        problem = Problem(
            code=error.code,
            title=error.title,
            detail=error.problem_detail,
            remedy=error.remedy,
            retryable=error.retryable,
            errors=tuple(FieldError(pointer=field.pointer, detail=field.detail) for field in error.fields),
        )
        return ApiRefusal(USAGE if is_input else UNAVAILABLE, problem, error.status)
    if isinstance(error, ConnectionFailed):
        return command_exit(
            UNAVAILABLE,
            "api-silent",
            "Lectern does not answer",
            error.detail,
            "Start it with `lectern up`, or name another address with --url.",
        )
    if isinstance(error, ForeignAnswer):
        return command_exit(
            UNAVAILABLE,
            "not-lectern",
            "The answer is not Lectern's",
            error.detail,
            "Check that the address is a Lectern's (--url, LECTERN_API) and that no proxy is in between.",
        )
    return command_exit(UNAVAILABLE, "download-incomplete", "A file has not come whole", error.detail, error.remedy)
