"""Quotas where work begins: every route that makes a video, or makes an ended one again, asks for room first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from unit.gateway.gateways import TestGateway, gateway_in_process
from unit.gateway.images import make_png
from unit.gateway.keyed import client_of
from unit.gateway.published_video import OUT_OF_MEMORY, PublishedVideo

from lectern.contracts import events as e
from lectern.contracts.api_keys import SCOPES, Quotas
from lectern.contracts.requests import CHECK_SCENE, DESCRIBE_CODER, CoderAbilities, SceneVerdict
from lectern.contracts.usage import Usage
from lectern.gateway.routes import ROUTERS
from lectern.worker import Connections, Responder

TOPIC = {"topic": "Leaves"}
SOURCE = "class Mine(NarratedScene):\n    def construct(self):\n        with self.beat():\n            pass\n"

# What each route that makes work is sent. A route that is in neither list fails the test below by name.
MAKING: dict[str, dict[str, Any]] = {
    "POST /v1/videos": {"json": TOPIC},
    "POST /v1/batches": {"json": {"requests": [TOPIC]}},
    "POST /v1/videos/{video_id}/dub": {"json": {"language": "de"}},
    "POST /v1/videos/{video_id}/variants": {"json": {"variants": [{"theme": "light"}]}},
    "PUT /v1/videos/{video_id}/script": {},  # the script with another title for scene 1
    "POST /v1/videos/{video_id}/scenes/{number}/redo": {},
    "POST /v1/videos/{video_id}/retry": {},
    "PUT /v1/videos/{video_id}/scenes/{number}/code": {
        "content": SOURCE,
        "headers": {"Content-Type": "text/x-python"},
    },
    "POST /v1/videos/{video_id}/scenes/{number}/takes/{revision}/choose": {},
    "POST /createvideo": {"json": {"input": "Leaves", "id": 7}},
    "POST /create-video": {"json": TOPIC},
    "POST /generate-script": {"json": TOPIC},
}
NOTHING_NEW = {
    "PATCH /v1/videos/{video_id}",
    "DELETE /v1/videos/{video_id}",
    "POST /v1/videos/{video_id}/cancel",
    "POST /v1/batches/{batch_id}/cancel",
    "POST /v1/videos/estimate",
    "POST /v1/videos/{video_id}/dub/estimate",
    "POST /v1/videos/{video_id}/scenes/{number}/redo/estimate",
    "POST /v1/videos/{video_id}/variants/estimate",
    "POST /v1/videos/{video_id}/approve",  # of a video that waits, and so counts already
    "POST /v1/videos/{video_id}/scenes/{number}/code/check",
    "POST /v1/assets",
    "POST /v1/keys",
    "DELETE /v1/keys/{key_id}",
    "POST /v1/session",
    "DELETE /v1/session",
    "POST /v1/videos/{video_id}/shares",
    "DELETE /v1/videos/{video_id}/shares/{share_id}",
    "POST /v1/webhooks",
    "PATCH /v1/webhooks/{webhook_id}",
    "DELETE /v1/webhooks/{webhook_id}",
    "POST /v1/webhooks/{webhook_id}/rotate-secret",
    "POST /v1/webhooks/{webhook_id}/test",
    "POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
}


class EndedVideo(PublishedVideo):
    """A video of alice with two takes of scene 1, its files in the store."""

    async def make(self) -> None:
        """Publish all of it; scene 2 failed at first, so that there is something to retry."""
        await self.request()
        await self.write_script()
        await self.take(1, 1)
        await self.take(1, 2)
        await self.publish(e.SceneFailed, scene=2, stage="renderer", problem=OUT_OF_MEMORY)

    async def take(self, scene: int, revision: int) -> None:
        """Render a scene in a revision."""
        names = {kind: f"{kind}-{scene}-{revision}" for kind in ("footage", "narration", "audio", "code")}
        for name in names.values():
            await self.store.put(name, name.encode(), "application/octet-stream")
        await self.publish(
            e.SceneRendered,
            scene=scene,
            revision=revision,
            script_key=self.script_key,
            options=self.options,
            narration=e.NarrationRef(key=names["narration"], audio_key=names["audio"], seconds=4.5, beats=2),
            code=e.CodeRef(key=names["code"], origin="model"),
            footage=e.FootageRef(key=names["footage"], frames=135, fps=30),
        )


async def answer_for_others(stack: AsyncExitStack, connections: Connections) -> None:
    """A coder and a renderer that agree to everything."""
    ok, able = SceneVerdict(ok=True, render_seconds=1.0), CoderAbilities(follows_directions=True)

    def say(reply: Any) -> Callable[[Any], Any]:
        async def answer(_: Any) -> Any:
            return reply

        return answer

    for request, reply in ((CHECK_SCENE, ok), (DESCRIBE_CODER, able)):
        responder: Responder[Any, Any] = Responder(request=request, handler=say(reply), failed=lambda _, r=reply: r)
        await stack.enter_async_context(connections.bus.answering(responder))


@pytest.fixture
async def keyed(connections: Connections) -> AsyncIterator[TestGateway]:
    """A gateway that asks for keys, with a coder and a renderer that answer."""
    async with AsyncExitStack() as stack:
        await answer_for_others(stack, connections)
        yield await stack.enter_async_context(gateway_in_process(connections, require_keys=True, compat_wait=0))


async def ask(http: httpx.AsyncClient, route: str, video: PublishedVideo) -> httpx.Response:
    """Send what a route makes work of."""
    method, _, path = route.partition(" ")
    sent = dict(MAKING[route])
    path = path.replace("{video_id}", video.video_id).replace("{number}", "1").replace("{revision}", "1")
    if path.endswith("/script"):
        script = (await http.get(path)).json()
        script["scenes"][0]["title"] = "Another"
        sent = {"json": script}
    return await http.request(method, path, **sent)


def test_every_route_that_changes_something_is_known_to_make_work_or_not() -> None:
    changing = {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods - {"GET", "HEAD"}
    }
    assert changing == MAKING.keys() | NOTHING_NEW, "does the new route make work? Then test here that it asks for room"


@pytest.mark.parametrize("route", MAKING)
async def test_work_begins_only_where_a_quota_has_room(
    keyed: TestGateway, connections: Connections, route: str
) -> None:
    ended, busy = EndedVideo(connections, owner="alice"), PublishedVideo(connections, owner="alice")
    await ended.make()
    await (ended.complete() if "dub" in route or "variants" in route or "choose" in route else ended.fail())
    if "dub" in route:  # a dub needs the code of every scene
        await ended.take(2, 1)
    async with client_of(keyed, "alice", scopes=SCOPES, quotas=Quotas(videos_at_once=1)) as alice:
        await busy.request()
        before = len(await ended.read()), len(keyed.deps.views.list_owned("alice"))
        refused = await ask(alice, route, ended)
        assert refused.status_code == 429, refused.text
        assert "videos-at-once" in refused.text
        assert (len(await ended.read()), len(keyed.deps.views.list_owned("alice"))) == before
        assert (await alice.post(f"{busy.url}/cancel")).status_code == 202
        accepted = await ask(alice, route, ended)
        assert accepted.status_code in (200, 202), accepted.text


@pytest.fixture
async def cramped(connections: Connections, tmp_path: Path) -> AsyncIterator[TestGateway]:
    """A gateway whose store may hold a megabyte, and holds two: the file `ballast`."""
    (tmp_path / "ballast").write_bytes(bytes(2_000_000))
    async with AsyncExitStack() as stack:
        await answer_for_others(stack, connections)
        limits = {"s3_folder": tmp_path, "store_limit_gb": 0.001}
        yield await stack.enter_async_context(gateway_in_process(connections, compat_wait=0, **limits))


@pytest.mark.parametrize("route", MAKING)
async def test_work_begins_only_where_the_store_has_room(
    cramped: TestGateway, connections: Connections, route: str, tmp_path: Path
) -> None:
    ended = EndedVideo(connections)
    await ended.make()
    await (ended.complete() if "dub" in route or "variants" in route or "choose" in route else ended.fail())
    if "dub" in route:
        await ended.take(2, 1)
    before = len(await ended.read()), len(cramped.deps.views.list_all())
    refused = await ask(cramped.http, route, ended)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60"), refused.text
    assert "he object store holds 2 MB, and may hold 1 MB" in refused.text
    assert (len(await ended.read()), len(cramped.deps.views.list_all())) == before
    (tmp_path / "ballast").unlink()
    accepted = await ask(cramped.http, route, ended)
    assert accepted.status_code in (200, 202), accepted.text


async def test_without_room_uploads_are_refused_and_what_is_made_goes_on(
    cramped: TestGateway, connections: Connections, tmp_path: Path
) -> None:
    waiting = PublishedVideo(connections, review=True)
    await waiting.request()
    await waiting.write_script()
    refused = await cramped.http.post("/v1/assets", content=make_png(8, 8), headers={"Content-Type": "image/png"})
    assert (refused.status_code, refused.json()["code"]) == (503, "store-nearly-full")
    assert "Delete videos" in refused.json()["remedy"]
    assert (await cramped.http.post(f"{waiting.url}/approve")).status_code == 202
    assert (await cramped.http.post(f"{waiting.url}/cancel")).status_code == 202
    ready = await cramped.http.get("/readyz")
    assert ready.status_code == 200, "what is there is served"
    assert ready.json()["checks"]["room"].startswith("refusing new videos: the object store holds 2 MB")
    (tmp_path / "ballast").unlink()
    assert (await cramped.http.get("/readyz")).json()["checks"]["room"] == "ok"


async def test_an_ended_video_that_is_made_again_takes_the_place_of_a_new_one(
    keyed: TestGateway, connections: Connections
) -> None:
    async with client_of(keyed, "alice", quotas=Quotas(videos_at_once=2, videos_per_day=1)) as alice:
        first, second, third = [EndedVideo(connections, owner="alice") for _ in range(3)]
        for video in (first, second, third):
            await video.make()
            await video.fail()
        answers = [(await alice.post(f"{video.url}/retry")).status_code for video in (first, second, third)]
        assert answers == [202, 202, 429]
        assert (await alice.get("/v1/account")).json()["use"]["videos_today"] == 0, "they are no new videos"


async def test_work_that_begins_again_may_cost_what_the_day_has_left(
    keyed: TestGateway, connections: Connections
) -> None:
    spent = (Usage(kind="model", name="m", cost_usd=3.0),)
    old = [EndedVideo(connections, owner="alice") for _ in range(3)]
    for video in old:
        await video.make()
        await video.publish(e.VideoFailed, problem=OUT_OF_MEMORY, spent=spent)  # 9 dollars today
    async with client_of(keyed, "alice", quotas=Quotas(dollars_per_day=10.0)) as alice:
        ceilings = []
        for video in old[:1]:
            answer = await alice.post(f"{video.url}/retry")
            ceilings.append(answer.json()["options"]["max_cost_usd"])
        assert ceilings == [4.0], "what it has cost, and a tenth of the day's"
        refused = await alice.post(f"{old[1].url}/retry")
        assert (refused.status_code, "dollars-per-day" in refused.json()["detail"]) == (429, True)


async def test_variants_begin_together_or_not_at_all(keyed: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections, owner="alice")
    await video.finish()
    wanted = {"variants": [{"theme": "light"}, {"aspect": "9:16"}, {"aspect": "1:1"}]}
    async with client_of(keyed, "alice", quotas=Quotas(videos_per_day=2)) as alice:
        assert (await alice.post(f"{video.url}/variants", json=wanted)).status_code == 429
        assert len((await alice.get("/v1/videos")).json()["data"]) == 1, "no variant without the others"
        two = {"variants": wanted["variants"][:2]}
        assert (await alice.post(f"{video.url}/variants", json=two)).status_code == 202


async def test_a_variants_own_track_is_its_owners(keyed: TestGateway, connections: Connections) -> None:
    video = PublishedVideo(connections, owner="alice")
    await video.finish()
    async with client_of(keyed, "alice") as alice:
        track = {"content": b"ID3" + bytes(64), "headers": {"Content-Type": "audio/mpeg"}}
        uploaded = (await alice.post("/v1/assets", **track)).json()["id"]
        made = await alice.post(f"{video.url}/variants", json={"variants": [{"music": uploaded}]})
        requested = (await connections.event_log.read(made.json()["data"][0]["id"])).state.requested
        assert requested
        assert await connections.store.head(requested.options.music_key), "the track that the video will be given"
