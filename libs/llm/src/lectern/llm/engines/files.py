"""A folder in a model's place: requests are written there as files, and answers are awaited as files beside them.

    0001-code.md            the request: instructions, then the prompt's parts
    0001-code.schema.json   the JSON schema of the answer, where one is asked for
    0001-code.1.jpg         the images of the request, in order
    0001-code.answer.md     the answer (or 0001-code.answer.json), written by whoever answers

A request that is byte for byte an earlier one keeps its number, and so is answered by the earlier answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import mimetypes
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import structlog

from lectern.contracts.usage import Usage
from lectern.llm.engines.results import build_completion
from lectern.llm.errors import PromptNotAnswered, PromptsUnusable, TruncatedCompletion
from lectern.llm.request import Completion, ImagePart, ModelRequest, OnText

POLL_SECONDS = 0.25
SETTLED_SECONDS = 0.5  # since an answer changed last: not everybody writes a file in one step
MAX_ANSWER_BYTES = 1_000_000  # a scene's code has some thousand
ANSWER_SUFFIXES = (".answer.md", ".answer.json")
INDEX_FOLDER = ".requests"  # the name of each request, under the hash of its content
_CHARACTERS_PER_TOKEN = 4  # OpenAI's rule of thumb for English; who answers reports no count


class FilesModelEngine:
    """Asks whoever answers the requests in a folder, and waits up to `timeout_seconds` for each answer."""

    def __init__(self, folder: Path, *, timeout_seconds: float) -> None:
        self._folder = folder
        self._timeout_seconds = timeout_seconds
        self._logger = structlog.get_logger("lectern.llm")

    async def generate(self, request: ModelRequest, on_text: OnText | None = None) -> Completion:
        usage = Usage(
            kind="model",
            name=request.model,
            requests=1,
            input=request.prompt_characters() // _CHARACTERS_PER_TOKEN,
        )
        try:
            name = await asyncio.to_thread(write_request, self._folder, request)
            text = await self._wait_for_answer(name)
        except _AnswerTooLong as error:
            raise TruncatedCompletion(f"{error} is longer than {MAX_ANSWER_BYTES:,} bytes", usage=usage) from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise PromptsUnusable(f"{error.filename or self._folder}: {reason}") from error
        if on_text:
            on_text(len(text))
        usage = msgspec.structs.replace(usage, output=len(text) // _CHARACTERS_PER_TOKEN)
        return build_completion(request, text, usage)

    async def _wait_for_answer(self, name: str) -> str:
        deadline = time.monotonic() + self._timeout_seconds
        is_announced = False
        while (answer := await asyncio.to_thread(_read_answer, self._folder, name)) is None:
            if time.monotonic() > deadline:
                file = self._folder / f"{name}{ANSWER_SUFFIXES[0]}"
                raise PromptNotAnswered(f"there is no {file} after {self._timeout_seconds:g} s")
            if not is_announced:
                self._logger.info(f"waiting for an answer to {self._folder / name}.md", action="awaiting-answer")
                is_announced = True
            await asyncio.sleep(POLL_SECONDS)
        return answer

    async def close(self) -> None:
        pass


class _AnswerTooLong(Exception):
    """The message is the answer's file name."""


def _read_answer(folder: Path, name: str) -> str | None:
    """The answer to a request; None while there is none, it is blank, or it may still be written. Raises OSError."""
    for suffix in ANSWER_SUFFIXES:
        with contextlib.suppress(FileNotFoundError), (folder / f"{name}{suffix}").open("rb") as file:
            data = file.read(MAX_ANSWER_BYTES + 1)
            if len(data) > MAX_ANSWER_BYTES:
                raise _AnswerTooLong(f"{name}{suffix}")
            text = data.decode("utf-8-sig", "replace")
            age = time.time() - (folder / f"{name}{suffix}").stat().st_mtime
            if text.strip() and not 0 <= age < SETTLED_SECONDS:
                return text
    return None


def write_request(folder: Path, request: ModelRequest) -> str:
    """Writes a request unless it is there already, and returns its name. Raises OSError."""
    index = folder / INDEX_FOLDER
    index.mkdir(parents=True, exist_ok=True)
    files = _lay_out(request)
    entry = index / _digest(files)
    with _hold_lock(index):  # other services write here as well
        if entry.exists():
            name = entry.read_text()
        else:
            numbers = (path.read_text().partition("-")[0] for path in index.iterdir() if path.suffix == "")
            name = f"{1 + max((int(number) for number in numbers if number.isdigit()), default=0):04}-{request.task}"
            _write_whole(entry, name.encode())
        for suffix, data in reversed(files.items()):  # the text last: who sees it finds the rest
            if not (folder / f"{name}{suffix}").exists():
                _write_whole(folder / f"{name}{suffix}", data)
    return name


def _lay_out(request: ModelRequest) -> dict[str, bytes]:
    """The files of a request by suffix, its text first."""
    images: dict[str, bytes] = {}
    prompt: list[str] = []
    for part in request.parts:
        if isinstance(part, ImagePart):
            suffix = f".{len(images) + 1}{mimetypes.guess_extension(part.media_type) or '.bin'}"
            images[suffix] = part.data
            prompt.append(f"(The image in the file that ends in `{suffix}`.)")
        else:
            prompt.append(part)
    files = dict(images)
    wanted = "Answer with text."
    if request.schema is not None:
        files[".schema.json"] = msgspec.json.format(msgspec.json.encode(request.schema, order="sorted"))
        wanted = "Answer with one JSON value of the shape in the file that ends in `.schema.json`."
    if request.search:
        wanted += " Search the web first."
    text = "\n\n".join((f"# System\n\n{request.instructions}", "# User", *prompt, f"# Answer\n\n{wanted}"))
    return {".md": text.encode("utf-8", "replace") + b"\n", **files}


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for suffix, data in files.items():
        digest.update(f"{suffix} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _write_whole(path: Path, data: bytes) -> None:
    """Writes a file that is complete or absent."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


@contextlib.contextmanager
def _hold_lock(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
