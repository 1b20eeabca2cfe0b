"""The scenes of a video: script, code, takes and files."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from lectern.client.aio.transport import AsyncTransport
from lectern.client.bodies import RedoRequest, ScriptEdit
from lectern.client.calls import fill_path, make_call
from lectern.client.models import CodeCheck, Estimate, SceneWords, ScriptDocument, TakeList, Video

PYTHON = "text/x-python"
MARKDOWN = "text/markdown"


class AsyncScripts:
    """`/v1/videos/{id}/script`."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get(self, video_id: str) -> ScriptDocument:
        """A video's script."""
        return await self._transport.ask(make_call("GET", fill_path("/v1/videos/{}/script", video_id), ScriptDocument))

    async def get_markdown(self, video_id: str) -> tuple[str, str]:
        """A video's script as Markdown, and its ETag. Raises RequestRefused for one that Markdown cannot express."""
        call = make_call("GET", fill_path("/v1/videos/{}/script", video_id), str, headers={"Accept": MARKDOWN})
        response = await self._transport.send(call)
        return response.text, response.headers.get("ETag", "")

    async def put(self, video_id: str, script: ScriptDocument | ScriptEdit) -> Video:
        """Replace a script; only scenes that changed are made again.

        Raises StateConflict when its `revision` is no longer the newest.
        """
        return await self._transport.ask(
            make_call("PUT", fill_path("/v1/videos/{}/script", video_id), Video, body=script, repetition="unsafe")
        )

    async def put_markdown(self, video_id: str, markdown: str, etag: str = "") -> Video:
        """Replace a script by Markdown. Raises StateConflict when it is not the one with this ETag any more."""
        return await self._transport.ask(
            make_call(
                "PUT",
                fill_path("/v1/videos/{}/script", video_id),
                Video,
                content=markdown.encode(),
                headers={"Content-Type": MARKDOWN, "If-Match": etag or None},
                repetition="unsafe",
            )
        )


class AsyncScenes:
    """`/v1/videos/{id}/scenes/{n}`. Scenes are counted from 1."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def redo(
        self, video_id: str, scene: int, *, idempotency_key: str | None = None, **changes: Unpack[RedoRequest]
    ) -> Video:
        """Make a scene afresh, with another direction, voice or narration if given."""
        return await self._transport.ask(
            make_call(
                "POST",
                fill_path("/v1/videos/{}/scenes/{}/redo", video_id, scene),
                Video,
                body=changes,
                repetition="keyed",
                key=idempotency_key,
            )
        )

    async def estimate_redo(self, video_id: str, scene: int, **changes: Unpack[RedoRequest]) -> Estimate:
        """What redoing a scene would take. Nothing is begun."""
        path = fill_path("/v1/videos/{}/scenes/{}/redo/estimate", video_id, scene)
        return await self._transport.ask(make_call("POST", path, Estimate, body=changes))

    async def get_code(self, video_id: str, scene: int, take: int | None = None) -> tuple[str, str]:
        """The Python source of a scene, or of one of its takes, and its ETag."""
        path = (
            fill_path("/v1/videos/{}/scenes/{}/code", video_id, scene)
            if take is None
            else fill_path("/v1/videos/{}/scenes/{}/takes/{}/code", video_id, scene, take)
        )
        response = await self._transport.send(make_call("GET", path, str))
        return response.text, response.headers.get("ETag", "")

    async def put_code(self, video_id: str, scene: int, code: str, etag: str = "") -> Video:
        """Have a scene rendered from your own code. Raises RequestRefused, whose `fields` name the lines."""
        return await self._transport.ask(
            make_call(
                "PUT",
                fill_path("/v1/videos/{}/scenes/{}/code", video_id, scene),
                Video,
                content=code.encode(),
                headers={"Content-Type": PYTHON, "If-Match": etag or None},
                repetition="unsafe" if etag else "safe",
            )
        )

    async def check_code(self, video_id: str, scene: int, code: str) -> CodeCheck:
        """Check code for a scene without rendering it."""
        return await self._transport.ask(
            make_call(
                "POST",
                fill_path("/v1/videos/{}/scenes/{}/code/check", video_id, scene),
                CodeCheck,
                content=code.encode(),
                headers={"Content-Type": PYTHON},
            )
        )

    async def list_takes(
        self, video_id: str, scene: int, *, limit: int | None = None, after: str | None = None
    ) -> TakeList:
        """One page of a scene's rendered versions, newest first."""
        path = fill_path("/v1/videos/{}/scenes/{}/takes", video_id, scene)
        return await self._transport.ask(make_call("GET", path, TakeList, query={"limit": limit, "after": after}))

    async def choose_take(self, video_id: str, scene: int, take: int, *, idempotency_key: str | None = None) -> Video:
        """Put a take back in force."""
        path = fill_path("/v1/videos/{}/scenes/{}/takes/{}/choose", video_id, scene, take)
        return await self._transport.ask(make_call("POST", path, Video, repetition="keyed", key=idempotency_key))

    async def get_words(self, video_id: str, scene: int) -> SceneWords:
        """When each word and beat of a scene is spoken."""
        path = fill_path("/v1/videos/{}/scenes/{}/words", video_id, scene)
        return await self._transport.ask(make_call("GET", path, SceneWords))

    async def download_footage(self, video_id: str, scene: int, target: Path, take: int | None = None) -> Path:
        """Download a scene's silent footage, or that of one of its takes."""
        path = (
            fill_path("/v1/videos/{}/scenes/{}/footage", video_id, scene)
            if take is None
            else fill_path("/v1/videos/{}/scenes/{}/takes/{}/footage", video_id, scene, take)
        )
        return await self._transport.download(path, target)

    async def download_video(self, video_id: str, scene: int, target: Path, take: int | None = None) -> Path:
        """Download a scene with its voice, or one of its takes."""
        path = (
            fill_path("/v1/videos/{}/scenes/{}/video", video_id, scene)
            if take is None
            else fill_path("/v1/videos/{}/scenes/{}/takes/{}/video", video_id, scene, take)
        )
        return await self._transport.download(path, target)

    async def download_narration(
        self, video_id: str, scene: int, target: Path, take: int | None = None, *, sound: str = "m4a"
    ) -> Path:
        """Download a scene's sound, or that of one of its takes, as `m4a` or `flac`."""
        path = (
            fill_path("/v1/videos/{}/scenes/{}/narration", video_id, scene)
            if take is None
            else fill_path("/v1/videos/{}/scenes/{}/takes/{}/narration", video_id, scene, take)
        )
        return await self._transport.download(path, target, {"format": sound})

    async def download_still(self, video_id: str, scene: int, target: Path) -> Path:
        """Download a picture of a scene."""
        return await self._transport.download(fill_path("/v1/videos/{}/scenes/{}/still", video_id, scene), target)
