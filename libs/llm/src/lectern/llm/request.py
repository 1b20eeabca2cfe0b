"""A request to a model, its completion, and the protocol of the engines that carry them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import msgspec

from lectern.contracts.usage import Usage

OnText: TypeAlias = Callable[[int], None]

_IMAGE_CHARACTERS = 4000  # what an image counts for in estimates


class ImagePart(msgspec.Struct, frozen=True, kw_only=True):
    """An image in a prompt."""

    data: bytes
    media_type: str = "image/png"


PromptPart: TypeAlias = str | ImagePart


class ModelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request to one model, for a task. `schema` asks for JSON of that shape, `search` for an answer based on a web
    search."""

    model: str
    instructions: str
    parts: tuple[PromptPart, ...]
    schema: dict[str, Any] | None
    thinking: str
    max_output_tokens: int
    timeout_seconds: float
    search: bool = False
    task: str = ""

    def prompt_characters(self) -> int:
        """The prompt's length, for estimates."""
        lengths = (len(part) if isinstance(part, str) else _IMAGE_CHARACTERS for part in self.parts)
        return len(self.instructions) + sum(lengths)


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """A page that an answer is based on."""

    title: str
    url: str


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """The text that a model generated for a request, and what it used."""

    text: str
    usage: Usage
    citations: tuple[Citation, ...] = ()


class ModelEngine(Protocol):
    """Reaches the models of one provider."""

    async def generate(self, request: ModelRequest, on_text: OnText | None = None) -> Completion:
        """Sends the request once. `on_text` is called with the number of characters so far. Raises ModelError."""

    async def close(self) -> None:
        """Closes connections."""
