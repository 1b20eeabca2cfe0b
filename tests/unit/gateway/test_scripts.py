"""Scripts and what follows from them: editing, approving, redoing, retrying, cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from nats.aio.client import Client
from unit.gateway.serving import Running
from unit.gateway.story import Story, lesson

from lectern.contracts import events as e
from lectern.contracts import script as s
from lectern.contracts import subjects
from lectern.contracts.log import VideoLog
from lectern.contracts.problems import Problem
from lectern.contracts.requests import PARSE_MARKDOWN, ParsedMarkdown, ParseMarkdown
from lectern.gateway.context import decide
from lectern.gateway.refusals import Refusal
from lectern.gateway.scripttext import markdown_key
from lectern.scripter.requests import responders
from lectern.worker import Connections, NatsBus, Responder

pytestmark = pytest.mark.slow


@pytest.fixture
async def reviewed(connections: Connections) -> Story:
    """A video whose script waits for its user."""
    story = Story(connections, review=True)
    await story.requested()
    await story.scripted()
    return story


@pytest.fixture
async def made(connections: Connections) -> Story:
    """A finished video."""
    story = Story(connections)
    await story.made()
    return story


async def last_of(story: Story) -> Any:
    return (await story.log.read(story.video_id))[-1][1]


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert problem["remedy"]
    return problem


async def test_a_script_is_read_as_json(api: Running, reviewed: Story) -> None:
    answer = await api.http.get(f"{reviewed.url}/script")
    body = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (body["revision"], body["approved"], body["title"]) == (1, False, "The leaf")
    assert body["scenes"][0]["beats"][0]["text"] == "This is part 1."
    assert body["scenes"][0]["visual"] == {"kind": "bullets", "items": ["one", "two"]}


async def test_a_script_is_read_as_the_markdown_beside_it(
    api: Running, reviewed: Story, connections: Connections
) -> None:
    headers = {"Accept": "text/markdown"}
    refused(await api.http.get(f"{reviewed.url}/script", headers=headers), 503, "dependency-unavailable")
    await connections.store.put(markdown_key(reviewed.script_key), b"# The leaf\n", "text/markdown")
    answer = await api.http.get(f"{reviewed.url}/script", headers=headers)
    assert (answer.text, answer.headers["content-type"]) == ("# The leaf\n", "text/markdown; charset=utf-8")


async def test_a_script_that_was_edited_as_json_is_written_as_markdown(
    api: Running, reviewed: Story, nats: Client
) -> None:
    edited = (await api.http.get(f"{reviewed.url}/script")).json()
    edited["scenes"][1]["beats"][0]["text"] = "Here it ends."
    assert (await api.http.put(f"{reviewed.url}/script", json=edited)).status_code == 200
    _, rendering = responders()
    async with NatsBus(nats).answering(rendering):
        answer = await api.http.get(f"{reviewed.url}/script", headers={"Accept": "text/markdown"})
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("# The leaf")
    assert "Here it ends." in answer.text
    again = await api.http.get(f"{reviewed.url}/script", headers={"Accept": "text/markdown"})
    assert again.text == answer.text, "it is kept, and no scripter is needed for it any more"


async def test_there_is_no_script_before_it_is_written(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested()
    for answer in (
        await api.http.get(f"{story.url}/script"),
        await api.http.put(f"{story.url}/script", json={}),
        await api.http.post(f"{story.url}/approve"),
        await api.http.post(f"{story.url}/scenes/1/redo"),
    ):
        assert "video.scripted" in refused(answer, 409, "invalid-state")["remedy"]


async def test_approval_plans_every_scene_in_the_same_round(api: Running, reviewed: Story) -> None:
    answer = await api.http.post(f"{reviewed.url}/approve", json={"script_revision": 1})
    assert (answer.status_code, answer.json()["status"]) == (202, "in_progress")
    event = await last_of(reviewed)
    assert isinstance(event, e.ScriptApproved)
    assert (event.plan, event.revision, event.fresh, event.script_key) == ((1, 2), 1, False, reviewed.script_key)
    again = await api.http.post(f"{reviewed.url}/approve")
    assert again.status_code == 200
    assert len(await reviewed.log.read(reviewed.video_id)) == 3


async def test_a_video_without_review_needs_no_approval(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested()
    await story.scripted()
    refused(await api.http.post(f"{story.url}/approve"), 409, "invalid-state")


async def test_an_edit_during_review_waits_for_approval_too(
    api: Running, reviewed: Story, connections: Connections
) -> None:
    body = (await api.http.get(f"{reviewed.url}/script")).json()
    body["scenes"][1]["beats"][0]["text"] = "Better words."
    answer = await api.http.put(f"{reviewed.url}/script", json=body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["status"]) == (200, "awaiting_approval")
    refused(await api.http.post(f"{reviewed.url}/approve", json={"script_revision": 1}), 409, "stale-script")
    approved = await api.http.post(f"{reviewed.url}/approve", json={"script_revision": 2})
    assert approved.status_code == 202
    event = await last_of(reviewed)
    assert (event.plan, event.revision) == ((1, 2), 2)
    stored = await connections.store.get_json(event.script_key, s.Script)
    assert stored.scene(2).beats[0].text == "Better words."
    assert await connections.store.get_json(reviewed.script_key, s.Script) == reviewed.script  # the edit lost nothing


async def test_an_edit_of_what_somebody_else_changed_meanwhile_is_refused(api: Running, reviewed: Story) -> None:
    body = (await api.http.get(f"{reviewed.url}/script")).json()
    await api.http.put(f"{reviewed.url}/script", json={**body, "title": "Mine"})
    late = {**body, "title": "Theirs"}
    refused(await api.http.put(f"{reviewed.url}/script", json=late), 409, "stale-script")
    answer = await api.http.put(f"{reviewed.url}/script", json=late, headers={"If-Match": '"1"'})
    refused(answer, 412, "precondition-failed")


async def test_of_two_edits_at_once_exactly_one_wins(api: Running, made: Story) -> None:
    body = (await api.http.get(f"{made.url}/script")).json()
    edits = [{**body, "title": f"Title {number}"} for number in range(8)]
    answers = await asyncio.gather(*(api.http.put(f"{made.url}/script", json=edit) for edit in edits))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7
    winner = next(answer for answer in answers if answer.status_code == 202)
    assert (await api.http.get(f"{made.url}/script")).json()["title"] == winner.json()["title"]


async def test_editing_a_finished_video_makes_only_the_scenes_that_changed(api: Running, made: Story) -> None:
    body = (await api.http.get(f"{made.url}/script")).json()
    body["scenes"][1]["beats"][0]["text"] = "Better words."
    answer = await api.http.put(f"{made.url}/script", json=body)
    video = answer.json()
    assert (answer.status_code, video["status"], video["revision"]) == (202, "in_progress", 2)
    assert [scene["status"] for scene in video["scenes"]] == ["rendered", "waiting"]
    assert (await last_of(made)).plan == (2,)


@pytest.mark.parametrize(
    ("scenes", "plan"), [(1, (1,)), (3, (3,)), (4, (3, 4))], ids=["the last cut", "one more", "two more"]
)
async def test_scenes_may_come_and_go(api: Running, made: Story, scenes: int, plan: tuple[int, ...]) -> None:
    answer = await api.http.put(f"{made.url}/script", json=msgspec.to_builtins(lesson(scenes)))
    assert (answer.status_code, answer.json()["scene_count"]) == (202, scenes)
    assert (await last_of(made)).plan == plan


async def test_an_edit_that_changes_nothing_starts_nothing(api: Running, made: Story) -> None:
    body = (await api.http.get(f"{made.url}/script")).json()
    answer = await api.http.put(f"{made.url}/script", json=body)
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")


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
        ({"title": "a", "scenes": [{**SCENE, "visuals": {}}]}, "/scenes/0/visuals", 'did you mean "visual"?'),
        ({"title": "a", "scenes": [{**SCENE, "visual": {"kind": "film"}}]}, "/scenes/0/visual/kind", "Invalid value 'film'"),
        ([], "", "Expected `object`"),
        ({"title": "a", "scenes": [SCENE], "revision": "x"}, "/revision", "number"),
    ],
)  # fmt: skip
async def test_a_script_that_cannot_be_made_names_the_place(
    api: Running, made: Story, body: object, pointer: str, words: str
) -> None:
    problem = refused(await api.http.put(f"{made.url}/script", json=body), 422, "validation-error")
    found = {error["pointer"]: error["detail"] for error in problem["errors"]}
    assert words in found[pointer]


async def test_a_script_body_that_is_neither_form_is_refused(api: Running, made: Story) -> None:
    url = f"{made.url}/script"
    refused(
        await api.http.put(url, content=b"{", headers={"Content-Type": "application/json"}), 400, "malformed-request"
    )
    refused(await api.http.put(url, content=b"x", headers={"Content-Type": "text/html"}), 415, "unsupported-media-type")


@asynccontextmanager
async def parsing(nats: Client, reply: ParsedMarkdown) -> AsyncIterator[list[str]]:
    """A scripter that gives one reply, and notes the Markdown it was sent."""
    received: list[str] = []

    async def parse(message: ParseMarkdown) -> ParsedMarkdown:
        received.append(message.markdown)
        return reply

    async with NatsBus(nats).answering(Responder(request=PARSE_MARKDOWN, handler=parse, failed=lambda _: reply)):
        yield received


async def test_markdown_is_read_by_the_scripter_and_kept(
    api: Running, reviewed: Story, connections: Connections, nats: Client
) -> None:
    edited = msgspec.structs.replace(lesson(1), title="From Markdown")

    async with parsing(nats, ParsedMarkdown(script=edited)) as received:
        answer = await api.http.put(
            f"{reviewed.url}/script",
            content=b"# From Markdown\n",
            headers={"Content-Type": "text/markdown; charset=utf-8"},
        )
    assert received == ["# From Markdown\n"]
    assert (answer.status_code, answer.json()["title"]) == (200, "From Markdown")
    shown = await api.http.get(f"{reviewed.url}/script", headers={"Accept": "text/markdown"})
    assert shown.text == "# From Markdown\n"


async def test_markdown_the_scripter_refuses_is_refused_in_its_words(
    api: Running, reviewed: Story, nats: Client
) -> None:
    problem = Problem(code="lesson-invalid", title="Bad lesson", detail="Line 3: no scene.", remedy="Add a heading.")

    async with parsing(nats, ParsedMarkdown(problem=problem)):
        answer = await api.http.put(f"{reviewed.url}/script", content=b"x", headers={"Content-Type": "text/markdown"})
    assert refused(answer, 422, "lesson-invalid")["detail"] == "Line 3: no scene."


async def test_markdown_without_a_scripter_is_answered_with_what_to_do(api: Running, reviewed: Story) -> None:
    answer = await api.http.put(f"{reviewed.url}/script", content=b"x", headers={"Content-Type": "text/markdown"})
    refused(answer, 503, "dependency-unavailable")
    assert answer.headers["retry-after"]


async def test_a_scene_is_done_again_from_the_same_words(api: Running, made: Story) -> None:
    answer = await api.http.post(f"{made.url}/scenes/2/redo")
    assert answer.status_code == 202
    event = await last_of(made)
    assert (event.plan, event.revision, event.fresh, event.script_key) == ((2,), 2, True, made.script_key)


async def test_a_scene_gets_new_words_and_keeps_how_old_ones_are_spoken(
    api: Running, made: Story, connections: Connections
) -> None:
    answer = await api.http.post(f"{made.url}/scenes/1/redo", json={"narration": ["New words.", "And so on."]})
    assert answer.status_code == 202
    event = await last_of(made)
    assert (event.plan, event.fresh) == ((1,), False)
    script = await connections.store.get_json(event.script_key, s.Script)
    assert script.scene(1).beats == (s.Beat(text="New words."), s.Beat(text="And so on.", spoken="and so forth"))
    assert script.scene(2) == made.script.scene(2)


async def test_two_redos_at_once_both_happen(api: Running, made: Story) -> None:
    answers = await asyncio.gather(*(api.http.post(f"{made.url}/scenes/{n}/redo") for n in (1, 2)))
    assert [answer.status_code for answer in answers] == [202, 202]
    events = [event for _, event in await made.log.read(made.video_id) if isinstance(event, e.ScriptApproved)]
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
async def test_what_does_not_fit_a_finished_video_is_refused(
    api: Running, made: Story, path: str, body: object, status: int, code: str
) -> None:
    refused(await api.http.post(f"{made.url}/{path}", json=body), status, code)
    assert isinstance(await last_of(made), e.VideoCompleted)


async def test_a_scene_is_not_redone_while_the_script_waits(api: Running, reviewed: Story) -> None:
    problem = refused(await api.http.post(f"{reviewed.url}/scenes/1/redo"), 409, "invalid-state")
    assert "PUT" in problem["remedy"]


async def test_retry_makes_what_is_missing(api: Running, connections: Connections) -> None:
    story = Story(connections, scenes=3)
    await story.requested()
    await story.scripted()
    await story.rendered(1)
    await story.scene_failed(2)
    await story.rendered(3)
    await story.failed()
    answer = await api.http.post(f"{story.url}/retry")
    video = answer.json()
    assert (answer.status_code, video["status"], video["error"]) == (202, "in_progress", None)
    assert [scene["status"] for scene in video["scenes"]] == ["rendered", "waiting", "rendered"]
    event = await last_of(story)
    assert (event.plan, event.revision, event.fresh) == ((2,), 2, False)
    refused(await api.http.post(f"{story.url}/retry"), 409, "invalid-state")


async def test_retry_without_a_script_asks_again(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested("Why is the sky blue?")
    await story.failed()
    answer = await api.http.post(f"{story.url}/retry")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    event = await last_of(story)
    assert isinstance(event, e.VideoRequested)
    assert (event.revision, event.brief.topic) == (2, "Why is the sky blue?")


async def test_retry_when_only_the_joining_failed_joins_again(api: Running, connections: Connections) -> None:
    story = Story(connections)
    await story.requested()
    await story.scripted()
    await story.rendered(1)
    await story.rendered(2)
    await story.failed()
    assert (await api.http.post(f"{story.url}/retry")).status_code == 202
    assert (await last_of(story)).plan == (1, 2)


async def test_retry_of_a_video_cancelled_in_review_asks_for_approval_again(api: Running, reviewed: Story) -> None:
    await api.http.post(f"{reviewed.url}/cancel")
    refused(await api.http.post(f"{reviewed.url}/approve"), 409, "invalid-state")
    answer = await api.http.post(f"{reviewed.url}/retry")
    assert (answer.status_code, answer.json()["status"]) == (202, "awaiting_approval")
    assert (await api.http.post(f"{reviewed.url}/approve")).json()["status"] == "in_progress"


async def test_an_edit_after_a_failure_takes_up_the_other_missing_scenes(
    api: Running, connections: Connections
) -> None:
    story = Story(connections, scenes=3)
    await story.requested()
    await story.scripted()
    await story.rendered(1)
    await story.scene_failed(2)
    await api.http.post(f"{story.url}/cancel")
    await api.http.post(f"{story.url}/scenes/1/redo")
    assert (await last_of(story)).plan == (1, 2, 3)


async def test_cancelling_is_a_fact_and_a_shout(api: Running, connections: Connections, nats: Client) -> None:
    story = Story(connections, lane="bulk")
    await story.requested()
    heard = await nats.subscribe(subjects.CANCEL)
    answer = await api.http.post(f"{story.url}/cancel", json={"reason": "changed my mind"})
    assert (answer.status_code, answer.json()["status"], answer.json()["stage"]) == (202, "cancelled", None)
    event = await last_of(story)
    assert isinstance(event, e.VideoCancelled)
    assert (event.reason, event.lane) == ("changed my mind", "bulk")
    assert (await heard.next_msg(timeout=2)).subject == subjects.cancel(story.video_id)
    again = await api.http.post(f"{story.url}/cancel")
    assert (again.status_code, len(await story.log.read(story.video_id))) == (200, 2)
    await heard.unsubscribe()


async def test_a_cancellation_and_a_completion_at_once_leave_one_outcome(
    api: Running, connections: Connections
) -> None:
    for _ in range(5):
        story = Story(connections)
        await story.requested()
        await story.scripted()
        completed = e.VideoCompleted(video_id=story.video_id, seconds=1.0, frames=30, outputs=())
        won, answer = await asyncio.gather(story.log.record_outcome(completed), api.http.post(f"{story.url}/cancel"))
        outcomes = [event for _, event in await story.log.read(story.video_id) if isinstance(event, e.Outcome)]
        assert len(outcomes) == 1
        assert answer.status_code == (409 if won else 202)
        assert isinstance(outcomes[0], e.VideoCompleted if won else e.VideoCancelled)


async def test_an_event_whose_name_somebody_else_used_first_is_not_taken_for_stored(
    api: Running, made: Story, connections: Connections
) -> None:
    def approval(plan: int) -> e.ScriptApproved:
        return e.ScriptApproved(
            video_id=made.video_id, revision=2, script_key="k", title="t", scenes=(), plan=(plan,), options=made.options
        )

    await made.log.publish(approval(1))

    async def decision(_: VideoLog) -> e.AnyEvent:
        return approval(2)

    with pytest.raises(Refusal, match="keep changing"):
        await decide(api.gateway, made.video_id, decision)
