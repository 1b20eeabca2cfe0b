"""Keys and their owner, uploads, and what an installation offers."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias, Unpack

from lectern.client.aio.transport import AsyncTransport
from lectern.client.bodies import KeyRequest
from lectern.client.calls import NO_ANSWER, fill_path, make_call
from lectern.client.files import read_upload
from lectern.client.models import (
    Account,
    ApiKeyInfo,
    Asset,
    CreatedKey,
    KeyList,
    LessonCatalog,
    LessonEntry,
    ProblemExplanation,
    QueueReport,
    Readiness,
    SharedVideo,
    StageQueueEntry,
    VoiceCatalog,
    VoiceEntry,
)

KeyEntries: TypeAlias = list[ApiKeyInfo]

UPLOAD_TIMEOUT_SECONDS = 120.0


class AsyncKeys:
    """`/v1/keys`: the keys of this key's owner. They need the scope `admin`."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, **request: Unpack[KeyRequest]) -> CreatedKey:
        """Make a key. It is shown this once."""
        return await self._transport.ask(make_call("POST", "/v1/keys", CreatedKey, body=request, repetition="unsafe"))

    async def list(self) -> KeyEntries:
        """The owner's keys."""
        return (await self._transport.ask(make_call("GET", "/v1/keys", KeyList))).data

    async def revoke(self, key_id: str) -> None:
        """End a key everywhere, within a second."""
        await self._transport.ask(make_call("DELETE", fill_path("/v1/keys/{}", key_id), NO_ANSWER))


class AsyncAssets:
    """`/v1/assets`: images and music."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def upload(self, data: bytes, media_type: str) -> Asset:
        """Store an image or a track. The same bytes have the same id."""
        return await self._transport.ask(
            make_call(
                "POST",
                "/v1/assets",
                Asset,
                content=data,
                headers={"Content-Type": media_type},
                timeout=UPLOAD_TIMEOUT_SECONDS,
            )
        )

    async def upload_file(self, file: Path) -> Asset:
        """Store a file, as what its name says that it is."""
        return await self.upload(*read_upload(file))


class AsyncInstallation:
    """What there is at this address: voices, lessons, queues, problems."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_voices(self, language: str | None = None) -> list[VoiceEntry]:
        """The voices that are available, of one language or all."""
        call = make_call("GET", "/v1/voices", VoiceCatalog, query={"language": language})
        return (await self._transport.ask(call)).data

    async def list_lessons(self) -> list[LessonEntry]:
        """The lessons that come with it: topics that need no model."""
        return (await self._transport.ask(make_call("GET", "/v1/lessons", LessonCatalog))).data

    async def get_lesson(self, name: str) -> str:
        """A lesson as Markdown."""
        return await self._transport.ask(make_call("GET", fill_path("/v1/lessons/{}", name), str))

    async def get_account(self) -> Account:
        """Whose key this is, with its quotas and use."""
        return await self._transport.ask(make_call("GET", "/v1/account", Account))

    async def list_queues(self) -> list[StageQueueEntry]:
        """What each stage has to do."""
        return (await self._transport.ask(make_call("GET", "/v1/queue", QueueReport))).data

    async def explain_problem(self, code: str) -> ProblemExplanation:
        """A problem's cause and remedy."""
        call = make_call(
            "GET", fill_path("/problems/{}", code), ProblemExplanation, headers={"Accept": "application/json"}
        )
        return await self._transport.ask(call)

    async def check_readiness(self) -> Readiness:
        """Whether all that requests depend on answers. Raises LecternError when not."""
        return await self._transport.ask(make_call("GET", "/readyz", Readiness))

    async def get_shared(self, token: str) -> SharedVideo:
        """What a share link shows."""
        return await self._transport.ask(make_call("GET", fill_path("/v1/shared/{}", token), SharedVideo))

    async def download_shared(self, token: str, target: Path, variant: str = "video") -> Path:
        """Download a file that a share link shows."""
        return await self._transport.download(fill_path("/v1/shared/{}/content", token), target, {"variant": variant})
