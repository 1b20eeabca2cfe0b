"""The takes of a scene: listed, watched and chosen; and a scene that is redone with a direction or another voice."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from unit.gateway.gateways import TestGateway
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.requests import DESCRIBE_CODER, CoderAbilities, DescribeCoder
from lectern.gateway.script_store import read_script
from lectern.worker import Connections, Responder

DIRECTION = "Show it as a number line."


class TakenVideo(PublishedVideo):
    """A video whose scenes are rendered more than once, each time with files of their own."""

    async def take(self, scene: int, revision: int, script_key: str = "") -> None:
        """Render a scene in a revision, with all that it needs in the store."""
        names = {kind: f"{kind}-{scene}-{revision}" for kind in ("footage", "narration", "audio", "code")}
        for name in names.values():
            await self.store.put(name, name.encode(), "application/octet-stream")
        narration = e.NarrationRef(
            key=names["narration"], audio_key=names["audio"], seconds=4.5, beats=2, voice=f"voice-{revision}"
        )
        await self.publish(
            e.SceneRendered,
            scene=scene,
            revision=revision,
            script_key=script_key or self.script_key,
            options=self.options,
            narration=narration,
            code=e.CodeRef(key=names["code"], origin="model"),
            footage=e.FootageRef(key=names["footage"], frames=135, fps=30),
        )


@pytest.fixture
async def video(connections: Connections) -> TakenVideo:
    """A finished video with one take of each scene."""
    video = TakenVideo(connections)
    await video.request()
    await video.write_script()
    for scene in (1, 2):
        await video.take(scene, 1)
    await video.complete()
    return video


async def redo(http: httpx.AsyncClient, video: TakenVideo, **body: object) -> None:
    """Have scene 1 redone, and render it."""
    answer = await http.post(f"{video.url}/scenes/1/redo", json=body)
    assert answer.status_code == 202, answer.text
    script = (await video.read()).state.script()
    assert script is not None
    await video.take(1, script.revision, script.script_key)


async def test_each_version_of_a_scene_is_a_take_with_its_words(http: httpx.AsyncClient, video: TakenVideo) -> None:
    await redo(http, video, narration=["Other words."])
    listed = (await http.get(f"{video.url}/scenes/1/takes")).json()
    assert [(take["revision"], take["in_force"], take["text"], take["voice"]) for take in listed["data"]] == [
        (2, True, ["Other words."], "voice-2"),
        (1, False, ["This is part 1.", "And so on."], "voice-1"),
    ]
    scene = (await http.get(video.url)).json()["scenes"][0]
    assert (scene["take"], scene["takes"], scene["code"]) == (2, 2, f"{video.url}/scenes/1/code")
    assert listed["has_more"] is False
    first = (await http.get(f"{video.url}/scenes/1/takes?limit=1")).json()
    assert (first["has_more"], first["next_cursor"]) == (True, "2")
    rest = (await http.get(f"{video.url}/scenes/1/takes?after=2")).json()
    assert [take["revision"] for take in rest["data"]] == [1]


async def test_the_files_of_a_take_stay_its_own(http: httpx.AsyncClient, video: TakenVideo) -> None:
    await redo(http, video)
    for revision in (1, 2):
        path = f"{video.url}/scenes/1/takes/{revision}"
        assert (await http.get(f"{path}/footage")).content == f"footage-1-{revision}".encode()
        assert (await http.get(f"{path}/narration?format=flac")).content == f"audio-1-{revision}".encode()
        code = await http.get(f"{path}/code")
        assert (code.text, code.headers["lectern-origin"]) == (f"code-1-{revision}", "model")
    assert (await http.get(f"{video.url}/scenes/1/takes/7/footage")).json()["code"] == "no-such-take"


async def test_a_take_is_chosen_with_its_words_and_nothing_is_planned_for_it(
    http: httpx.AsyncClient, video: TakenVideo
) -> None:
    await redo(http, video, narration=["Other words."])
    answer = await http.post(f"{video.url}/scenes/1/takes/1/choose")
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == video.url
    approved = (await video.read()).state.approved
    assert approved is not None
    assert [(take.scene, take.take, take.footage.key) for take in approved.chosen] == [(1, 1, "footage-1-1")]
    script = await read_script(video.store, approved.script_key)
    assert script == video.script
    again = await http.post(f"{video.url}/scenes/2/takes/1/choose")
    assert again.status_code == 200, "it is in force already"


async def test_a_request_to_choose_that_is_sent_twice_begins_one_revision(
    http: httpx.AsyncClient, video: TakenVideo
) -> None:
    await redo(http, video, narration=["Other words."])
    headers = {"Idempotency-Key": "once"}
    first, second = [await http.post(f"{video.url}/scenes/1/takes/1/choose", headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.json()["revision"] == first.json()["revision"] == 3


async def test_of_two_simultaneous_choices_the_later_one_is_in_force(
    http: httpx.AsyncClient, video: TakenVideo
) -> None:
    await redo(http, video, narration=["Other words."])
    await redo(http, video, narration=["Third words."])
    answers = await asyncio.gather(*(http.post(f"{video.url}/scenes/1/takes/{n}/choose") for n in (1, 2)))
    assert [answer.status_code for answer in answers] == [202, 202]
    approved = (await video.read()).state.approved
    assert approved is not None
    assert approved.revision == 5, "each began a revision"
    [take] = approved.chosen
    script = await read_script(video.store, approved.script_key)
    assert (take.take == 1) == (script == video.script), "the words are those of the take"


@pytest.mark.parametrize("kind", ["footage", "narration", "audio", "code"])
async def test_a_take_whose_files_have_expired_is_refused_with_a_remedy(
    http: httpx.AsyncClient, video: TakenVideo, kind: str
) -> None:
    await redo(http, video, narration=["Other words."])
    await video.store.delete(f"{kind}-1-1")
    refused = await http.post(f"{video.url}/scenes/1/takes/1/choose")
    assert (refused.status_code, refused.json()["code"]) == (404, "gone")
    assert "POST …/redo" in refused.json()["remedy"]
    assert (await video.read()).state.revision() == 2, "nothing was begun"


async def answer_for_coder(connections: Connections, *, follows: bool) -> Responder[DescribeCoder, CoderAbilities]:
    abilities = CoderAbilities(follows_directions=follows)

    async def answer(message: DescribeCoder) -> CoderAbilities:
        return abilities

    return Responder(request=DESCRIBE_CODER, handler=answer, failed=lambda _: abilities)


async def test_a_direction_is_kept_with_the_script_and_shown(
    gateway: TestGateway, connections: Connections, video: TakenVideo
) -> None:
    async with connections.bus.answering(await answer_for_coder(connections, follows=True)):
        await redo(gateway.http, video, direction=DIRECTION)
    scene = (await gateway.http.get(video.url)).json()["scenes"][0]
    assert (scene["direction"], scene["take"]) == (DIRECTION, 2)
    script = (await gateway.http.get(f"{video.url}/script")).json()
    assert script["scenes"][0]["plan"]["direction"] == DIRECTION
    takes = (await gateway.http.get(f"{video.url}/scenes/1/takes")).json()["data"]
    assert [take["direction"] for take in takes] == [DIRECTION, None]
    await gateway.http.post(f"{video.url}/scenes/1/takes/1/choose")
    assert (await gateway.http.get(video.url)).json()["scenes"][0]["direction"] is None


async def test_a_direction_within_an_edited_script_needs_a_model_too(
    gateway: TestGateway, connections: Connections, video: TakenVideo
) -> None:
    script = (await gateway.http.get(f"{video.url}/script")).json()
    script["scenes"][0]["plan"]["direction"] = DIRECTION
    async with connections.bus.answering(await answer_for_coder(connections, follows=False)):
        refused = await gateway.http.put(f"{video.url}/script", json=script)
        assert (refused.status_code, refused.json()["code"]) == (409, "direction-needs-model")
    async with connections.bus.answering(await answer_for_coder(connections, follows=True)):
        assert (await gateway.http.put(f"{video.url}/script", json=script)).status_code == 202
    async with connections.bus.answering(await answer_for_coder(connections, follows=False)):
        script = (await gateway.http.get(f"{video.url}/script")).json()
        script["title"] = "Another title"
        kept = await gateway.http.put(f"{video.url}/script", json=script)
        assert kept.status_code == 202, "a direction that was followed before is no reason to refuse another change"


async def test_a_direction_that_no_model_can_follow_is_refused_before_anything_is_spent(
    gateway: TestGateway, connections: Connections, video: TakenVideo
) -> None:
    async with connections.bus.answering(await answer_for_coder(connections, follows=False)):
        refused = await gateway.http.post(f"{video.url}/scenes/1/redo", json={"direction": DIRECTION})
        taken_back = await gateway.http.post(f"{video.url}/scenes/1/redo", json={"direction": ""})
    assert (refused.status_code, refused.json()["code"]) == (409, "direction-needs-model")
    assert "PUT …/code" in refused.json()["remedy"]
    assert taken_back.status_code == 202


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"direction": "x" * 501}, "/direction"),
        ({"direction": "a\u202eb"}, "/direction"),
        ({"voice": "../etc"}, "/voice"),
        ({"directions": "x"}, "/directions"),
    ],
)
async def test_a_redo_names_the_field_that_is_wrong(
    http: httpx.AsyncClient, video: TakenVideo, body: dict[str, str], pointer: str
) -> None:
    refused = await http.post(f"{video.url}/scenes/1/redo", json=body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_redo_that_is_sent_twice_begins_one_revision(http: httpx.AsyncClient, video: TakenVideo) -> None:
    headers = {"Idempotency-Key": "again"}
    answers = [await http.post(f"{video.url}/scenes/1/redo", headers=headers) for _ in range(2)]
    assert [answer.json()["revision"] for answer in answers] == [2, 2]
    assert (await video.read()).state.revision() == 2


async def test_a_scene_keeps_its_salt_when_only_its_picture_changes(
    http: httpx.AsyncClient, connections: Connections
) -> None:
    video = TakenVideo(connections)
    await video.request()
    await video.write_script()
    await video.publish(e.ScenePlanned, scene=1, script_key=video.script_key, options=video.options, salt="once")
    await video.take(1, 1)
    await http.post(f"{video.url}/scenes/1/redo", json={"voice": "en-GB"})
    approved = (await video.read()).state.approved
    assert approved is not None
    assert approved.salts == {1: "once"}
