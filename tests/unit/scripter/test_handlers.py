"""The scripter at work: real events, a real store, its own service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from lectern.contracts import events as e
from lectern.contracts import script as s
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.requests import (
    PARSE_MARKDOWN,
    RENDER_MARKDOWN,
    ParsedMarkdown,
    ParseMarkdown,
    RenderedMarkdown,
    RenderMarkdown,
)
from lectern.lessons import load_lessons
from lectern.markdown import parse
from lectern.scripter.app import build
from lectern.scripter.handlers import STAGE
from lectern.scripter.settings import ScripterSettings
from lectern.scripter.writer import LessonWriter
from lectern.worker import Connections, Permanent, Settings, ask

LESSON = "---\nlanguage: de\n---\n# Gezeiten\n\n## Der Mond\n\nDer Mond zieht.\n\n## Die Erde\n\nDie Erde dreht sich.\n\n- Tag\n"


@pytest.fixture
async def scripter(connections: Connections, settings: Settings) -> AsyncIterator[Connections]:
    """The service, running."""
    stop = asyncio.Event()
    service = build(ScripterSettings(**settings.model_dump()), connections)
    task = asyncio.create_task(service.serve(stop))
    yield connections
    stop.set()
    await task


async def log_after(connections: Connections, event: e.AnyEvent, count: int) -> list[e.AnyEvent]:
    """Publishes an event and waits until the video's log has `count` facts."""
    await connections.event_log.publish(event)
    async with asyncio.timeout(15):
        while len(log := await connections.event_log.read(event.video_id)) < count:
            await asyncio.sleep(0.05)
    return [fact for _, fact in log]


async def document(connections: Connections, text: str | bytes) -> Brief:
    key = f"videos/{new_id()}/document.md"
    await connections.store.put(key, text.encode() if isinstance(text, str) else text, "text/markdown")
    return Brief(document_key=key)


def asked(brief: Brief, **options: object) -> e.VideoRequested:
    return e.VideoRequested(video_id=new_id(), brief=brief, options=VideoOptions(**options))  # type: ignore[arg-type]


async def problem_of(connections: Connections, brief: Brief) -> Problem:
    log = await log_after(connections, asked(brief), 2)
    assert isinstance(log[1], e.VideoFailed)
    return log[1].problem


async def test_a_document_becomes_a_script_and_planned_scenes(scripter: Connections) -> None:
    log = await log_after(scripter, asked(await document(scripter, LESSON), quality="draft"), 4)
    _, scripted, *planned = log
    assert isinstance(scripted, e.VideoScripted)
    assert (scripted.title, [each.title for each in scripted.scenes]) == ("Gezeiten", ["Der Mond", "Die Erde"])
    assert scripted.scenes[1].words == 4
    assert [each.scene for each in planned if isinstance(each, e.ScenePlanned)] == [1, 2]
    assert {each.script_key for each in planned if isinstance(each, e.ScenePlanned)} == {scripted.script_key}


async def test_the_script_is_stored_as_json_and_as_markdown(scripter: Connections) -> None:
    _, scripted, *_ = await log_after(scripter, asked(await document(scripter, LESSON)), 4)
    assert isinstance(scripted, e.VideoScripted)
    stored = await scripter.store.get_json(scripted.script_key, s.Script)
    markdown = await scripter.store.get(scripted.script_key.removesuffix(".json") + ".md")
    assert stored == parse(LESSON) == parse(markdown.decode())


async def test_the_options_follow_the_language_of_the_script(scripter: Connections) -> None:
    log = await log_after(scripter, asked(await document(scripter, LESSON), language="en"), 4)
    assert {fact.options.language for fact in log[1:] if not isinstance(fact, e.VideoFailed | e.VideoCancelled)} == {
        "de"
    }  # type: ignore[union-attr]


async def test_a_script_to_be_reviewed_plans_nothing_until_it_is_approved(scripter: Connections) -> None:
    request = asked(await document(scripter, LESSON), review=True)
    _, scripted = await log_after(scripter, request, 2)
    assert isinstance(scripted, e.VideoScripted)
    assert scripted.review
    approved = e.ScriptApproved(
        video_id=request.video_id,
        revision=2,
        script_key=scripted.script_key,
        title=scripted.title,
        scenes=scripted.scenes,
        plan=(2,),
        options=scripted.options,
        fresh=True,
    )
    *_, planned = await log_after(scripter, approved, 4)
    assert isinstance(planned, e.ScenePlanned)
    assert (planned.scene, planned.revision, planned.salt) == (2, 2, e.message_id(approved))


async def test_an_approval_that_keeps_what_is_made_has_no_salt(scripter: Connections) -> None:
    request = asked(await document(scripter, LESSON), review=True)
    _, scripted = await log_after(scripter, request, 2)
    assert isinstance(scripted, e.VideoScripted)
    approved = e.ScriptApproved(
        video_id=request.video_id,
        script_key=scripted.script_key,
        title=scripted.title,
        scenes=scripted.scenes,
        plan=(1, 2),
        options=scripted.options,
    )
    *_, first, second = await log_after(scripter, approved, 5)
    assert [each.salt for each in (first, second) if isinstance(each, e.ScenePlanned)] == ["", ""]


