"""Tools that make and change videos."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations
from pydantic import Field

from lectern.cli.assistants.script_edits import SceneEdit, edit_scenes
from lectern.cli.assistants.session import ClientSource, Limits
from lectern.cli.assistants.summaries import summarise_script, summarise_video
from lectern.client.bodies import VideoRequest, VideoRequestOptions
from lectern.contracts.options import Theme

MAKES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
ENDS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)

VideoId: TypeAlias = Annotated[str, Field(description="the video's id")]
Topic: TypeAlias = Annotated[str, Field(description="a question or a phrase, up to 500 characters; or leave it empty")]
Markdown: TypeAlias = Annotated[
    str, Field(description="or a lesson in Markdown: # title, ## scenes, paragraphs that are spoken as they are")
]
Quality: TypeAlias = Annotated[
    Literal["draft", "standard", "high"], Field(description="480p15, 720p30 or 1080p60; draft for trying things out")
]
Aspect: TypeAlias = Annotated[Literal["16:9", "9:16", "1:1"], Field(description="shape; 9:16 for phones")]
Language: TypeAlias = Annotated[
    str | None,
    Field(description="BCP-47 of the narration, such as de; if absent, the voice's or the document's"),
]
Seconds: TypeAlias = Annotated[int, Field(ge=0, le=900, description="target length; 0 leaves it open")]
Ceiling: TypeAlias = Annotated[
    float | None, Field(gt=0, description="dollars that models and voices may cost; the server's ceiling holds as well")
]


def add_making_tools(server: MCPServer[Any], source: ClientSource, limits: Limits) -> None:
    """Add the tools that make and change videos."""

    @server.tool(title="Make a video", annotations=MAKES)
    async def make_video(
        topic: Topic = "",
        markdown: Markdown = "",
        review: Annotated[
            bool, Field(description="stop once the script is written, so that it can be checked; leave it true")
        ] = True,
        audience: Annotated[
            str, Field(max_length=80, description="who it is for, such as children of ten")
        ] = "general",
        language: Language = None,
        quality: Quality = "standard",
        aspect: Aspect = "16:9",
        theme: Theme = "dark",
        voice: Annotated[str | None, Field(description="a voice or a locale; the language's own if absent")] = None,
        target_seconds: Seconds = 0,
        max_cost_usd: Ceiling = None,
    ) -> dict[str, Any]:
        """Begin an explainer video about a topic or from a Markdown lesson. Returns at once with its id.

        Unless `review` is false it stops with its script written (status awaiting_approval). Then read the script with
        get_script, show it to the user, mend it with edit_script, and go on with approve_script. Do not skip this:
        the script is cheap to change, the scenes are not.
        """
        options: VideoRequestOptions = {
            "review": review,
            "language": language,
            "quality": quality,
            "aspect": aspect,
            "theme": theme,
            "voice": voice,
            "max_cost_usd": _choose_ceiling(max_cost_usd, limits),
        }
        request = _build_request(topic, markdown, audience, target_seconds, options)
        async with source.open() as client:
            return summarise_video(await client.videos.create(**request), client.url)

    @server.tool(title="Estimate a video", annotations=READS)
    async def estimate_video(
        topic: Topic = "",
        markdown: Markdown = "",
        language: Language = None,
        quality: Quality = "standard",
        voice: str | None = None,
        target_seconds: Seconds = 0,
    ) -> dict[str, Any]:
        """Estimate scenes, length, time and cost of a video, as ranges. Nothing is begun and nothing is spent."""
        options: VideoRequestOptions = {"language": language, "quality": quality, "voice": voice}
        request = _build_request(topic, markdown, "general", target_seconds, options)
        async with source.open() as client:
            estimate = await client.videos.estimate(**request)
        ranges = {"scenes": estimate.scenes, "seconds": estimate.seconds, "cost_usd": estimate.cost_usd}
        ranges |= {"done_in_seconds": estimate.done_in_seconds} if estimate.done_in_seconds else {}
        return {
            **{name: {"low": value.low, "high": value.high} for name, value in ranges.items()},
            "voice": estimate.voice,
            "basis": estimate.basis,
            "ceiling_usd": limits.dollars_per_video,
        }

    @server.tool(title="Edit the script", annotations=MAKES)
    async def edit_script(
        video_id: VideoId,
        revision: Annotated[int, Field(description="of the script you read; a newer one is not overwritten")],
        scenes: Annotated[list[SceneEdit], Field(min_length=1)],
        title: Annotated[str | None, Field(description="a new title of the video")] = None,
    ) -> dict[str, Any]:
        """Change titles and narration of some scenes. Before approval this costs nothing.

        Later a new revision begins in which only the scenes that changed are made again. Returns the new script.
        """
        async with source.open() as client:
            script = edit_scenes(await client.scripts.get(video_id), scenes)
            script.revision = revision
            if title is not None:
                script.title = title
            await client.scripts.put(video_id, script)
            return summarise_script(await client.scripts.get(video_id))

    @server.tool(title="Approve the script", annotations=MAKES)
    async def approve_script(
        video_id: VideoId, script_revision: Annotated[int, Field(description="of the script that was read")]
    ) -> dict[str, Any]:
        """Approve a script that the user has seen, so that the video is made. Then call wait_for_video."""
        async with source.open() as client:
            return summarise_video(await client.videos.approve(video_id, script_revision), client.url)

    @server.tool(title="Redo a scene", annotations=MAKES)
    async def redo_scene(
        video_id: VideoId,
        scene: Annotated[int, Field(ge=1, description="its number, counted from 1")],
        direction: Annotated[
            str | None, Field(max_length=500, description="what the user wants to see, in their words; needs a model")
        ] = None,
        voice: Annotated[str | None, Field(description="a voice for this scene alone")] = None,
        narration: Annotated[list[str] | None, Field(description="new narration, one text per beat")] = None,
    ) -> dict[str, Any]:
        """Make one scene again; the others stay as they are. Earlier versions are kept as takes."""
        changes = {"direction": direction, "voice": voice, "narration": narration}
        given = {name: value for name, value in changes.items() if value is not None}
        async with source.open() as client:
            return summarise_video(await client.scenes.redo(video_id, scene, **given), client.url)  # type: ignore[arg-type]

    @server.tool(title="Dub a video", annotations=MAKES)
    async def dub_video(
        video_id: VideoId,
        language: Annotated[str, Field(description="BCP-47, such as de or pt-BR")],
        review: Annotated[bool, Field(description="stop with the translation, so that it can be checked")] = True,
        max_cost_usd: Ceiling = None,
    ) -> dict[str, Any]:
        """Begin a finished video in another language with the same pictures: a new video with an id of its own."""
        ceiling = _choose_ceiling(max_cost_usd, limits)
        async with source.open() as client:
            video = await client.videos.dub(video_id, language=language, review=review, max_cost_usd=ceiling)
            return summarise_video(video, client.url)

    @server.tool(title="Retry a video", annotations=MAKES)
    async def retry_video(video_id: VideoId) -> dict[str, Any]:
        """Make what failed or was abandoned; what was finished is kept."""
        async with source.open() as client:
            return summarise_video(await client.videos.retry(video_id), client.url)

    @server.tool(title="Cancel a video", annotations=ENDS)
    async def cancel_video(video_id: VideoId) -> dict[str, Any]:
        """Stop making a video. What was made is kept, and retry_video goes on. Ask the user first."""
        async with source.open() as client:
            return summarise_video(await client.videos.cancel(video_id, "by an assistant"), client.url)


def _build_request(
    topic: str, markdown: str, audience: str, target_seconds: int, options: VideoRequestOptions
) -> VideoRequest:
    request: VideoRequest = {"audience": audience, "target_seconds": target_seconds, "options": options}
    if topic:
        request["topic"] = topic
    if markdown:
        request["document"] = {"markdown": markdown}
    return request


def _choose_ceiling(asked: float | None, limits: Limits) -> float:
    return min(asked or limits.dollars_per_video, limits.dollars_per_video)
