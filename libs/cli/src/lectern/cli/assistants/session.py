"""What the tools of an assistant work with: a client of a Lectern that is found or started when it is first needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from mcp.server.mcpserver.exceptions import MCPServerError, ToolError

from lectern.cli.exit_status import CommandExit
from lectern.client import ApiProblem, AsyncClient, LecternError


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What an assistant may do: dollars per video, and the folder that it may write finished files to."""

    dollars_per_video: float
    folder: Path


class ClientSource:
    """Clients of the Lectern at an address that may change, as when the one of this machine was started again."""

    def __init__(self, find_address: Callable[[], Awaitable[str]]) -> None:
        self._find_address = find_address
        self._connecting = asyncio.Lock()
        self._client: AsyncClient | None = None

    @asynccontextmanager
    async def open(self, kind: type[MCPServerError] = ToolError) -> AsyncIterator[AsyncClient]:
        """A client. What goes wrong is raised as an error of a kind that the assistant reads."""
        try:
            yield await self._connect()
        except ApiProblem as problem:
            raise kind(f"{problem} (code: {problem.code})") from problem
        except LecternError as error:
            raise kind(str(error)) from error
        except CommandExit as ended:
            raise kind(f"{ended.problem.sentence()} {ended.problem.remedy}") from ended
        except (TimeoutError, ValueError, OSError) as error:
            raise kind(str(error) or type(error).__name__) from error

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _connect(self) -> AsyncClient:
        async with self._connecting:
            url = (await self._find_address()).rstrip("/")
            if self._client is None or self._client.url != url:
                await self.close()
                self._client = AsyncClient(url)
            return self._client
