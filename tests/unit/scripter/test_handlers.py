"""The scripter's handlers and responders without a model."""

from __future__ import annotations

from contextlib import AsyncExitStack

import msgspec
import pytest

from lectern.contracts import events as e
from lectern.contracts import keys
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
from lectern.contracts.state import fold
from lectern.lessons import Lesson, load_lessons, read_lesson
from lectern.markdown import parse
from lectern.scripter.app import build
from lectern.scripter.handlers import STAGE
from lectern.scripter.lesson_writer import LessonWriter
from lectern.scripter.settings import ScripterSettings
from lectern.scripter.writer import WritingRequest
from lectern.worker import Permanent
from lectern.worker.testing import deliver, memory_connections

LESSON = "---\nlanguage: de\n---\n# Gezeiten\n\n## Der Mond\n\nDer Mond zieht.\n\n## Die Erde\n\nDie Erde dreht sich.\n\n- Tag\n"


class Scripter:
    """The scripter's handlers and responders on in-memory connections."""

    def __init__(self, settings: ScripterSettings) -> None:
        self.connections = memory_connections()
        self.store = self.connections.store
        self.service = build(settings, self.connections)

    async def handle(self, event: e.AnyEvent) -> list[e.AnyEvent]:
        """The events that answer one event."""
        return list((await deliver(STAGE, event, self.connections, self.service.deps)).events)

    async def store_document(self, text: str | bytes) -> Brief:
        key = f"videos/{new_id()}/document.md"
        await self.store.put(key, text.encode() if isinstance(text, str) else text, "text/markdown")
        return Brief(document_key=key)

    async def problem_of(self, brief: Brief) -> Problem:
        """The problem of a video that fails at once."""
        [failed] = await self.handle(request(brief))
        assert isinstance(failed, e.VideoFailed)
        return failed.problem


@pytest.fixture
def scripter() -> Scripter:
    return Scripter(ScripterSettings())


def request(brief: Brief, **options: object) -> e.VideoRequested:
    return e.VideoRequested(video_id=new_id(), brief=brief, options=msgspec.convert(options, VideoOptions))


async def test_a_document_becomes_a_script_and_planned_scenes(scripter: Scripter) -> None:
    scripted, *planned = await scripter.handle(request(await scripter.store_document(LESSON), quality="draft"))
    assert isinstance(scripted, e.VideoScripted)
    assert (scripted.title, [each.title for each in scripted.scenes]) == ("Gezeiten", ["Der Mond", "Die Erde"])
    assert scripted.scenes[1].words == 4
    assert [each.scene for each in planned if isinstance(each, e.ScenePlanned)] == [1, 2]
    assert {each.script_key for each in planned if isinstance(each, e.ScenePlanned)} == {scripted.script_key}


async def test_what_a_voice_may_misread_is_told_with_the_script(scripter: Scripter) -> None:
    lesson = "# Paper\n\n## A scene\n\nShe saw the tear.\n"
    scripted, *_ = await scripter.handle(request(await scripter.store_document(lesson)))
    assert isinstance(scripted, e.VideoScripted)
    assert [hint.code for hint in scripted.hints] == ["misreading"]


async def test_the_script_is_stored_as_json_and_as_markdown(scripter: Scripter) -> None:
    scripted, *_ = await scripter.handle(request(await scripter.store_document(LESSON)))
    assert isinstance(scripted, e.VideoScripted)
    stored = await scripter.store.get_json(scripted.script_key, s.Script)
    markdown = await scripter.store.get(keys.script_markdown(scripted.script_key))
    assert stored == parse(LESSON) == parse(markdown.decode())


async def test_the_options_follow_the_language_of_the_script(scripter: Scripter) -> None:
    log = await scripter.handle(request(await scripter.store_document(LESSON), language="en"))
    assert {fact.options.language for fact in log if not isinstance(fact, e.VideoFailed | e.VideoCancelled)} == {"de"}  # type: ignore[union-attr]


async def test_a_script_to_be_reviewed_plans_nothing_until_it_is_approved(scripter: Scripter) -> None:
    requested = request(await scripter.store_document(LESSON), review=True)
    [scripted] = await scripter.handle(requested)
    assert isinstance(scripted, e.VideoScripted)
    assert scripted.review
    approved = e.ScriptApproved(
        video_id=requested.video_id,
        revision=2,
        script_key=scripted.script_key,
        title=scripted.title,
        scenes=scripted.scenes,
        plan=(2,),
        options=scripted.options,
        fresh=True,
    )
    [planned] = await scripter.handle(approved)
    assert isinstance(planned, e.ScenePlanned)
    assert (planned.scene, planned.revision, planned.salt) == (2, 2, e.message_id(approved))