async def test_pictures_that_came_along_travel_with_every_scene(scripter: Connections) -> None:
    brief = msgspec.structs.replace(
        await document(scripter, "## A\n\nLook.\n\n![x](leaf.png)\n"), assets={"./leaf.png": "assets/1"}
    )
    _, scripted, planned = await log_after(scripter, asked(brief), 3)
    assert isinstance(scripted, e.VideoScripted)
    assert isinstance(planned, e.ScenePlanned)
    assert scripted.assets == planned.assets == {"leaf.png": "assets/1"}


async def test_a_picture_that_did_not_come_along_is_missed_by_name(scripter: Connections) -> None:
    problem = await problem_of(scripter, await document(scripter, "## A\n\nLook.\n\n![x](leaf.png)\n"))
    assert problem.code == "missing-picture"
    assert "leaf.png" in problem.detail


async def test_a_faulty_document_fails_the_video_with_its_lines(scripter: Connections) -> None:
    problem = await problem_of(scripter, await document(scripter, "## A\n\nText.\n\n### B\n"))
    assert (problem.stage, problem.code) == ("scripter", "heading-level")
    assert problem.errors[0].pointer == "line 5"


async def test_a_document_that_is_not_text_is_refused_with_the_line(scripter: Connections) -> None:
    problem = await problem_of(scripter, await document(scripter, b"## A\n\n\xff\xfe\n"))
    assert problem.code == "document-encoding"
    assert "Line 3" in problem.detail


async def test_an_unknown_topic_says_what_to_do(scripter: Connections) -> None:
    problem = await problem_of(scripter, Brief(topic="The taxation of zeppelins in Liechtenstein"))
    assert problem.code == "unknown-lesson"
    for way_out in ("lectern lessons", "Markdown", "GEMINI_API_KEY"):
        assert way_out in problem.remedy


async def test_a_lesson_is_checked_on_request(scripter: Connections) -> None:
    async def parsed(markdown: str) -> ParsedMarkdown:
        return await ask(scripter.nats, PARSE_MARKDOWN, ParseMarkdown(markdown=markdown), timeout=5)

    assert (await parsed(LESSON)).script == parse(LESSON)
    problem = (await parsed("## A\n")).problem
    assert problem is not None
    assert problem.code == "scene-without-narration"


async def test_a_script_is_written_as_markdown_on_request(scripter: Connections) -> None:
    async def rendered(body: bytes) -> RenderedMarkdown:
        reply = await scripter.nats.request(RENDER_MARKDOWN.subject, body, timeout=5)
        return msgspec.json.decode(reply.data, type=RenderedMarkdown)

    script = msgspec.structs.replace(parse(LESSON), doubts=("Der Mond zieht. (Die Sonne auch.)",), sources=("Buch",))
    markdown = (await rendered(msgspec.json.encode(RenderMarkdown(script=script)))).markdown
    assert markdown is not None
    assert parse(markdown) == script
    for unreadable in (b"no json", b'{"script": {"title": 1}}', b'{"script": {"title": "No scenes", "scenes": []}}'):
        problem = (await rendered(unreadable)).problem
        assert problem is not None
        assert problem.remedy


async def test_prose_without_headings_is_refused_where_no_model_is_set_up(scripter: Connections) -> None:
    problem = await problem_of(scripter, await document(scripter, "Rayleigh found that short waves scatter more.\n"))
    assert problem.code == "no-scenes"
    assert "GEMINI_API_KEY" in problem.remedy


async def test_a_topic_close_to_a_lesson_is_offered_it_by_name() -> None:
    from lectern.lessons import read_lesson

    writer = LessonWriter([read_lesson("photosynthesis", "---\ntitle: Photosynthesis\n---\n## S\n\nText.\n")])
    with pytest.raises(Permanent) as raised:
        await writer.write(Brief(topic="fotosynthesis"), VideoOptions())
    assert "Did you mean “Photosynthesis”?" in raised.value.problem.detail
    assert 'lectern make "Photosynthesis"' in raised.value.problem.remedy
    script = (await writer.write(Brief(topic="How does photosynthesis work?"), VideoOptions())).script
    assert script.title == "Photosynthesis"


@pytest.mark.parametrize("lesson", load_lessons(), ids=lambda lesson: lesson.name)
async def test_every_finished_lesson_is_served_by_its_title_and_topics(lesson) -> None:  # type: ignore[no-untyped-def]
    writer = LessonWriter(load_lessons())
    for topic in (lesson.title, f"How does {lesson.title} work?", *lesson.topics):
        assert (await writer.write(Brief(topic=topic), VideoOptions())).script.title == lesson.title


def test_a_failure_of_the_scripter_ends_the_video() -> None:
    assert STAGE.fails == "video"
