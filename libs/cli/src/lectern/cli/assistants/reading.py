"""Tools that find, show, follow and save videos."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context, MCPServer
from pydantic import Field

from lectern.cli.assistants.making import MAKES, READS, VideoId
from lectern.cli.assistants.session import ClientSource, Limits
from lectern.cli.assistants.summaries import summarise_script, summarise_video
from lectern.client import ENDED, AsyncClient, VideoEvent
from lectern.client.models import Video, VideoSummary
from lectern.language.slugs import slug

Status = Literal["queued", "in_progress", "awaiting_approval", "completed", "failed", "cancelled"]


def add_reading_tools(server: MCPServer[Any], source: ClientSource, limits: Limits) -> None:
    """Add the tools that find, show, follow and save videos."""

    @server.tool(title="Wait for a video", annotations=READS)
    async def wait_for_video(
        video_id: VideoId,
        context: Context[Any, Any],
        seconds: Annotated[int, Field(ge=1, le=600, description="how long to wait at most")] = 50,
    ) -> dict[str, Any]:
        """Wait until a video waits for its script's approval, has ended, or the time is over. Reports progress.

        A video takes minutes: call it again while the status is queued or in_progress.
        """
        async with source.open() as client:
            try:
                async with asyncio.timeout(seconds):
                    await _report_until_stopped(client, video_id, context)
            except TimeoutError:
                pass
            return summarise_video(await client.videos.get(video_id), client.url)

    @server.tool(title="Show a video", annotations=READS)
    async def get_video(video_id: VideoId) -> dict[str, Any]:
        """Show a video as it is now: status, scenes and their problems, cost, addresses."""
        async with source.open() as client:
            return summarise_video(await client.videos.get(video_id), client.url)

    @server.tool(title="List videos", annotations=READS)
    async def list_videos(
        status: Annotated[list[Status] | None, Field(description="only with one of these")] = None,
        words: Annotated[str | None, Field(description="that title or topic have")] = None,
        limit: Annotated[int, Field(ge=1, le=100)] = 20,
        after: Annotated[str | None, Field(description="the next_cursor of the page before")] = None,
    ) -> dict[str, Any]:
        """List videos, newest first."""
        async with source.open() as client:
            page = await client.videos.list(
                status=[*status] if status else None, q=words or None, limit=limit, after=after
            )
            return {
                "videos": [summarise_video(video, client.url) for video in page.data],
                "next_cursor": page.next_cursor,
            }

    @server.tool(title="Read the script", annotations=READS)
    async def get_script(video_id: VideoId) -> dict[str, Any]:
        """Read a video's script: what each scene says and shows, and which claims the fact check doubts."""
        async with source.open() as client:
            return summarise_script(await client.scripts.get(video_id))

    @server.tool(title="Read the transcript", annotations=READS)
    async def get_transcript(video_id: VideoId) -> str:
        """Read all that is said in a finished video, with its chapters and sources."""
        async with source.open() as client:
            return (await client.videos.read_file(video_id, "transcript")).decode()

    @server.tool(title="List voices", annotations=READS)
    async def list_voices(
        language: Annotated[str | None, Field(description="BCP-47; all languages if absent")] = None,
    ) -> dict[str, Any]:
        """List the voices that can speak, with their price per million characters."""
        async with source.open() as client:
            voices = await client.installation.list_voices(language)
        return {"voices": [{"id": v.id, "language": v.language, "usd_per_million": v.usd_per_million} for v in voices]}

    @server.tool(title="Save a finished video", annotations=MAKES)
    async def save_video(
        video_id: VideoId,
        file: Annotated[
            Literal["video", "captions_srt", "captions_vtt", "transcript", "thumbnail", "archive"],
            Field(description="which of its files; the archive is all of them in one zip"),
        ] = "video",
    ) -> str:
        """Save a file of a finished video in the folder that the user has set aside for it. Returns its path."""
        async with source.open() as client:
            video = await client.videos.get(video_id)
            limits.folder.mkdir(parents=True, exist_ok=True)
            name = f"{slug(video.title, 'video')}-{video.id}{_SUFFIXES[file]}"
            if file == "archive":
                return str(await client.videos.download_archive(video.id, limits.folder / name))
            return str(await client.videos.download(video.id, limits.folder / name, file))


_SUFFIXES = {
    "video": ".mp4",
    "captions_srt": ".srt",
    "captions_vtt": ".vtt",
    "transcript": ".txt",
    "thumbnail": ".jpg",
    "archive": ".zip",
}


async def _report_until_stopped(client: AsyncClient, video_id: str, context: Context[Any, Any]) -> None:
    """Report progress until the video has ended or waits for approval. Progress only grows, as the protocol wants."""
    reported = -1
    async with aclosing(client.videos.follow(video_id)) as events:
        async for event in events:
            if not isinstance(event, VideoEvent):
                continue
            video = event.video
            if video.progress > reported:
                reported = video.progress
                await context.report_progress(reported, 100, _describe(video))
            if video.status in ENDED or video.status == "awaiting_approval":
                return


def _describe(video: Video | VideoSummary) -> str:
    scenes = f", {video.scenes_rendered} of {video.scene_count} scenes rendered" if video.scene_count else ""
    return f"{video.stage or video.status}{scenes}"
