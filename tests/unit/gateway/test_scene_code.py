"""A scene's own code: read, checked with the findings' lines, and written."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts import script as s
from lectern.contracts.requests import CHECK_SCENE, CheckScene, Finding, SceneException, SceneVerdict
from lectern.gateway.script_store import read_script
from lectern.worker import Connections, Responder

SOURCE = "class Mine(NarratedScene):\n    def construct(self):\n        with self.beat():\n            pass\n"
HEADERS = {"Content-Type": "text/x-python"}
COVERED = Finding(rule="text-overlap", level="error", message="two labels overlap", beat=1, line=4, time=1.5)
TOO_FEW = Finding(rule="beat-missing", level="error", message="the script has 2 beats, the code 1", line=2)


class StandInRenderer:
    """Gives the verdict it is told to, and keeps what it was asked."""

    def __init__(self, connections: Connections) -> None:
        self.store = connections.store
        self.asked: list[CheckScene] = []
        self.sources: list[str] = []
        self.verdict = SceneVerdict(ok=True, render_seconds=2.5)

    async def check(self, message: CheckScene) -> SceneVerdict:
        self.asked.append(message)
        self.sources.append((await self.store.get(message.code_key)).decode())
        return self.verdict


@pytest.fixture
async def renderer(connections: Connections) -> AsyncIterator[StandInRenderer]:
    renderer = StandInRenderer(connections)
    failed = SceneVerdict(ok=False)
    async with connections.bus.answering(
        Responder(request=CHECK_SCENE, handler=renderer.check, failed=lambda _: failed)
    ):
        yield renderer


@pytest.fixture
async def video(connections: Connections) -> PublishedVideo:
    """A finished video, the code of whose first scene is in the store."""
    video = PublishedVideo(connections)
    await video.finish()
    await connections.store.put("code1", b"class Leaf: pass", "text/x-python")
    return video


async def test_the_code_in_force_is_read_with_its_origin(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    shown = await http.get(f"{video.url}/scenes/1/code")
    assert (shown.text, shown.headers["lectern-origin"]) == ("class Leaf: pass", "template")
    assert shown.headers["content-type"].startswith("text/x-python")
    again = await http.get(f"{video.url}/scenes/1/code", headers={"If-None-Match": shown.headers["etag"]})
    assert again.status_code == 304
    gone = await http.get(f"{video.url}/scenes/2/code")
    assert (gone.status_code, gone.json()["code"]) == (404, "gone")


async def test_a_check_tells_what_is_wrong_where_and_changes_nothing(
    http: httpx.AsyncClient, video: PublishedVideo, renderer: StandInRenderer
) -> None:
    error = SceneException(type="NameError", message="name 'Circel' is not defined", line=4)
    renderer.verdict = SceneVerdict(ok=False, error=error)
    answer = await http.post(f"{video.url}/scenes/1/code/check", content=SOURCE, headers=HEADERS)
    assert (answer.status_code, answer.json()["ok"]) == (200, False)
    [found] = answer.json()["findings"]
    assert (found["rule"], found["level"], found["line"]) == ("NameError", "error", 4)
    assert (await video.read()).state.revision() == 1
    [asked] = renderer.asked
    assert (asked.narration_key, asked.video_id, asked.options) == ("n", video.video_id, video.options)
    assert renderer.sources == [SOURCE.rstrip()]


async def test_code_is_checked_with_the_cast_and_the_scenes_that_it_goes_on_from(
    http: httpx.AsyncClient, connections: Connections, renderer: StandInRenderer
) -> None:
    video = PublishedVideo(connections)
    before = "class A(NarratedScene):\n    def construct(self):\n        self.carry(car=car())"
    first = msgspec.structs.replace(video.script.scene(1), visual=s.Manim(source=before))
    cast = "def car():\n    return Square()"
    video.script = msgspec.structs.replace(video.script, scenes=(first, video.script.scene(2)), cast=cast)
    await video.finish()
    source = SOURCE.replace("pass", "self.carried('car')")
    error = SceneException(type="NameError", message="no Squar", line=2, code="return Squar()", place="cast")
    renderer.verdict = SceneVerdict(ok=False, error=error)
    answer = await http.post(f"{video.url}/scenes/2/code/check", content=source, headers=HEADERS)
    context = renderer.asked[0].context
    stored = [(await connections.store.get(key)).decode() for key in (context.cast_key, *context.before)]
    assert stored == [cast, before]
    [found] = answer.json()["findings"]
    assert (found["line"], found["message"]) == (None, "no Squar, in line 2 of the cast: return Squar()")


async def test_what_an_author_may_judge_is_a_warning_and_what_cannot_be_shown_an_error(
    http: httpx.AsyncClient, video: PublishedVideo, renderer: StandInRenderer
) -> None:
    renderer.verdict = SceneVerdict(ok=True, findings=(COVERED,))
    covered = (await http.post(f"{video.url}/scenes/1/code/check", content=SOURCE, headers=HEADERS)).json()
    assert (covered["ok"], [finding["level"] for finding in covered["findings"]]) == (True, ["warning"])
    renderer.verdict = SceneVerdict(ok=True, findings=(COVERED, TOO_FEW))
    few = (await http.post(f"{video.url}/scenes/1/code/check", content=SOURCE, headers=HEADERS)).json()
    assert few["ok"] is False
    assert [(each["rule"], each["level"]) for each in few["findings"]] == [
        ("beat-missing", "error"), ("text-overlap", "warning"),
    ]  # fmt: skip


async def test_code_that_cannot_be_rendered_is_refused_with_its_lines(
    http: httpx.AsyncClient, video: PublishedVideo, renderer: StandInRenderer
) -> None:
    renderer.verdict = SceneVerdict(ok=True, findings=(TOO_FEW,))
    refused = await http.put(f"{video.url}/scenes/1/code", content=SOURCE, headers=HEADERS)
    assert (refused.status_code, refused.json()["code"]) == (422, "code-refused")
    assert [(each["pointer"], each["detail"]) for each in refused.json()["errors"]] == [
        ("line 2", "beat-missing: the script has 2 beats, the code 1")
    ]
    assert (await video.read()).state.revision() == 1


async def test_a_run_that_was_stopped_is_refused_for_its_reason(
    http: httpx.AsyncClient, video: PublishedVideo, renderer: StandInRenderer
) -> None:
    renderer.verdict = SceneVerdict(ok=False, killed="cpu", reason="it used 18 s of CPU")
    refused = await http.put(f"{video.url}/scenes/1/code", content=SOURCE, headers=HEADERS)
    assert refused.json()["detail"] == "cpu: it used 18 s of CPU"


async def test_code_that_passes_becomes_the_scenes_visual_in_a_new_revision(
    http: httpx.AsyncClient, video: PublishedVideo, renderer: StandInRenderer
) -> None:
    tag = (await http.get(f"{video.url}/scenes/1/code")).headers["etag"]
    taken = await http.put(f"{video.url}/scenes/1/code", content=SOURCE, headers={**HEADERS, "If-Match": tag})
    assert (taken.status_code, taken.json()["revision"]) == (202, 2)
    approved = (await video.read()).state.approved
    assert approved is not None
    assert (approved.plan, approved.fresh) == ((1,), False)
    script = await read_script(video.store, approved.script_key)
    assert script.scene(1).visual == s.Manim(source=SOURCE.rstrip())
    assert script.scene(2) == video.script.scene(2)


async def test_code_that_somebody_else_has_changed_is_not_overwritten(
    http: httpx.AsyncClient, video: PublishedVideo, renderer: StandInRenderer
) -> None:
    stale = await http.put(f"{video.url}/scenes/1/code", content=SOURCE, headers={**HEADERS, "If-Match": '"other"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-code")


async def test_without_a_renderer_nothing_is_claimed_about_code(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    for method, path in (("PUT", "code"), ("POST", "code/check")):
        answer = await http.request(method, f"{video.url}/scenes/1/{path}", content=SOURCE, headers=HEADERS)
        assert (answer.status_code, answer.json()["code"]) == (503, "dependency-unavailable")
        assert "one starts with the next video" in answer.json()["remedy"], "renderers may be scaled to none"
        assert answer.headers["retry-after"]


async def test_a_renderer_at_fault_is_no_fault_of_the_code(
    http: httpx.AsyncClient, video: PublishedVideo, renderer: StandInRenderer
) -> None:
    renderer.verdict = SceneVerdict(ok=False, unavailable="the disk is full")
    answer = await http.put(f"{video.url}/scenes/1/code", content=SOURCE, headers=HEADERS)
    assert (answer.status_code, "the disk is full" in answer.json()["detail"]) == (503, True)


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"", "text/x-python", 422, "validation-error"),
        (b"x" * 16_001, "text/x-python", 422, "validation-error"),
        (b"x = '\x00'", "text/x-python", 422, "validation-error"),
        ("x = 'a\u202eb'".encode(), "text/x-python", 422, "validation-error"),
        (b"\xff\xfe", "text/x-python", 422, "document-encoding"),
        (b"{}", "application/json", 415, "unsupported-media-type"),
    ],
    ids=["empty", "long", "control", "direction", "bytes", "json"],
)
async def test_what_is_no_source_is_refused_before_a_renderer_is_asked(
    http: httpx.AsyncClient,
    video: PublishedVideo,
    renderer: StandInRenderer,
    content: bytes,
    media_type: str,
    status: int,
    code: str,
) -> None:
    headers = {"Content-Type": media_type}
    refused = await http.put(f"{video.url}/scenes/1/code", content=content, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert renderer.asked == []


async def test_code_is_checked_only_once_the_scene_is_spoken(
    http: httpx.AsyncClient, connections: Connections, renderer: StandInRenderer
) -> None:
    video = PublishedVideo(connections)
    await video.request()
    early = await http.get(f"{video.url}/scenes/1/code")
    assert (early.status_code, early.json()["code"]) == (409, "invalid-state")
    await video.write_script()
    await video.publish(e.ScenePlanned, scene=1, script_key=video.script_key, options=video.options)
    silent = await http.put(f"{video.url}/scenes/1/code", content=SOURCE, headers=HEADERS)
    assert (silent.status_code, "narrated" in silent.json()["remedy"]) == (409, True)
    unknown = await http.put(f"{video.url}/scenes/9/code", content=SOURCE, headers=HEADERS)
    assert unknown.json()["code"] == "no-such-scene"