async def test_an_approval_that_keeps_what_is_made_has_no_salt(scripter: Scripter) -> None:
    requested = request(await scripter.store_document(LESSON), review=True)
    [scripted] = await scripter.handle(requested)
    assert isinstance(scripted, e.VideoScripted)
    approved = e.ScriptApproved(
        video_id=requested.video_id,
        script_key=scripted.script_key,
        title=scripted.title,
        scenes=scripted.scenes,
        plan=(1, 2),
        options=scripted.options,
    )
    first, second = await scripter.handle(approved)
    assert [each.salt for each in (first, second) if isinstance(each, e.ScenePlanned)] == ["", ""]


async def test_uploaded_images_travel_with_every_scene(scripter: Scripter) -> None:
    brief = msgspec.structs.replace(
        await scripter.store_document("## A\n\nLook.\n\n![x](leaf.png)\n"), assets={"./leaf.png": "assets/1"}
    )
    scripted, planned = await scripter.handle(request(brief))
    assert isinstance(scripted, e.VideoScripted)
    assert isinstance(planned, e.ScenePlanned)
    assert scripted.assets == planned.assets == {"leaf.png": "assets/1"}


async def test_an_image_that_was_not_uploaded_is_reported_by_name(scripter: Scripter) -> None:
    problem = await scripter.problem_of(await scripter.store_document("## A\n\nLook.\n\n![x](leaf.png)\n"))
    assert problem.code == "missing-picture"
    assert "leaf.png" in problem.detail


async def test_a_faulty_document_fails_the_video_with_its_lines(scripter: Scripter) -> None:
    problem = await scripter.problem_of(await scripter.store_document("## A\n\nText.\n\n### B\n"))
    assert (problem.stage, problem.code) == ("scripter", "heading-level")
    assert problem.errors[0].pointer == "line 5"


async def test_a_document_that_is_not_text_is_refused_with_the_line(scripter: Scripter) -> None:
    problem = await scripter.problem_of(await scripter.store_document(b"## A\n\n\xff\xfe\n"))
    assert problem.code == "document-encoding"
    assert "Line 3" in problem.detail


async def test_an_unknown_topic_says_what_to_do(scripter: Scripter) -> None:
    problem = await scripter.problem_of(Brief(topic="The taxation of zeppelins in Liechtenstein"))
    assert problem.code == "unknown-lesson"
    for hint in ("lectern lessons", "Markdown", "GEMINI_API_KEY"):
        assert hint in problem.remedy


async def test_a_lesson_is_parsed_on_request(scripter: Scripter) -> None:
    [responder, _] = scripter.service.responders

    async def parse_markdown(markdown: str) -> ParsedMarkdown:
        body = msgspec.json.encode(ParseMarkdown(markdown=markdown))
        return msgspec.json.decode(await responder.reply_to(body), type=ParsedMarkdown)

    assert (await parse_markdown(LESSON)).script == parse(LESSON)
    problem = (await parse_markdown("## A\n")).problem
    assert problem is not None
    assert problem.code == "scene-without-narration"


async def test_a_script_is_rendered_as_markdown_on_request(scripter: Scripter) -> None:
    [_, responder] = scripter.service.responders

    async def render(body: bytes) -> RenderedMarkdown:
        return msgspec.json.decode(await responder.reply_to(body), type=RenderedMarkdown)

    script = msgspec.structs.replace(parse(LESSON), doubts=("Der Mond zieht. (Die Sonne auch.)",), sources=("Buch",))
    markdown = (await render(msgspec.json.encode(RenderMarkdown(script=script)))).markdown
    assert markdown is not None
    assert parse(markdown) == script
    for unreadable in (b"no json", b'{"script": {"title": 1}}', b'{"script": {"title": "No scenes", "scenes": []}}'):
        problem = (await render(unreadable)).problem
        assert problem is not None
        assert problem.remedy


async def test_other_services_reach_both_responders(scripter: Scripter) -> None:
    bus = scripter.connections.bus
    async with AsyncExitStack() as answering:
        for responder in scripter.service.responders:
            await answering.enter_async_context(bus.answering(responder))
        parsed = await bus.ask(PARSE_MARKDOWN, ParseMarkdown(markdown=LESSON), timeout=60)
        assert parsed.script == parse(LESSON)
        rendered = await bus.ask(RENDER_MARKDOWN, RenderMarkdown(script=parse(LESSON)), timeout=60)
        assert parse(rendered.markdown or "") == parse(LESSON)


