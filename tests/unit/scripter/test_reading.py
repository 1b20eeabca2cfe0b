"""Reading lessons in child processes: the same answers, within limits, without the parent's environment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from lectern.contracts.problems import ProblemError
from lectern.lessons import load_lessons
from lectern.markdown import NoScenes, parse, render
from lectern.scripter.reading.reader import LessonReader

TALL_TABLE = "## A\n\na|b\n-|-\n" + "1|2\n" * 45_000  # the slowest document known: 4 s, 250 MB


def in_children(**limits: int) -> LessonReader:
    return LessonReader(max_bytes_in_process=0, **limits)


def child_pids() -> Iterator[int]:
    for children in Path("/proc/self/task").glob("*/children"):
        yield from map(int, children.read_text().split())


async def started_child(known: set[int]) -> int:
    while True:
        if new := set(child_pids()) - known:
            return new.pop()
        await asyncio.sleep(0.01)


async def test_a_child_reads_what_this_process_would_read() -> None:
    reader = in_children()
    for lesson in load_lessons()[:2]:
        script = await reader.parse(lesson.text)
        assert script == parse(lesson.text)
        assert await reader.render(script) == render(script)
    assert (await reader.parse("## S\n\nTexte.", language="fr")).language == "fr"


async def test_a_child_reports_problems_as_this_process_would() -> None:
    for text in ("## A\n", "## A\n\n```manim\nclass A(\n```\n\nText.\n"):
        with pytest.raises(ProblemError) as here:
            parse(text)
        with pytest.raises(ProblemError) as there:
            await in_children().parse(text)
        assert there.value.problem == here.value.problem
    with pytest.raises(NoScenes):
        await in_children().parse("Only prose.")


@pytest.mark.parametrize("limits", [{"cpu_seconds": 1}, {"memory_bytes": 150 * 1024**2}], ids=["CPU", "memory"])
@pytest.mark.slow
async def test_a_document_that_needs_more_than_a_child_may_use_is_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ProblemError) as refused:
        await LessonReader(**limits).parse(TALL_TABLE)
    assert refused.value.problem.code == "document-too-complex"
    assert "split" in refused.value.problem.remedy


@pytest.mark.slow
async def test_a_child_has_no_setting_of_this_process_and_ends_with_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "secret")
    known = set(child_pids())
    reading = asyncio.ensure_future(LessonReader().parse(TALL_TABLE))
    pid = await started_child(known)
    while not (environment := Path(f"/proc/{pid}/environ").read_bytes()) or b"LANG" not in environment:
        await asyncio.sleep(0.01)  # it has not become python yet
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"reading.child" in command
    assert b"secret" not in environment
    reading.cancel()
    await asyncio.wait([reading])
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.slow
async def test_many_documents_at_once_share_a_few_children() -> None:
    known = set(child_pids())
    reader = LessonReader(processes=2, cpu_seconds=1)
    reading = [asyncio.ensure_future(reader.parse(TALL_TABLE)) for _ in range(4)]
    most = 0
    while not all(each.done() for each in reading):
        most = max(most, len(set(child_pids()) - known))
        await asyncio.sleep(0.02)
    assert most == 2
    assert all(isinstance(each.exception(), ProblemError) for each in reading)


async def test_half_a_surrogate_pair_is_refused_by_name() -> None:
    with pytest.raises(ProblemError) as refused:
        await LessonReader().parse("## A\n\nHalf \ud83d of an emoji.\n")
    assert refused.value.problem.code == "document-encoding"
    assert "U+D83D" in refused.value.problem.detail
