"""Reads lessons without letting any of them take the process with the keys along."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

import msgspec

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.script import Script
from lectern.markdown import NoScenes
from lectern.scripter.reading import child
from lectern.scripter.reading.tasks import (
    ParseTask,
    ReadingAnswer,
    ReadingTask,
    RenderTask,
    answer_task,
    describe_excess,
)
from lectern.worker import Transient

MAX_BYTES_IN_PROCESS = 10_000  # the worst text of that length known takes 0.2 s and 30 MB
PROCESSES = 2  # at once; further long documents wait
# A whole document of the worst Markdown known (45,000 rows of a table) takes 4 s and 250 MB.
CPU_SECONDS = 20
MEMORY_BYTES = 1024**3  # of address space
WALL_SECONDS = 300.0  # in which a machine that is not hopelessly busy gives a child its CPU seconds
_ENVIRONMENT = {"LANG": "C.UTF-8"}  # no setting and no key of this process


class LessonReader:
    """Parses and renders lessons: short ones in a thread, long ones in child processes, a few at a time.

    Each method raises ProblemError for a text that is no lesson, or that takes more than a child may use; Transient
    when the machine ended the child.
    """

    def __init__(
        self,
        *,
        processes: int = PROCESSES,
        max_bytes_in_process: int = MAX_BYTES_IN_PROCESS,
        cpu_seconds: int = CPU_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._free = asyncio.Semaphore(processes)
        self._max_bytes_in_process = max_bytes_in_process
        self._limits = (str(cpu_seconds), str(memory_bytes))

    async def parse(self, markdown: str, *, language: str = "en") -> Script:
        """The script that Markdown describes. Raises NoScenes, a ProblemError, for prose."""
        answer = await self._answer(ParseTask(markdown=markdown, language=language))
        assert answer.script is not None
        return answer.script

    async def render(self, script: Script) -> str:
        """The Markdown of a script. Markdown that could not be parsed again is a problem too."""
        return (await self._answer(RenderTask(script=script))).markdown

    async def _answer(self, task: ReadingTask) -> ReadingAnswer:
        data = _encode(task)
        if len(data) <= self._max_bytes_in_process:
            answer = await asyncio.to_thread(answer_task, task)
        else:
            async with self._free:
                answer = msgspec.json.decode(await _run_child(data, *self._limits), type=ReadingAnswer)
        if answer.problem is not None:
            raise (NoScenes if answer.prose else ProblemError)(answer.problem)
        return answer


def _encode(task: ReadingTask) -> bytes:
    try:
        return msgspec.json.encode(task)
    except UnicodeEncodeError as error:
        raise ProblemError(
            Problem(
                code="document-encoding",
                title="The document cannot be read",
                detail=f"The text has half of a surrogate pair (U+{ord(error.object[error.start]):04X}), which is no "
                "character.",
                remedy="Save it as UTF-8, or type the character there again.",
            )
        ) from None


async def _run_child(data: bytes, cpu_seconds: str, memory_bytes: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "lectern.scripter.reading.child",
        cpu_seconds,
        memory_bytes,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_ENVIRONMENT,
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(data), WALL_SECONDS)
    except TimeoutError:
        raise Transient("the document was not read in time: this machine is busy") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode == child.BROKEN:
        raise RuntimeError("the process that reads documents failed")
    if process.returncode in (-signal.SIGKILL, -signal.SIGTERM):
        raise Transient("the process that reads documents was ended: this machine may be short of memory")
    if process.returncode != 0:
        raise ProblemError(describe_excess())
    return answer
