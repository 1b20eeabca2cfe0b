"""Other forms of a video: new videos of the same script that share what is the same."""

from __future__ import annotations

import httpx
import pytest
from unit.gateway.gateways import gateway_in_process
from unit.gateway.keyed import client_of
from unit.gateway.published_video import PublishedVideo

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.options import Variant
from lectern.gateway.script_store import read_script
from lectern.worker import Connections

NARRATION = e.NarrationRef(key="n", audio_key="a", seconds=4.5, beats=2)


@pytest.fixture
async def video(connections: Connections) -> PublishedVideo:
    """A finished video whose first scene a model drew, after a redo of it."""
    video = PublishedVideo(connections)
    await video.request()
    await video.write_script()
    made = {"script_key": video.script_key, "options": video.options, "narration": NARRATION}
    footage = e.FootageRef(key="f", frames=135, fps=30)
    model = e.CodeRef(key="cache/code/m.py", origin="model")
    await video.publish(e.SceneRendered, scene=1, salt="once", code=model, footage=footage, **made)
    await video.render(2)
    await video.complete()
    return video


async def make(http: httpx.AsyncClient, video: PublishedVideo, *variants: object, **headers: str) -> httpx.Response:
    return await http.post(
        f"{video.url}/variants",
        json={"variants": variants},
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


async def read_request(video: PublishedVideo, new: dict[str, object]) -> e.VideoRequested:
    requested = (await video.event_log.read(str(new["id"]))).state.requested
    assert requested is not None
    return requested


def get_variant(requested: e.VideoRequested) -> Variant:
    assert requested.variant is not None
    return requested.variant


async def test_each_variant_is_a_video_of_its_own_with_what_is_different(
    http: httpx.AsyncClient, video: PublishedVideo
) -> None:
    answer = await make(http, video, {"aspect": "9:16"}, {"theme": "light", "music": "calm"})
    assert answer.status_code == 202, answer.text
    upright, light = answer.json()["data"]
    assert (upright["parent"], light["parent"]) == (video.video_id, video.video_id)
    assert (upright["options"]["aspect"], upright["options"]["theme"]) == ("9:16", "dark")
    assert (light["options"]["aspect"], light["options"]["theme"], light["options"]["music"]) == (
        "16:9",
        "light",
        "calm",
    )
    assert answer.headers["location"] == f"/v1/videos/{upright['id']}"


async def test_a_variant_gets_the_script_as_it_is_and_what_its_scenes_offer(
    http: httpx.AsyncClient, video: PublishedVideo
) -> None:
    [made] = (await make(http, video, {"quality": "high"})).json()["data"]
    variant = get_variant(await read_request(video, made))
    assert variant.script_key.startswith(keys.video_folder(str(made["id"])))
    assert await read_script(video.store, variant.script_key) == video.script
    first, second = variant.scenes
    assert (first.salt, first.code_key) == ("once", "cache/code/m.py")
    assert second.code_key == "", "a template is written anew for each form"
    assert first.scene_digest == keys.digest(video.script.scene(1))


async def test_a_variant_in_another_language_is_a_dub(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    german, english = (await make(http, video, {"language": "de"}, {"language": "en", "theme": "light"})).json()["data"]
    dubbed = await read_request(video, german)
    assert dubbed.brief.dub is not None
    assert dubbed.brief.dub.codes == ("cache/code/m.py", "code2")
    assert (dubbed.options.language, get_variant(dubbed).scenes) == ("de", ())
    assert (await read_request(video, english)).brief.dub is None, "it is in English already"


async def test_a_request_for_variants_that_is_sent_twice_makes_them_once(
    http: httpx.AsyncClient, video: PublishedVideo
) -> None:
    first = await make(http, video, {"aspect": "1:1"}, {"aspect": "9:16"}, Idempotency_Key="k")
    second = await make(http, video, {"aspect": "1:1"}, {"aspect": "9:16"}, Idempotency_Key="k")
    assert [each["id"] for each in first.json()["data"]] == [each["id"] for each in second.json()["data"]]
    other = await make(http, video, {"aspect": "1:1"}, Idempotency_Key="k")
    assert other.json()["code"] == "idempotency-key-reused"


@pytest.mark.parametrize(
    ("variants", "pointer"),
    [
        ([], "/variants"),
        ([{}], "/variants/0"),
        ([{"aspect": "4:3"}], "/variants/0/aspect"),
        ([{"theme": "light"}, {"review": True}], "/variants/1/review"),
        ([{"theme": "light"}, {"captions": "off", "burn_captions": True}], "/variants/1"),
        ([{"music": "loud"}], "/variants/0/music"),
        ([{"theme": "light"}] * 21, "/variants"),
    ],
    ids=["none", "no difference", "shape", "unknown", "nothing to burn", "music", "too many"],
)
async def test_a_request_for_variants_names_the_field_that_is_wrong(
    http: httpx.AsyncClient, video: PublishedVideo, variants: list[object], pointer: str
) -> None:
    refused = await make(http, video, *variants)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_a_script_that_waits_for_approval_has_no_variants(
    http: httpx.AsyncClient, connections: Connections
) -> None:
    video = PublishedVideo(connections, review=True)
    await video.request()
    early = await make(http, video, {"theme": "light"})
    await video.write_script()
    waiting = await make(http, video, {"theme": "light"})
    assert [(each.status_code, each.json()["code"]) for each in (early, waiting)] == [(409, "invalid-state")] * 2


async def test_a_variant_has_its_owners_own_music(connections: Connections) -> None:
    async with gateway_in_process(connections, require_keys=True) as gateway, client_of(gateway, "alice") as alice:
        video = PublishedVideo(connections, owner="alice")
        await video.finish()
        track = "ab" * 32
        await connections.store.put(keys.asset(track, "alice"), b"sound", "audio/mpeg")
        answer = await make(alice, video, {"music": track})
        assert answer.status_code == 202, answer.text
        [made] = answer.json()["data"]
        assert (await read_request(video, made)).options.music_key == keys.asset(track, "alice")


async def test_a_variant_or_dub_outlives_its_original(http: httpx.AsyncClient, video: PublishedVideo) -> None:
    light, german = (await make(http, video, {"theme": "light"}, {"language": "de"})).json()["data"]
    dubbed = (await http.post(f"{video.url}/dub", json={"language": "fr"})).json()
    assert (await http.delete(video.url)).status_code == 204
    for made in (light, german, dubbed):
        requested = await read_request(video, made)
        dub = requested.brief.dub
        key = dub.script_key if dub else get_variant(requested).script_key
        assert await read_script(video.store, key) == video.script