async def test_prose_without_headings_is_refused_where_no_model_is_set_up(scripter: Scripter) -> None:
    problem = await scripter.problem_of(
        await scripter.store_document("Rayleigh found that short waves scatter more.\n")
    )
    assert problem.code == "no-scenes"
    assert "GEMINI_API_KEY" in problem.remedy


def writing_request(topic: str) -> WritingRequest:
    return WritingRequest(brief=Brief(topic=topic), options=VideoOptions())


async def test_a_topic_close_to_a_lesson_is_offered_it_by_name() -> None:
    writer = LessonWriter([read_lesson("photosynthesis", "---\ntitle: Photosynthesis\n---\n## S\n\nText.\n")])
    with pytest.raises(Permanent) as raised:
        await writer.write(writing_request("fotosynthesis"))
    assert "Did you mean “Photosynthesis”?" in raised.value.problem.detail
    assert 'lectern make "Photosynthesis"' in raised.value.problem.remedy
    script = (await writer.write(writing_request("How does photosynthesis work?"))).script
    assert script.title == "Photosynthesis"


@pytest.mark.parametrize("lesson", load_lessons(), ids=lambda lesson: lesson.name)
async def test_every_finished_lesson_is_served_by_its_title_and_topics(lesson: Lesson) -> None:
    writer = LessonWriter(load_lessons())
    for topic in (lesson.title, f"How does {lesson.title} work?", *lesson.topics):
        assert (await writer.write(writing_request(topic))).script.title == lesson.title


async def test_a_lesson_in_another_language_is_refused_and_not_served_in_its_own() -> None:
    request = msgspec.structs.replace(
        writing_request("How does photosynthesis work?"), options=VideoOptions(language="de")
    )
    with pytest.raises(Permanent) as raised:
        await LessonWriter(load_lessons()).write(request)
    problem = raised.value.problem
    assert problem.code == "lesson-in-another-language"
    assert "“en”, not in “de”" in problem.detail
    british = msgspec.structs.replace(request, options=VideoOptions(language="en-GB"))
    assert (await LessonWriter(load_lessons()).write(british)).unmet == ()


async def test_what_a_finished_lesson_does_not_do_that_was_asked_for_is_told(scripter: Scripter) -> None:
    brief = Brief(topic="How does photosynthesis work?", target_seconds=30, scenes=2, audience="engineers", search=True)
    [scripted, *_] = await scripter.handle(request(brief))
    assert isinstance(scripted, e.VideoScripted)
    length, scenes, audience, search = scripted.unmet
    assert length.endswith("seconds, not 30")
    assert scenes.endswith("scenes, not 2")
    assert "not “engineers”" in audience
    assert search == "nothing was searched for it"
    assert [note.code for note in fold([scripted]).notes()] == ["wish-unmet"] * 4


def test_a_failure_of_the_scripter_ends_the_video() -> None:
    assert STAGE.fails == "video"


async def test_a_chosen_take_is_put_back_and_nothing_of_it_is_made(scripter: Scripter) -> None:
    requested = request(await scripter.store_document(LESSON), review=True)
    [scripted] = await scripter.handle(requested)
    assert isinstance(scripted, e.VideoScripted)
    take = e.ChosenTake(
        scene=2,
        take=1,
        narration=e.NarrationRef(key="n", audio_key="a", seconds=4.0, beats=2),
        code=e.CodeRef(key="c", origin="model"),
        footage=e.FootageRef(key="f", frames=60, fps=15, cpu_seconds=3.0),
        salt="once",
    )
    approved = e.ScriptApproved(
        video_id=requested.video_id,
        revision=3,
        script_key=scripted.script_key,
        title=scripted.title,
        scenes=scripted.scenes,
        plan=(1, 2),
        options=scripted.options,
        chosen=(take,),
    )
    first, second = await scripter.handle(approved)
    assert isinstance(first, e.ScenePlanned)
    assert isinstance(second, e.SceneRendered)
    assert (second.scene, second.revision, second.take, second.spent) == (2, 3, 1, ())
    assert (second.narration, second.code, second.footage, second.salt) == (
        take.narration, take.code, take.footage, "once",
    )  # fmt: skip
