"""The public HTTP API as this command uses it. Refusals come back as `Stop` with the API's own problem."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import msgspec

from lectern.cli import stream
from lectern.cli.exits import UNAVAILABLE, USAGE, Stop, stop
from lectern.contracts.problems import FieldError, Problem

Json: TypeAlias = dict[str, Any]

PATIENCE = 30.0  # seconds an API that stopped answering is waited for while a video is being made
_SOUNDS = {".flac": "audio/flac", ".oga": "audio/ogg", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".m4a": "audio/mp4"}
ENDED = frozenset({"completed", "failed", "cancelled"})
_UNFINISHED = ("queued", "in_progress")


class Api:
    """A client of one Lectern. Raises Stop: 2 for input it refuses, 3 when it does not answer or is at fault."""

    def __init__(self, url: str, *, again: Callable[[], Awaitable[str]] | None = None) -> None:
        """`again` is asked for the address when the API went away while a video was watched; it may start one."""
        self.url = url.rstrip("/")
        self._again = again
        self._http = httpx.AsyncClient(base_url=self.url, timeout=httpx.Timeout(30.0, connect=5.0))
        self._http.follow_redirects = True  # media may lie elsewhere

    async def __aenter__(self) -> Api:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def create(self, request: Json) -> Json:
        """Asks for a video; returns it."""
        return await self._json("POST", "/v1/videos", json=request)

    async def dub(self, video_id: str, request: Json) -> Json:
        """Asks for a video in another language; returns the new one."""
        return await self._json("POST", f"/v1/videos/{video_id}/dub", json=request)

    async def voices(self, language: str | None) -> list[Json]:
        """The voices that can be asked for."""
        body = await self._json("GET", "/v1/voices", params={"language": language} if language else {})
        found: list[Json] = body["data"]
        return found

    async def video(self, video_id: str) -> Json:
        """The video as it is now."""
        return await self._json("GET", f"/v1/videos/{video_id}")

    async def unfinished(self) -> list[Json]:
        """The latest videos that are waiting or being made, at most 100 of each."""
        pages = [await self._json("GET", "/v1/videos", params={"status": s, "limit": 100}) for s in _UNFINISHED]
        return [video for page in pages for video in page["data"]]

    async def upload(self, name: str, data: bytes) -> str:
        """Stores a picture or a track; returns its id."""
        known = _SOUNDS.get(Path(name).suffix.lower()) or mimetypes.guess_type(name)[0]
        headers = {"Content-Type": known or "application/octet-stream"}
        answer = await self._json("POST", "/v1/assets", content=data, headers=headers)
        return str(answer["id"])

    async def cancel(self, video_id: str, reason: str) -> Json:
        """Ends the video, wherever it is."""
        return await self._json("POST", f"/v1/videos/{video_id}/cancel", json={"reason": reason})

    async def script_text(self, video_id: str) -> tuple[str, str]:
        """The video's script as Markdown, and its ETag."""
        answer = await self._request("GET", f"/v1/videos/{video_id}/script", headers={"Accept": "text/markdown"})
        return answer.text, answer.headers.get("ETag", "")

    async def replace_script_text(self, video_id: str, markdown: str, tag: str) -> None:
        """Puts an edited script in place of the one with that ETag; refused when somebody else was first."""
        headers = {"Content-Type": "text/markdown", **({"If-Match": tag} if tag else {})}
        await self._request("PUT", f"/v1/videos/{video_id}/script", content=markdown.encode(), headers=headers)

    async def approve(self, video_id: str) -> Json:
        """Lets the video be made from its script."""
        return await self._json("POST", f"/v1/videos/{video_id}/approve", json={})

    async def download(self, path: str, target: Path) -> None:
        """Writes a file of the API to `target`, which appears only when it is whole."""
        part = target.with_name(target.name + ".part")
        try:
            async with self._http.stream("GET", path) as answer:
                if answer.is_error:
                    await answer.aread()
                    raise _refusal(answer)
                with part.open("wb") as file:
                    async for chunk in answer.aiter_bytes():
                        file.write(chunk)
            part.replace(target)
        except httpx.TransportError as error:
            raise self._silent(error) from error
        except OSError as error:
            raise stop(
                USAGE,
                "cannot-write",
                "The file cannot be written",
                f"{target}: {error.strerror or error}.",
                "Free some space or choose another folder with --out.",
            ) from error
        finally:
            part.unlink(missing_ok=True)

    async def watch(self, video_id: str) -> AsyncIterator[Json]:
        """The video's events until its outcome, none twice, across lost connections.

        Gives up after `PATIENCE` seconds without an answer.
        """
        last, pause = "", 0.0
        clock = asyncio.get_running_loop().time
        heard = clock()
        while True:
            await asyncio.sleep(pause)
            pause = 0.5
            headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
            path, silence = f"/v1/videos/{video_id}/events", httpx.Timeout(45.0, connect=5.0)
            try:
                async with self._http.stream("GET", path, headers=headers, timeout=silence) as answer:
                    if answer.is_error:
                        await answer.aread()
                        if answer.status_code < 500:
                            raise _refusal(answer)
                    elif answer.status_code == httpx.codes.NO_CONTENT:
                        return
                    else:
                        async for sent in stream.events(answer.aiter_lines()):
                            heard = clock()
                            if sent.retry is not None:
                                pause = min(sent.retry / 1000, 1.0)
                            if not sent.data:
                                continue
                            last = sent.id or last
                            event: Json = msgspec.json.decode(sent.data)
                            yield event
                            if event.get("video", {}).get("status") in ENDED:
                                return
            except httpx.TransportError as error:
                if clock() - heard > PATIENCE:
                    raise self._silent(error) from error
                if self._again:
                    self.url = (await self._again()).rstrip("/")
                    self._http.base_url = httpx.URL(self.url)

    async def _json(self, method: str, path: str, **request: Any) -> Json:
        body: Json = (await self._request(method, path, **request)).json()
        return body

    async def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **request)
        except httpx.TransportError as error:
            raise self._silent(error) from error
        if answer.is_error:
            raise _refusal(answer)
        return answer

    def _silent(self, error: Exception) -> Stop:
        return stop(
            UNAVAILABLE,
            "api-silent",
            "Lectern does not answer",
            f"{self.url} does not answer ({type(error).__name__}).",
            "Start it with `lectern up`, or name another address with --url.",
        )


def _refusal(answer: httpx.Response) -> Stop:
    status = USAGE if answer.is_client_error and answer.status_code not in (401, 403, 429) else UNAVAILABLE
    try:
        body = answer.json()
        errors = tuple(FieldError(pointer=each["pointer"], detail=each["detail"]) for each in body.get("errors", ()))
        fields = {name: body[name] for name in ("code", "title", "detail", "remedy")}
        return Stop(status, Problem(**fields, errors=errors, retryable=bool(body.get("retryable"))))
    except (ValueError, KeyError, TypeError):
        return stop(
            UNAVAILABLE,
            "not-lectern",
            "The answer is not Lectern's",
            f"{answer.request.url} answered {answer.status_code} {answer.reason_phrase}.",
            "Check that the address is a Lectern's (--url, LECTERN_URL) and no proxy is in between.",
        )
