"""A client of the public HTTP API. Errors are raised as `CommandExit` with the API's own problem."""

from __future__ import annotations

import asyncio
import mimetypes
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import httpx_sse
import msgspec

from lectern.cli.exit_status import UNAVAILABLE, USAGE, CommandExit, command_exit
from lectern.contracts.problems import FieldError, Problem

JsonObject: TypeAlias = dict[str, Any]

UNREACHABLE_TIMEOUT_SECONDS = 30.0  # watching a video gives up when its API has been unreachable for this long
STREAM_TIMEOUT = httpx.Timeout(45.0, connect=5.0)  # three of the API's heartbeats
RECONNECT_SECONDS = 0.5  # before reconnecting, unless the API names another pause
MAX_RECONNECT_SECONDS = 1.0
FINAL_STATUSES = frozenset({"completed", "failed", "cancelled"})
_UNFINISHED_STATUSES = ("queued", "in_progress")
_AUDIO_TYPES = {
    ".flac": "audio/flac",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
}


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
        self._http = httpx.AsyncClient(base_url=self.url, timeout=httpx.Timeout(30.0, connect=5.0))
        self._http.follow_redirects = True  # media may be stored elsewhere

    async def __aenter__(self) -> Api:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def create(self, request: JsonObject) -> JsonObject:
        """Requests a video and returns it."""
        return await self._request_json("POST", "/v1/videos", json=request)

    async def dub(self, video_id: str, request: JsonObject) -> JsonObject:
        """Requests a video in another language and returns the new one."""
        return await self._request_json("POST", f"/v1/videos/{video_id}/dub", json=request)

    async def voices(self, language: str | None) -> list[JsonObject]:
        """The available voices, of one language or all."""
        body = await self._request_json("GET", "/v1/voices", params={"language": language} if language else {})
        voices: list[JsonObject] = body["data"]
        return voices

    async def video(self, video_id: str) -> JsonObject:
        """The current state of a video."""
        return await self._request_json("GET", f"/v1/videos/{video_id}")

    async def list_unfinished(self) -> list[JsonObject]:
        """The latest videos that are queued or in progress, at most 100 of each."""
        pages = [
            await self._request_json("GET", "/v1/videos", params={"status": status, "limit": 100})
            for status in _UNFINISHED_STATUSES
        ]
        return [video for page in pages for video in page["data"]]

    async def upload(self, file: Path) -> str:
        """Stores an image or a track and returns its id."""
        media_type = _AUDIO_TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0]
        headers = {"Content-Type": media_type or "application/octet-stream"}
        data = await asyncio.to_thread(file.read_bytes)
        response = await self._request_json("POST", "/v1/assets", content=data, headers=headers)
        return str(response["id"])

    async def cancel(self, video_id: str, reason: str) -> JsonObject:
        """Cancels a video in any state."""
        return await self._request_json("POST", f"/v1/videos/{video_id}/cancel", json={"reason": reason})

    async def script_text(self, video_id: str) -> tuple[str, str]:
        """The video's script as Markdown, and its ETag."""
        headers = {"Accept": "text/markdown"}
        response = await self._request("GET", f"/v1/videos/{video_id}/script", headers=headers)
        return response.text, response.headers.get("ETag", "")

    async def script(self, video_id: str) -> JsonObject:
        """The video's script as JSON. Raises ApiRefusal when there is none yet."""
        return await self._request_json("GET", f"/v1/videos/{video_id}/script")

    async def replace_script_text(self, video_id: str, markdown: str, tag: str) -> None:
        """Replaces the script that has this ETag. Raises ApiRefusal with status 412 when it has changed since."""
        headers = {"Content-Type": "text/markdown", **({"If-Match": tag} if tag else {})}
        await self._request("PUT", f"/v1/videos/{video_id}/script", content=markdown.encode(), headers=headers)

    async def approve(self, video_id: str) -> JsonObject:
        """Approves the video's script, so that production continues."""
        return await self._request_json("POST", f"/v1/videos/{video_id}/approve", json={})

    async def download(self, path: str, target: Path) -> None:
        """Downloads a file to `target`, which appears only when it is complete."""
        part = target.with_name(target.name + ".part")
        try:
            async with self._http.stream("GET", path) as response:
                await _raise_for_error(response)
                with part.open("wb") as file:
                    async for chunk in response.aiter_bytes():
                        file.write(chunk)
            part.replace(target)
        except httpx.TransportError as error:
            raise self._unavailable(error) from error
        except OSError as error:
            raise command_exit(
                USAGE,
                "cannot-write",
                "The file cannot be written",
                f"{target}: {error.strerror or error}.",
                "Free some space or choose another folder with --out.",
            ) from error
        finally:
            part.unlink(missing_ok=True)

    async def watch(self, video_id: str) -> AsyncIterator[JsonObject]:
        """The video's events until its outcome, each once, across lost connections.

        Raises CommandExit when every connection has failed for `UNREACHABLE_TIMEOUT_SECONDS`.
        """
        last_id, pause = "", RECONNECT_SECONDS
        failing_since: float | None = None
        while True:
            headers = {"Last-Event-ID": last_id} if last_id else {}
            events = f"/v1/videos/{video_id}/events"
            try:
                async with httpx_sse.aconnect_sse(
                    self._http, "GET", events, headers=headers, timeout=STREAM_TIMEOUT
                ) as stream:
                    if stream.response.status_code == httpx.codes.NO_CONTENT:
                        return
                    await _raise_for_error(stream.response)
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
            except ApiRefusal as refusal:
                failing_since = failing_since or time.monotonic()
                if refusal.http_status < httpx.codes.INTERNAL_SERVER_ERROR or _is_unreachable(failing_since):
                    raise
            except httpx.TransportError as error:
                failing_since = failing_since or time.monotonic()
                if _is_unreachable(failing_since):
                    raise self._unavailable(error) from error
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
            response = await self._http.request(method, path, **request)
        except httpx.TransportError as error:
            raise self._unavailable(error) from error
        await _raise_for_error(response)
        return response

    def _unavailable(self, error: Exception) -> CommandExit:
        return command_exit(
            UNAVAILABLE,
            "api-silent",
            "Lectern does not answer",
            f"{self.url} does not answer ({type(error).__name__}).",
            "Start it with `lectern up`, or name another address with --url.",
        )


def _is_unreachable(failing_since: float) -> bool:
    return time.monotonic() - failing_since > UNREACHABLE_TIMEOUT_SECONDS


async def _raise_for_error(response: httpx.Response) -> None:
    """Raises ApiRefusal for a response with an error status."""
    if not response.is_error:
        return
    await response.aread()
    is_input_error = response.is_client_error and response.status_code not in (401, 403, 429)
    try:
        body = response.json()
        errors = tuple(FieldError(pointer=each["pointer"], detail=each["detail"]) for each in body.get("errors", ()))
        fields = {name: body[name] for name in ("code", "title", "detail", "remedy")}
        problem = Problem(**fields, errors=errors, retryable=bool(body.get("retryable")))
    except (ValueError, KeyError, TypeError, AttributeError):  # no JSON, or another shape
        is_input_error = False
        problem = Problem(
            code="not-lectern",
            title="The answer is not Lectern's",
            detail=f"{response.request.url} answered {response.status_code} {response.reason_phrase}.",
            remedy="Check that the address is a Lectern's (--url, LECTERN_URL) and that no proxy is in between.",
        )
    raise ApiRefusal(USAGE if is_input_error else UNAVAILABLE, problem, response.status_code)
