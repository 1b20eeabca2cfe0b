"""Somebody who answers the requests that are written to a folder, in a model's place."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

ANSWER_SUFFIX = ".answer.md"


@asynccontextmanager
async def answer_files(folder: Path, answer: Callable[[str, str], str]) -> AsyncIterator[None]:
    """While the context lasts, `answer` gets each request's name and text and returns the answer."""
    answering = asyncio.create_task(_answer_all(folder, answer))
    try:
        yield
        if answering.done():
            answering.result()
    finally:
        answering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answering


async def _answer_all(folder: Path, answer: Callable[[str, str], str]) -> None:
    while True:
        for request in sorted(folder.glob("[0-9]*.md")):
            name = request.name.removesuffix(".md")
            answered = folder / f"{name}{ANSWER_SUFFIX}"
            if name.endswith(".answer") or answered.exists():
                continue
            part = folder / f".{name}.tmp"
            part.write_text(answer(name, request.read_text()))
            part.replace(answered)
        await asyncio.sleep(0.05)
