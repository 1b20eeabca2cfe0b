"""The files of one scene: made on demand by a composer, each as soon as its stage has answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.derived_files import AnyDerivedFile, derived_key, derived_media_type
from lectern.contracts.narration import BeatSpan, Narration, Word
from lectern.contracts.problems import Problem
from lectern.contracts.requests import MAKE_FILE, FileMade, MakeFile
from lectern.worker import Connections, Responder

NARRATION = Narration(
    seconds=4.5,
    samples=216_000,
    words=tuple(
        Word(text=text, start=place * 0.5, end=place * 0.5 + 0.4, beat=beat)
        for place, (text, beat) in enumerate([("Light", 0), ("falls.", 0), ("It", 0), ("stays.", 0), ("Sugar.", 1)])
    ),
    beats=(BeatSpan(start=0, end=3, text="Light falls. It stays."), BeatSpan(start=3, end=4.5, text="Sugar.")),
    voice="test",
    engine="test",
    timing="exact",
)


@pytest.fixture
async def video(connections: Connections) -> PublishedVideo:
    """A video whose first scene is rendered and whose second is planned."""
    video = PublishedVideo(connections)
    await connections.store.put_json("n", NARRATION)
    await connections.store.put("a", b"fLaC sound", "audio/flac")
    await connections.store.put("footage", b"silent", "video/mp4")
    await video.request()
    await video.write_script()
    await video.plan(1)
    await video.plan(2)
    await video.render(1)
    return video


@pytest.fixture
async def made(connections: Connections) -> AsyncIterator[list[MakeFile]]:
    """What a composer was asked to make."""
    asked: list[MakeFile] = []

    async def answer(message: MakeFile) -> FileMade:
        asked.append(message)
        await connections.store.put(derived_key(message.file), b"0123456789", derived_media_type(message.file))
        return FileMade(key=derived_key(message.file), bytes=10)

    responder = Responder(request=MAKE_FILE, handler=answer, failed=lambda _: FileMade())
    async with connections.bus.answering(responder):
        yield asked


FILES = [("video", "video/mp4"), ("still", "image/jpeg"), ("narration", "audio/mp4")]


@pytest.mark.parametrize(("name", "media_type"), FILES)
async def test_a_file_is_made_when_it_is_first_asked_for_and_kept(
    http: httpx.AsyncClient, video: PublishedVideo, made: list[MakeFile], name: str, media_type: str
) -> None:
    shown = (await http.get(video.url)).json()["scenes"][0]
    assert shown[name] == f"{video.url}/scenes/1/{name}"
    whole = await http.get(shown[name])
    part = await http.get(shown[name], headers={"Range": "bytes=2-4"})
    head = await http.head(shown[name])
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, b"0123456789", media_type)
    assert (part.status_code, part.content) == (206, b"234")
    assert (head.status_code, head.headers["content-length"], head.headers["etag"]) == (
        200, "10", whole.headers["etag"],
    )  # fmt: skip
    assert [(asked.video_id, asked.owner) for asked in made] == [(video.video_id, "")]


async def test_the_original_sound_needs_no_composer(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    answer = await http.get(f"{video.url}/scenes/1/narration?format=flac&download=1")
    assert (answer.status_code, answer.content) == (200, b"fLaC sound")
    assert "scene-1.flac" in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ["video", "still", "narration", "words"])
async def test_what_is_not_made_yet_says_what_to_wait_for(
    http: httpx.AsyncClient, video: PublishedVideo, made: list[MakeFile], name: str
) -> None:
    assert (await http.get(video.url)).json()["scenes"][1][name] is None
    answer = await http.get(f"{video.url}/scenes/2/{name}")
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid-state")
    assert "scene 2" in answer.json()["remedy"]
    assert (await http.get(f"{video.url}/scenes/9/{name}")).json()["code"] == "no-such-scene"
    assert not made


async def test_without_a_composer_a_client_is_told_to_retry(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    answer = await http.get(f"{video.url}/scenes/1/video")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["code"] == "dependency-unavailable"


@pytest.mark.parametrize(("code", "status"), [("gone", 404), ("footage-unfit", 503)])
async def test_a_file_that_cannot_be_made_says_why(
    http: httpx.AsyncClient, video: PublishedVideo, connections: Connections, code: str, status: int
) -> None:
    problem = Problem(code=code, title="No", detail="It is lost.", remedy="Redo the scene.")

    async def answer(_: MakeFile) -> FileMade:
        return FileMade(problem=problem)

    async with connections.bus.answering(
        Responder(request=MAKE_FILE, handler=answer, failed=lambda _: FileMade(problem=problem))
    ):
        said = await http.get(f"{video.url}/scenes/1/video")
    assert (said.status_code, said.json()["code"], said.json()["remedy"]) == (status, code, "Redo the scene.")


async def test_each_word_has_its_time_its_beat_and_its_sentence(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    answer = await http.get(f"{video.url}/scenes/1/words")
    words = answer.json()
    assert [(word["text"], word["beat"], word["sentence"]) for word in words["words"]] == [
        ("Light", 1, 1), ("falls.", 1, 1), ("It", 1, 2), ("stays.", 1, 2), ("Sugar.", 2, 1),
    ]  # fmt: skip
    assert [beat["end"] for beat in words["beats"]] == [3, 4.5]
    again = await http.get(f"{video.url}/scenes/1/words", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_scene_made_again_has_another_file(
    http: httpx.AsyncClient, video: PublishedVideo, connections: Connections, made: list[MakeFile]
) -> None:
    await http.get(f"{video.url}/scenes/1/video")
    video.revision = 2
    await video.plan(1)
    assert (await http.get(f"{video.url}/scenes/1/video")).status_code == 409
    await connections.store.put("other", b"silent", "video/mp4")
    await video.render(1, key="other")
    await http.get(f"{video.url}/scenes/1/video")
    files: list[AnyDerivedFile] = [asked.file for asked in made]
    assert len({derived_key(file) for file in files}) == 2


async def test_the_finished_video_has_a_transcript_with_times(
    http: httpx.AsyncClient, video: PublishedVideo, connections: Connections
) -> None:
    await connections.store.put("t", b"{}", "application/json")
    await video.render(2)
    await video.complete(e.Output(kind="transcript_json", key="t", media_type="application/json", bytes=2))
    answer = await http.get(f"{video.url}/content?variant=transcript_json&download=1")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert "the-leaf.json" in answer.headers["content-disposition"]
