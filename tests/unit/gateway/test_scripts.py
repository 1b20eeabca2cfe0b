"""Scripts and revisions: reading, editing, approving, redoing, retrying, cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from unit.gateway.gateways import TestGateway, published_openapi
from unit.gateway.published_schema import SchemaChecker
from unit.gateway.published_video import PublishedVideo, make_script

from lectern.contracts import events as e
from lectern.contracts import keys, subjects
from lectern.contracts import script as s
from lectern.contracts.problems import Problem
from lectern.contracts.requests import PARSE_MARKDOWN, ParsedMarkdown, ParseMarkdown
from lectern.gateway.access.principal import LOCAL
from lectern.gateway.refusals import Refusal
from lectern.gateway.video_log import append_event
from lectern.scripter.reading.reader import LessonReader
from lectern.scripter.requests import build_responders
from lectern.worker import Bus, Connections, Responder


@pytest.fixture
async def in_review(connections: Connections) -> PublishedVideo:
    """A video whose script waits for approval."""
    video = PublishedVideo(connections, review=True)
    await video.request()
    await video.write_script()
    return video


@pytest.fixture
async def finished(connections: Connections) -> PublishedVideo:
    """A finished video."""
    video = PublishedVideo(connections)
    await video.finish()
    return video


async def read_last_event(video: PublishedVideo) -> Any:
    return (await video.read())[-1][1]


def assert_refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert problem["remedy"]
    return problem


async def test_a_script_is_read_as_json(gateway: TestGateway, in_review: PublishedVideo) -> None:
    answer = await gateway.http.get(f"{in_review.url}/script")
    body = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (body["revision"], body["approved"], body["title"]) == (1, False, "The leaf")
    assert body["scenes"][0]["beats"][0]["text"] == "This is part 1."
    assert body["scenes"][0]["visual"] == {"kind": "bullets", "items": ["one", "two"]}


async def test_a_script_is_read_as_its_stored_markdown(
    gateway: TestGateway, in_review: PublishedVideo, connections: Connections
) -> None:
    headers = {"Accept": "text/markdown"}
    assert_refused(await gateway.http.get(f"{in_review.url}/script", headers=headers), 503, "dependency-unavailable")
    await connections.store.put(keys.script_markdown(in_review.script_key), b"# The leaf\n", "text/markdown")
    answer = await gateway.http.get(f"{in_review.url}/script", headers=headers)
    assert (answer.text, answer.headers["content-type"]) == ("# The leaf\n", "text/markdown; charset=utf-8")


async def test_a_script_that_was_edited_as_json_is_rendered_as_markdown(
    gateway: TestGateway, in_review: PublishedVideo, connections: Connections
) -> None:
    edited = (await gateway.http.get(f"{in_review.url}/script")).json()
    edited["scenes"][1]["beats"][0]["text"] = "Here it ends."
    assert (await gateway.http.put(f"{in_review.url}/script", json=edited)).status_code == 200
    _, rendering = build_responders(LessonReader())
    async with connections.bus.answering(rendering):
        answer = await gateway.http.get(f"{in_review.url}/script", headers={"Accept": "text/markdown"})
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("# The leaf")
    assert "Here it ends." in answer.text
    again = await gateway.http.get(f"{in_review.url}/script", headers={"Accept": "text/markdown"})
    assert again.text == answer.text, "it is kept, and no scripter is needed for it any more"


async def test_there_is_no_script_before_it_is_written(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    for answer in (
        await gateway.http.get(f"{video.url}/script"),
        await gateway.http.put(f"{video.url}/script", json={}),
        await gateway.http.post(f"{video.url}/approve"),
        await gateway.http.post(f"{video.url}/scenes/1/redo"),
    ):
        assert "video.scripted" in assert_refused(answer, 409, "invalid-state")["remedy"]


async def test_approval_plans_every_scene_in_the_same_revision(gateway: TestGateway, in_review: PublishedVideo) -> None:
    answer = await gateway.http.post(f"{in_review.url}/approve", json={"script_revision": 1})
    assert (answer.status_code, answer.json()["status"]) == (202, "in_progress")
    event = await read_last_event(in_review)
    assert isinstance(event, e.ScriptApproved)
    assert (event.plan, event.revision, event.fresh, event.script_key) == ((1, 2), 1, False, in_review.script_key)
    again = await gateway.http.post(f"{in_review.url}/approve")
    assert again.status_code == 200
    assert len(await in_review.read()) == 3


async def test_a_video_without_review_needs_no_approval(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.write_script()
    assert_refused(await gateway.http.post(f"{video.url}/approve"), 409, "invalid-state")


async def test_an_edit_during_review_waits_for_approval_too(
    gateway: TestGateway, in_review: PublishedVideo, connections: Connections
) -> None:
    body = (await gateway.http.get(f"{in_review.url}/script")).json()
    body["scenes"][1]["beats"][0]["text"] = "Better words."
    answer = await gateway.http.put(f"{in_review.url}/script", json=body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["status"]) == (200, "awaiting_approval")
    assert_refused(
        await gateway.http.post(f"{in_review.url}/approve", json={"script_revision": 1}), 409, "stale-script"
    )
    approved = await gateway.http.post(f"{in_review.url}/approve", json={"script_revision": 2})
    assert approved.status_code == 202
    event = await read_last_event(in_review)
    assert (event.plan, event.revision) == ((1, 2), 2)
    stored = await connections.store.get_json(event.script_key, s.Script)
    assert stored.scene(2).beats[0].text == "Better words."
    assert await connections.store.get_json(in_review.script_key, s.Script) == in_review.script  # the edit lost nothing


async def test_an_edit_of_a_stale_script_is_refused(gateway: TestGateway, in_review: PublishedVideo) -> None:
    body = (await gateway.http.get(f"{in_review.url}/script")).json()
    await gateway.http.put(f"{in_review.url}/script", json={**body, "title": "Mine"})
    late = {**body, "title": "Theirs"}
    assert_refused(await gateway.http.put(f"{in_review.url}/script", json=late), 409, "stale-script")
    answer = await gateway.http.put(f"{in_review.url}/script", json=late, headers={"If-Match": '"1"'})
    assert_refused(answer, 412, "precondition-failed")


async def test_doubts_are_notes_of_the_video_until_they_are_taken_out_of_its_script(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    script = (await gateway.http.get(f"{video.url}/script")).json()
    assert (await gateway.http.get(video.url)).json()["notes"] == []
    doubted = {**script, "doubts": ["Leaves are blue. (They are green.)", "x" * 5000, *["y"] * 90]}
    edited = (await gateway.http.put(f"{video.url}/script", json=doubted)).json()
    assert edited["notes"][0] == {"code": "doubt", "text": "To be checked: Leaves are blue. (They are green.)"}
    assert len(edited["notes"]) == 12
    assert all(len(note["text"]) < 500 for note in edited["notes"]), "an event must be able to carry them"
    video.revision = 2
    for scene in (1, 2):
        await video.plan(scene)
        await video.render(scene)
    await video.complete()
    redone = (await gateway.http.post(f"{video.url}/scenes/2/redo", json={})).json()
    assert redone["notes"] == edited["notes"], "also in a later revision"
    cleared = {**doubted, "doubts": [], "revision": 3}
    assert (await gateway.http.put(f"{video.url}/script", json=cleared)).json()["notes"] == []


async def test_what_a_voice_may_misread_is_told_with_the_script_and_with_the_video_until_it_is_settled(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    await video.finish()
    script = (await gateway.http.get(f"{video.url}/script")).json()
    script["scenes"][1]["beats"][0]["text"] = "She saw the tear."
    edited = (await gateway.http.put(f"{video.url}/script", json=script)).json()
    (note,) = edited["notes"]
    assert note["code"] == "misreading"
    assert note["text"].startswith("Scene 2, sentence 1: “tear” in “She saw the tear.” may be misread")
    read = (await gateway.http.get(f"{video.url}/script")).json()
    (hint,) = read["hints"]
    assert (hint["code"], hint["scene"], hint["beat"]) == ("misreading", 2, 1)
    read["scenes"][1]["beats"][0]["spoken"] = "She saw the teer."
    settled = await gateway.http.put(f"{video.url}/script", json=read)
    assert (settled.status_code, settled.json()["notes"]) == (202, []), "hints of a script that is put back are ignored"


async def test_a_client_that_knows_of_no_cast_keeps_it_and_an_empty_one_removes_it(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections)
    video.script = msgspec.structs.replace(video.script, cast="def leaf():\n    return Square()")
    await video.finish()
    body = (await gateway.http.get(f"{video.url}/script")).json()
    assert body["cast"].startswith("def leaf()")
    older = {name: value for name, value in body.items() if name != "cast"}
    edited = await gateway.http.put(f"{video.url}/script", json={**older, "title": "Another"})
    assert edited.status_code == 202
    kept = (await gateway.http.get(f"{video.url}/script")).json()
    assert (kept["title"], kept["cast"]) == ("Another", body["cast"])
    await gateway.http.put(f"{video.url}/script", json={**kept, "cast": ""})
    assert (await gateway.http.get(f"{video.url}/script")).json()["cast"] == ""
    long = await gateway.http.put(f"{video.url}/script", json={**body, "revision": 3, "cast": "#" * 16_001})
    assert (long.status_code, long.json()["errors"][0]["pointer"]) == (422, "/cast")


async def test_exactly_one_of_several_simultaneous_edits_wins(gateway: TestGateway, finished: PublishedVideo) -> None:
    body = (await gateway.http.get(f"{finished.url}/script")).json()
    edits = [{**body, "title": f"Title {number}"} for number in range(8)]
    answers = await asyncio.gather(*(gateway.http.put(f"{finished.url}/script", json=edit) for edit in edits))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7
    winner = next(answer for answer in answers if answer.status_code == 202)
    assert (await gateway.http.get(f"{finished.url}/script")).json()["title"] == winner.json()["title"]


async def test_editing_a_finished_video_makes_only_the_scenes_that_changed(
    gateway: TestGateway, finished: PublishedVideo
) -> None:
    body = (await gateway.http.get(f"{finished.url}/script")).json()
    body["scenes"][1]["beats"][0]["text"] = "Better words."
    answer = await gateway.http.put(f"{finished.url}/script", json=body)
    video = answer.json()
    assert (answer.status_code, video["status"], video["revision"]) == (202, "in_progress", 2)
    assert [scene["status"] for scene in video["scenes"]] == ["rendered", "waiting"]
    assert (await read_last_event(finished)).plan == (2,)


@pytest.mark.parametrize(
    ("scenes", "plan"), [(1, (1,)), (3, (3,)), (4, (3, 4))], ids=["the last cut", "one more", "two more"]
)
async def test_scenes_can_be_added_and_removed(
    gateway: TestGateway, finished: PublishedVideo, scenes: int, plan: tuple[int, ...]
) -> None:
    answer = await gateway.http.put(f"{finished.url}/script", json=msgspec.to_builtins(make_script(scenes)))
    assert (answer.status_code, answer.json()["scene_count"]) == (202, scenes)
    assert (await read_last_event(finished)).plan == plan


async def test_an_edit_that_changes_nothing_starts_nothing(gateway: TestGateway, finished: PublishedVideo) -> None:
    body = (await gateway.http.get(f"{finished.url}/script")).json()
    answer = await gateway.http.put(f"{finished.url}/script", json=body)
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")


async def test_what_get_returns_can_be_put_back_as_it_is(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    video.script = s.Script(
        title="Every visual",
        scenes=tuple(
            s.Scene(title="Look", beats=(s.Beat(text="Look."),), visual=visual) for visual in (*EVERY_VISUAL, None)
        ),
        pronunciations={"NaCl": "salt"},
        symbols=(s.Symbol(name="x", colour="BLUE", meaning="time"),),
    )
    await video.finish()
    body = (await gateway.http.get(f"{video.url}/script")).json()
    assert {"language", "sources", "pronunciations", "symbols", "doubts"} < body.keys()
    assert body["scenes"][0]["beats"][0] == {"text": "Look.", "spoken": "", "show": "", "speaker": "", "pause": 0.0}
    published = SchemaChecker(published_openapi()["components"]["schemas"])
    assert published.find_faults(body, {"$ref": "#/components/schemas/ScriptEdit"}) == []
    answer = await gateway.http.put(f"{video.url}/script", json=body)
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")


def test_every_kind_of_visual_is_published() -> None:
    assert {type(visual) for visual in EVERY_VISUAL} == set(s.VISUAL_KINDS.values())


EVERY_VISUAL: tuple[s.AnyVisual, ...] = (
    s.Equation(lines=("a^2",)),
    s.Bullets(items=("one",)),
    s.Flow(steps=("one", "two")),
    s.Chart(series=("y",), rows=(("a", (1.5,)),)),
    s.CodeListing(language="python", source="pass"),
    s.Comparison(left_title="l", left=("a",), right_title="r", right=("b",)),
    s.Timeline(entries=(("1900", "start"),)),
    s.Table(headings=("Organ", "Task"), rows=(("Leaf", "light"), ("Root", ""))),
    s.Image(name="leaf.png"),
    s.Manim(source="class S(Scene): pass"),
)


SCENE = {"title": "t", "beats": [{"text": "x"}]}


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"title": "a"}, "", "missing required field `scenes`"),
        ({"title": "a", "scenes": []}, "/scenes", "1 to 60"),
        ({"title": " ", "scenes": [SCENE]}, "/title", "1 to 200"),
        ({"title": "a", "scenes": [{"title": 5, "beats": []}]}, "/scenes/0/title", "Expected `str`"),
        ({"title": "a", "scenes": [SCENE, {"title": "t", "beats": []}]}, "/scenes/1/beats", "1 to 40"),
        ({"title": "a", "scenes": [{"title": "t", "beats": [{"text": " "}]}]}, "/scenes/0/beats/0/text", "delete a beat"),
        ({"title": "a", "scenes": [{"title": "t", "beats": [{"text": "x", "pause": 6}]}]}, "/scenes/0/beats/0/pause", "<= 5"),
        ({"title": "a", "scenes": [{"title": "t", "beats": [{"text": "x", "pause": -1}]}]}, "/scenes/0/beats/0/pause", ">= 0"),
        ({"title": "a", "scenes": [{**SCENE, "visuals": {}}]}, "/scenes/0/visuals", 'did you mean "visual"?'),
        ({"title": "a", "scenes": [{**SCENE, "visual": {"kind": "film"}}]}, "/scenes/0/visual/kind", "Invalid value 'film'"),
        ([], "", "Expected `object`"),
        ({"title": "a", "scenes": [SCENE], "revision": "x"}, "/revision", "number"),
    ],
)  # fmt: skip
async def test_an_invalid_script_is_refused_with_the_place_of_each_error(
    gateway: TestGateway, finished: PublishedVideo, body: object, pointer: str, words: str
) -> None:
    problem = assert_refused(await gateway.http.put(f"{finished.url}/script", json=body), 422, "validation-error")
    found = {error["pointer"]: error["detail"] for error in problem["errors"]}
    assert words in found[pointer]


async def test_a_script_body_in_another_format_is_refused(gateway: TestGateway, finished: PublishedVideo) -> None:
    url = f"{finished.url}/script"
    assert_refused(
        await gateway.http.put(url, content=b"{", headers={"Content-Type": "application/json"}),
        400,
        "malformed-request",
    )
    assert_refused(
        await gateway.http.put(url, content=b"x", headers={"Content-Type": "text/html"}), 415, "unsupported-media-type"
    )


@asynccontextmanager
async def parsing(bus: Bus, reply: ParsedMarkdown) -> AsyncIterator[list[str]]:
    """A scripter that gives one reply, and notes the Markdown it was sent."""
    received: list[str] = []

    async def parse(message: ParseMarkdown) -> ParsedMarkdown:
        received.append(message.markdown)
        return reply

    async with bus.answering(Responder(request=PARSE_MARKDOWN, handler=parse, failed=lambda _: reply)):
        yield received


async def test_markdown_is_parsed_by_the_scripter_and_stored(
    gateway: TestGateway, in_review: PublishedVideo, connections: Connections
) -> None:
    edited = msgspec.structs.replace(make_script(1), title="From Markdown")

    async with parsing(connections.bus, ParsedMarkdown(script=edited)) as received:
        answer = await gateway.http.put(
            f"{in_review.url}/script",
            content=b"# From Markdown\n",
            headers={"Content-Type": "text/markdown; charset=utf-8"},
        )
    assert received == ["# From Markdown\n"]
    assert (answer.status_code, answer.json()["title"]) == (200, "From Markdown")
    shown = await gateway.http.get(f"{in_review.url}/script", headers={"Accept": "text/markdown"})
    assert shown.text == "# From Markdown\n"


async def test_markdown_that_the_scripter_refuses_is_refused_with_its_problem(
    gateway: TestGateway, in_review: PublishedVideo, connections: Connections
) -> None:
    problem = Problem(code="lesson-invalid", title="Bad lesson", detail="Line 3: no scene.", remedy="Add a heading.")

    async with parsing(connections.bus, ParsedMarkdown(problem=problem)):
        answer = await gateway.http.put(
            f"{in_review.url}/script", content=b"x", headers={"Content-Type": "text/markdown"}
        )
    assert assert_refused(answer, 422, "lesson-invalid")["detail"] == "Line 3: no scene."


async def test_markdown_without_a_scripter_is_503_with_retry_after(
    gateway: TestGateway, in_review: PublishedVideo
) -> None:
    answer = await gateway.http.put(f"{in_review.url}/script", content=b"x", headers={"Content-Type": "text/markdown"})
    assert_refused(answer, 503, "dependency-unavailable")
    assert answer.headers["retry-after"]


async def test_a_scene_is_redone_from_the_same_words(gateway: TestGateway, finished: PublishedVideo) -> None:
    answer = await gateway.http.post(f"{finished.url}/scenes/2/redo")
    assert answer.status_code == 202
    event = await read_last_event(finished)
    assert (event.plan, event.revision, event.script_key) == ((2,), 2, finished.script_key)
    assert event.salts == {2: e.message_id(event)}


async def test_a_scene_gets_new_words_and_keeps_the_spoken_form_of_old_ones(
    gateway: TestGateway, finished: PublishedVideo, connections: Connections
) -> None:
    answer = await gateway.http.post(f"{finished.url}/scenes/1/redo", json={"narration": ["New words.", "And so on."]})
    assert answer.status_code == 202
    event = await read_last_event(finished)
    assert (event.plan, event.fresh) == ((1,), False)
    script = await connections.store.get_json(event.script_key, s.Script)
    assert script.scene(1).beats == (s.Beat(text="New words."), s.Beat(text="And so on.", spoken="and so forth"))
    assert script.scene(2) == finished.script.scene(2)


async def test_two_simultaneous_redos_both_happen(gateway: TestGateway, finished: PublishedVideo) -> None:
    answers = await asyncio.gather(*(gateway.http.post(f"{finished.url}/scenes/{n}/redo") for n in (1, 2)))
    assert [answer.status_code for answer in answers] == [202, 202]
    events = [event for _, event in await finished.read() if isinstance(event, e.ScriptApproved)]
    assert sorted(event.plan for event in events) == [(1,), (2,)]
    assert [event.revision for event in events] == [2, 3]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("scenes/3/redo", None, 404, "no-such-scene"),
        ("scenes/0/redo", None, 404, "no-such-scene"),
        ("scenes/x/redo", None, 422, "validation-error"),
        ("scenes/1/redo", {"narration": []}, 422, "validation-error"),
        ("scenes/1/redo", {"narration": [" "]}, 422, "validation-error"),
        ("scenes/1/redo", {"naration": ["x"]}, 422, "validation-error"),
        ("retry", None, 409, "invalid-state"),
        ("cancel", None, 409, "invalid-state"),
        ("approve", {"script_revision": 0}, 422, "validation-error"),
    ],
)
async def test_requests_that_do_not_fit_a_finished_video_are_refused(
    gateway: TestGateway, finished: PublishedVideo, path: str, body: object, status: int, code: str
) -> None:
    assert_refused(await gateway.http.post(f"{finished.url}/{path}", json=body), status, code)
    assert isinstance(await read_last_event(finished), e.VideoCompleted)


async def test_a_scene_cannot_be_redone_during_review(gateway: TestGateway, in_review: PublishedVideo) -> None:
    problem = assert_refused(await gateway.http.post(f"{in_review.url}/scenes/1/redo"), 409, "invalid-state")
    assert "PUT" in problem["remedy"]


async def test_a_retry_makes_the_missing_scenes(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections, scenes=3)
    await video.request()
    await video.write_script()
    await video.render(1)
    await video.fail_scene(2)
    await video.render(3)
    await video.fail()
    answer = await gateway.http.post(f"{video.url}/retry")
    body = answer.json()
    assert (answer.status_code, body["status"], body["error"]) == (202, "in_progress", None)
    assert [scene["status"] for scene in body["scenes"]] == ["rendered", "waiting", "rendered"]
    event = await read_last_event(video)
    assert (event.plan, event.revision, event.fresh) == ((2,), 2, False)
    assert_refused(await gateway.http.post(f"{video.url}/retry"), 409, "invalid-state")


async def test_a_retry_without_a_script_starts_over(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request("Why is the sky blue?")
    await video.fail()
    answer = await gateway.http.post(f"{video.url}/retry")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    event = await read_last_event(video)
    assert isinstance(event, e.VideoRequested)
    assert (event.revision, event.brief.topic) == (2, "Why is the sky blue?")


async def test_a_retry_after_composing_failed_composes_again(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections)
    await video.request()
    await video.write_script()
    await video.render(1)
    await video.render(2)
    await video.fail()
    assert (await gateway.http.post(f"{video.url}/retry")).status_code == 202
    assert (await read_last_event(video)).plan == (1, 2)


async def test_a_retry_of_a_video_cancelled_in_review_returns_to_review(
    gateway: TestGateway, in_review: PublishedVideo
) -> None:
    await gateway.http.post(f"{in_review.url}/cancel")
    assert_refused(await gateway.http.post(f"{in_review.url}/approve"), 409, "invalid-state")
    answer = await gateway.http.post(f"{in_review.url}/retry")
    assert (answer.status_code, answer.json()["status"]) == (202, "awaiting_approval")
    assert (await gateway.http.post(f"{in_review.url}/approve")).json()["status"] == "in_progress"


async def test_an_edit_after_a_failure_resumes_the_other_missing_scenes(
    gateway: TestGateway, connections: Connections
) -> None:
    video = PublishedVideo(connections, scenes=3)
    await video.request()
    await video.write_script()
    await video.render(1)
    await video.fail_scene(2)
    await gateway.http.post(f"{video.url}/cancel")
    await gateway.http.post(f"{video.url}/scenes/1/redo")
    assert (await read_last_event(video)).plan == (1, 2, 3)


async def test_cancelling_is_stored_and_broadcast(gateway: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections, lane="bulk")
    await video.request()
    received: list[str] = []

    async def listen(subject: str, _: bytes) -> None:
        received.append(subject)

    async with connections.bus.listening(subjects.CANCEL, listen):
        answer = await gateway.http.post(f"{video.url}/cancel", json={"reason": "changed my mind"})
    assert (answer.status_code, answer.json()["status"], answer.json()["stage"]) == (202, "cancelled", None)
    event = await read_last_event(video)
    assert isinstance(event, e.VideoCancelled)
    assert (event.reason, event.lane) == ("changed my mind", "bulk")
    assert received == [subjects.cancel(video.video_id)]
    again = await gateway.http.post(f"{video.url}/cancel")
    assert (again.status_code, len(await video.read())) == (200, 2)


async def test_a_simultaneous_cancellation_and_completion_leave_one_outcome(
    gateway: TestGateway, connections: Connections
) -> None:
    for _ in range(5):
        video = PublishedVideo(connections)
        await video.request()
        await video.write_script()
        completed = e.VideoCompleted(video_id=video.video_id, seconds=1.0, frames=30, outputs=())
        won, answer = await asyncio.gather(
            video.event_log.record_outcome(completed), gateway.http.post(f"{video.url}/cancel")
        )
        outcomes = [event for _, event in await video.read() if isinstance(event, e.Outcome)]
        assert len(outcomes) == 1
        assert answer.status_code == (409 if won else 202)
        assert isinstance(outcomes[0], e.VideoCompleted if won else e.VideoCancelled)


async def test_an_event_whose_message_id_is_taken_does_not_count_as_stored(
    gateway: TestGateway, finished: PublishedVideo, connections: Connections
) -> None:
    def approval(plan: int) -> e.ScriptApproved:
        return e.ScriptApproved(
            video_id=finished.video_id,
            revision=2,
            script_key="k",
            title="t",
            scenes=(),
            plan=(plan,),
            options=finished.options,
        )

    await finished.event_log.publish(approval(1))

    with pytest.raises(Refusal, match="kept changing"):
        await append_event(gateway.deps.act_for(LOCAL), finished.video_id, lambda _: approval(2))
