"""Videos: making, finding, following, finishing them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TypeAlias, Unpack

import httpx

from lectern.client.aio.pages import iterate_pages
from lectern.client.aio.transport import AsyncTransport
from lectern.client.bodies import DubRequest, VariantOptions, VideoPatch, VideoRequest
from lectern.client.calls import NO_ANSWER, QueryValue, fill_path, make_call
from lectern.client.errors import ApiProblem, ConnectionFailed, LecternError, may_pass
from lectern.client.events import ENDED, StreamEvent, StreamPosition, decode_event
from lectern.client.models import (
    ArtifactEntry,
    ArtifactList,
    Estimate,
    EstimateList,
    Share,
    ShareList,
    VariantList,
    Video,
    VideoList,
    VideoSummary,
)

LONGEST_WAIT_SECONDS = 60  # of one request, as the API allows
MARGIN_SECONDS = 15.0  # for the answer to arrive
Statuses: TypeAlias = list[str] | None
Files: TypeAlias = list[ArtifactEntry]
Shares: TypeAlias = list[Share]

STOPS = ENDED | {"awaiting_approval"}


class AsyncVideos:
    """`/v1/videos`."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, *, idempotency_key: str | None = None, **request: Unpack[VideoRequest]) -> Video:
        """Request a video about a `topic` or a `document`. A repeated request never makes two."""
        call = make_call("POST", "/v1/videos", Video, body=request, repetition="keyed", key=idempotency_key)
        return await self._transport.ask(call)

    async def estimate(self, **request: Unpack[VideoRequest]) -> Estimate:
        """What a video would take. Nothing is begun."""
        return await self._transport.ask(make_call("POST", "/v1/videos/estimate", Estimate, body=request))

    async def get(self, video_id: str) -> Video:
        """A video as it is now."""
        return await self._transport.ask(make_call("GET", fill_path("/v1/videos/{}", video_id), Video))

    async def wait(self, video_id: str, timeout: float | None = None, *, past_review: bool = False) -> Video:
        """Wait until a video has ended, or waits for its script's approval unless `past_review`.

        `timeout` is in seconds. Raises TimeoutError.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = LONGEST_WAIT_SECONDS if deadline is None else max(int(deadline - time.monotonic()), 0)
            seconds = min(left, LONGEST_WAIT_SECONDS)
            call = make_call(
                "GET",
                fill_path("/v1/videos/{}", video_id),
                Video,
                query={"wait": seconds or None},
                timeout=seconds + MARGIN_SECONDS,
            )
            video = await self._transport.ask(call)
            if video.status in (ENDED if past_review else STOPS):
                return video
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(f"video {video_id} is still {video.status} after {timeout:g} s")
            if video.status in STOPS or not seconds:
                await asyncio.sleep(1.0)

    async def list(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        order: str | None = None,
        status: Statuses = None,
        created_after: str | None = None,
        created_before: str | None = None,
        q: str | None = None,
        batch: str | None = None,
        parent: str | None = None,
        external_id: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> VideoList:
        """One page of videos that all filters hold for, newest first. Times are RFC 3339."""
        query: dict[str, QueryValue] = {
            "limit": limit,
            "after": after,
            "order": order,
            "status": status,
            "created_after": created_after,
            "created_before": created_before,
            "q": q,
            "batch": batch,
            "parent": parent,
            "external_id": external_id,
        }
        query |= {f"metadata[{name}]": value for name, value in (metadata or {}).items()}
        return await self._transport.ask(make_call("GET", "/v1/videos", VideoList, query=query))

    async def iterate(
        self,
        *,
        order: str | None = None,
        status: Statuses = None,
        q: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> AsyncGenerator[VideoSummary, None]:
        """All videos that the filters hold for, page by page."""
        async for video in iterate_pages(
            lambda after: self.list(limit=100, after=after, order=order, status=status, q=q, metadata=metadata)
        ):
            yield video

    async def describe(self, video_id: str, **changes: Unpack[VideoPatch]) -> Video:
        """Give a video another title or other metadata."""
        return await self._transport.ask(make_call("PATCH", fill_path("/v1/videos/{}", video_id), Video, body=changes))

    async def delete(self, video_id: str) -> None:
        """Delete a video for good."""
        await self._transport.ask(make_call("DELETE", fill_path("/v1/videos/{}", video_id), NO_ANSWER))

    async def cancel(self, video_id: str, reason: str = "") -> Video:
        """End a video in the making."""
        body = {"reason": reason} if reason else {}
        return await self._transport.ask(
            make_call("POST", fill_path("/v1/videos/{}/cancel", video_id), Video, body=body)
        )

    async def approve(self, video_id: str, script_revision: int | None = None) -> Video:
        """Approve the script of a video that waits for it."""
        body = {} if script_revision is None else {"script_revision": script_revision}
        return await self._transport.ask(
            make_call("POST", fill_path("/v1/videos/{}/approve", video_id), Video, body=body)
        )

    async def retry(self, video_id: str) -> Video:
        """Make what failed or was abandoned."""
        return await self._transport.ask(
            make_call("POST", fill_path("/v1/videos/{}/retry", video_id), Video, repetition="unsafe")
        )

    async def dub(self, video_id: str, *, idempotency_key: str | None = None, **request: Unpack[DubRequest]) -> Video:
        """Make a video in another language that reuses the code. Returns the new one."""
        return await self._transport.ask(
            make_call(
                "POST",
                fill_path("/v1/videos/{}/dub", video_id),
                Video,
                body=request,
                repetition="keyed",
                key=idempotency_key,
            )
        )

    async def estimate_dub(self, video_id: str, **request: Unpack[DubRequest]) -> Estimate:
        """What a dub would take. Nothing is begun."""
        return await self._transport.ask(
            make_call("POST", fill_path("/v1/videos/{}/dub/estimate", video_id), Estimate, body=request)
        )

    async def make_variants(
        self,
        video_id: str,
        variants: Sequence[VariantOptions],
        *,
        idempotency_key: str | None = None,
    ) -> VariantList:
        """Make 1 to 20 videos of the same script in other forms."""
        return await self._transport.ask(
            make_call(
                "POST",
                fill_path("/v1/videos/{}/variants", video_id),
                VariantList,
                body={"variants": [*variants]},
                repetition="keyed",
                key=idempotency_key,
            )
        )

    async def estimate_variants(self, video_id: str, variants: Sequence[VariantOptions]) -> EstimateList:
        """What each of some variants would take. Nothing is begun."""
        path = fill_path("/v1/videos/{}/variants/estimate", video_id)
        return await self._transport.ask(make_call("POST", path, EstimateList, body={"variants": [*variants]}))

    async def follow(
        self, video_id: str, *, after: int | None = None, patience: float = 60.0
    ) -> AsyncGenerator[StreamEvent, None]:
        """A video's events until it has ended, each once and in order, across lost connections.

        It begins with a snapshot, or after the event with the number `after`. Raises ConnectionFailed when no
        connection has brought anything for `patience` seconds.
        """
        position, path = StreamPosition(after), fill_path("/v1/videos/{}/events", video_id)
        while not position.ended:
            pause = 0.0
            try:
                async with self._transport.connect(path, position.query, position.headers) as source:
                    if source.response.status_code == httpx.codes.NO_CONTENT:
                        return
                    async with aclosing(source.aiter_sse()) as blocks:
                        async for block in blocks:
                            event = decode_event(block.data) if block.data else None
                            position.note_event(block.id, event, block.retry)
                            if event is not None:
                                yield event
            except LecternError as problem:
                if not may_pass(problem) or position.note_failure() > patience:
                    raise
                pause = (problem.retry_after if isinstance(problem, ApiProblem) else None) or 0.0
            except httpx.TransportError as error:
                if position.note_failure() > patience:
                    raise ConnectionFailed(
                        f"The events of video {video_id} did not come for {patience:g} s ({type(error).__name__}).",
                        "Follow it again; nothing is lost.",
                    ) from error
            if not position.ended:
                await asyncio.sleep(max(position.choose_reconnection(), pause))

    async def download(self, video_id: str, target: Path, variant: str = "video") -> Path:
        """Download a finished file to `target`, which appears when it is whole."""
        path = fill_path("/v1/videos/{}/content", video_id)
        return await self._transport.download(path, target, {"variant": variant})

    async def read_file(self, video_id: str, variant: str) -> bytes:
        """A finished file as a whole; for captions, transcripts and pictures."""
        path = fill_path("/v1/videos/{}/content", video_id)
        return (await self._transport.send(make_call("GET", path, str, query={"variant": variant}))).content

    async def download_contact_sheet(self, video_id: str, target: Path) -> Path:
        """Download a picture of each beat's last frame."""
        return await self._transport.download(fill_path("/v1/videos/{}/contact-sheet", video_id), target)

    async def download_archive(self, video_id: str, target: Path) -> Path:
        """Download all files as one zip."""
        return await self._transport.download(fill_path("/v1/videos/{}/archive", video_id), target)

    async def list_files(self, video_id: str) -> Files:
        """Everything of a video that can be downloaded."""
        call = make_call("GET", fill_path("/v1/videos/{}/artifacts", video_id), ArtifactList)
        return (await self._transport.ask(call)).data

    async def share(self, video_id: str, expires_in: int | None = None) -> Share:
        """Make a link to a finished video for people without a key. `expires_in` is in seconds."""
        body = {} if expires_in is None else {"expires_in": expires_in}
        return await self._transport.ask(
            make_call("POST", fill_path("/v1/videos/{}/shares", video_id), Share, body=body, repetition="unsafe")
        )

    async def list_shares(self, video_id: str) -> Shares:
        """A video's share links."""
        call = make_call("GET", fill_path("/v1/videos/{}/shares", video_id), ShareList)
        return (await self._transport.ask(call)).data

    async def end_share(self, video_id: str, share_id: str) -> None:
        """End a share link."""
        path = fill_path("/v1/videos/{}/shares/{}", video_id, share_id)
        await self._transport.ask(make_call("DELETE", path, NO_ANSWER))
