"""A folder in a model's place: requests are files, answers are files, and whoever writes them is the model."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from standins.person import answer_files

from lectern.contracts.problems import ProblemError
from lectern.llm import ImagePart, ModelClient, ModelFailed, ModelSettings, PromptPart, build_model_client
from lectern.llm.engines import files
from lectern.llm.engines.files import ANSWER_SUFFIXES, MAX_ANSWER_BYTES
from lectern.llm.request import ModelRequest

SECONDS_AGO = 60.0


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A result type."""

    title: str
    year: int


GOOD = '{"title": "Relativity", "year": 1905}'


def client_of(folder: Path, *, timeout: float = 30.0) -> ModelClient:
    client = build_model_client(ModelSettings(prompts=folder, prompts_timeout=timeout))
    assert client is not None
    return client


async def ask(folder: Path, *parts: PromptPart, task: str = "code", timeout: float = 30.0) -> Fact:
    client = client_of(folder, timeout=timeout)
    reply = await client.ask(task, instructions="Be brief.", parts=parts or ("Who?",), result=Fact)
    assert reply.model == "files"
    return reply.value


def write_answer(folder: Path, name: str, text: str) -> None:
    """An answer of a minute ago, so that nobody waits to see whether it is complete."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}{ANSWER_SUFFIXES[0]}"
    file.write_text(text)
    os.utime(file, (time.time() - SECONDS_AGO,) * 2)


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


async def test_a_request_is_written_with_its_images_and_the_shape_of_its_answer(tmp_path: Path) -> None:
    write_answer(tmp_path, "0001-critique", GOOD)
    picture = ImagePart(data=b"\xff\xd8 a picture", media_type="image/jpeg")
    assert await ask(tmp_path, "Who?", picture, task="critique") == Fact(title="Relativity", year=1905)
    assert visible(tmp_path) == [
        "0001-critique.1.jpg",
        "0001-critique.answer.md",
        "0001-critique.md",
        "0001-critique.schema.json",
    ]
    assert (tmp_path / "0001-critique.1.jpg").read_bytes() == picture.data
    text = (tmp_path / "0001-critique.md").read_text()
    assert text.index("# System\n\nBe brief.") < text.index("# User\n\nWho?") < text.index("ends in `.1.jpg`")
    schema = msgspec.json.decode((tmp_path / "0001-critique.schema.json").read_bytes())
    assert set(schema["properties"]) == {"title", "year"}


async def test_an_answer_is_awaited_and_the_same_question_is_answered_by_it_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(name: str, _: str) -> str:
        asked.append(name)
        return GOOD

    async with answer_files(tmp_path, answer):
        assert (await ask(tmp_path)).year == 1905
        assert (await ask(tmp_path, "And then?")).year == 1905
    assert asked == ["0001-code", "0002-code"]
    assert (await ask(tmp_path, timeout=0.1)).year == 1905, "answered, though nobody answers any more"
    assert [name for name in visible(tmp_path) if name.count(".") == 1] == ["0001-code.md", "0002-code.md"]


async def test_services_that_ask_at_once_share_the_folder_without_taking_each_others_numbers(tmp_path: Path) -> None:
    def answer(_: str, request: str) -> str:
        return msgspec.json.encode({"title": request.partition("Question ")[2].split()[0], "year": 1}).decode()

    async with answer_files(tmp_path, answer):
        facts = await asyncio.gather(*(ask(tmp_path, f"Question {number}") for number in range(12)))
    assert [fact.title for fact in facts] == [str(number) for number in range(12)]
    assert len([name for name in visible(tmp_path) if name.endswith("-code.md")]) == 12


def test_requests_that_are_written_at_the_same_moment_get_different_numbers(tmp_path: Path) -> None:
    def write(number: int) -> str:
        request = ModelRequest(
            model="files",
            instructions="",
            parts=(f"Question {number}",),
            schema=None,
            thinking="",
            max_output_tokens=1,
            timeout_seconds=1,
            task="code",
        )
        return files.write_request(tmp_path, request)

    with ThreadPoolExecutor(16) as threads:
        names = list(threads.map(write, range(200)))
    assert sorted(names) == [f"{number:04}-code" for number in range(1, 201)]
    assert [write(number) for number in range(200)] == names


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_a_blank_answer_is_one_that_is_still_being_written(tmp_path: Path, text: str) -> None:
    write_answer(tmp_path, "0001-code", text)
    with pytest.raises(ModelFailed) as failed:
        await ask(tmp_path, timeout=0.1)
    assert failed.value.problem.code == "prompt-not-answered"


async def test_an_answer_that_has_just_changed_is_read_once_it_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SETTLED_SECONDS", SECONDS_AGO / 2)  # however slow this machine writes
    tmp_path.joinpath("0001-code.answer.md").write_text(GOOD[:10])
    asking = asyncio.create_task(ask(tmp_path))
    await asyncio.sleep(3 * files.POLL_SECONDS)
    write_answer(tmp_path, "0001-code", GOOD)
    assert await asking == Fact(title="Relativity", year=1905)
    assert not (tmp_path / "0002-code.md").exists(), "half an answer was taken for one"


async def test_an_answer_of_the_wrong_shape_is_asked_for_once_more_with_the_reason(tmp_path: Path) -> None:
    write_answer(tmp_path, "0001-code", '{"title": "Relativity"}')
    write_answer(tmp_path, "0002-code", GOOD)
    assert (await ask(tmp_path)).year == 1905
    assert "missing required field `year`" in (tmp_path / "0002-code.md").read_text()


async def test_nobody_answering_names_the_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(ModelFailed) as failed:
        await ask(tmp_path, timeout=0.1)
    problem = failed.value.problem
    assert (problem.code, failed.value.retryable) == ("prompt-not-answered", False)
    assert f"{tmp_path}/0001-code.answer.md" in problem.detail
    assert "retry the video" in problem.remedy


async def test_a_cancelled_request_leaves_its_question_for_the_next_who_asks_it(tmp_path: Path) -> None:
    asking = asyncio.create_task(ask(tmp_path))
    async with asyncio.timeout(120):
        while not (tmp_path / "0001-code.md").exists():
            await asyncio.sleep(0.01)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    write_answer(tmp_path, "0001-code", GOOD)
    assert (await ask(tmp_path)).year == 1905


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"x" * (MAX_ANSWER_BYTES + 1), "model-answer-cut-off"), (b"\xff\xfe\x00 no UTF-8", "model-answer-invalid")],
)
async def test_an_answer_that_is_no_answer_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    for number in (1, 2):
        write_answer(tmp_path, f"000{number}-code", "")
        file = tmp_path / f"000{number}-code.answer.md"
        file.write_bytes(content)
        os.utime(file, (time.time() - SECONDS_AGO,) * 2)
    with pytest.raises(ModelFailed) as failed:
        await ask(tmp_path)
    assert failed.value.problem.code == code


async def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelFailed) as failed:
        await ask(tmp_path / "file")
    assert failed.value.problem.code == "prompts-unusable"
    assert str(tmp_path / "file") in failed.value.problem.detail


@pytest.mark.parametrize(
    ("environment", "engine"),
    [
        ({"LECTERN_PROMPTS": "answers", "GEMINI_API_KEY": "key"}, "files"),
        ({"LECTERN_PROMPTS": "answers", "LECTERN_MODEL_ENGINE": "gemini"}, "gemini"),
    ],
)
def test_a_folder_takes_the_place_of_any_model_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], engine: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ModelSettings().engine() == engine


def test_the_engine_needs_its_folder() -> None:
    with pytest.raises(ProblemError, match="LECTERN_PROMPTS"):
        build_model_client(ModelSettings(model_engine="files"))
