"""What an engine is asked and what it answers; how it says that it could not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

import msgspec

from lectern.contracts.usage import Usage
from lectern.llm.usage import NOTHING

OnText: TypeAlias = Callable[[int], None]
Trouble: TypeAlias = Literal["busy", "away", "slow", "key", "quota", "refused", "cut-off", "empty", "request"]


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """An image in a prompt."""

    data: bytes
    media_type: str = "image/png"


Part: TypeAlias = str | Picture


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request to one model. `schema` asks for JSON of that shape."""

    model: str
    instructions: str
    parts: tuple[Part, ...]
    schema: dict[str, Any] | None
    thinking: str
    max_output_tokens: int
    timeout_seconds: float
    search: bool = False

    def characters(self) -> int:
        """The prompt's length, for estimates."""
        return len(self.instructions) + sum(len(part) if isinstance(part, str) else 4000 for part in self.parts)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A page that a grounded answer rests on."""

    title: str
    url: str


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a model said, and what it used."""

    text: str
    usage: Usage
    sources: tuple[Source, ...] = ()


class EngineError(Exception):
    """A request that got no usable answer. `usage` is what it cost all the same.

    busy: over a rate, wait `retry_after`. away: an error of the service. slow: the time ran out. key: not accepted.
    quota: spent. refused: blocked by a safety filter. cut-off: the answer hit its length limit. empty: no answer in it.
    request: the request itself was refused.
    """

    def __init__(
        self, trouble: Trouble, detail: str, *, retry_after: float | None = None, usage: Usage | None = None
    ) -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble: Trouble = trouble
        self.detail = detail
        self.retry_after = retry_after
        self.usage = usage or NOTHING

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        return self.trouble in ("busy", "away", "slow", "empty")


class Engine(Protocol):
    """Reaches models of one kind."""

    name: str

    async def generate(self, call: Call, on_text: OnText | None = None) -> Reply:
        """Asks once. `on_text` hears how many characters have arrived so far. Raises EngineError."""

    async def close(self) -> None:
        """Closes connections."""
