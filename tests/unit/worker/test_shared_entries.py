"""What videos share in the cache: it is kept for as long as one of them names it, by a real log and a real store."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Collection

import pytest
from nats.aio.client import Client
from unit.worker.pipeline_events import planned

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.ids import new_id
from lectern.contracts.options import VideoOptions
from lectern.worker import JetStreamEventLog, Settings, delete_expired, find_bucket, find_named_entries, open_store

pytestmark = pytest.mark.slow
NAMES = {kind: keys.digest(kind) for kind in ("narration", "code", "footage")}
NARRATION, AUDIO = (
    keys.cache("narration", NAMES["narration"], "json"),
    keys.cache("narration", NAMES["narration"], "flac"),
)
BILL, CODE = keys.narration_bill(NAMES["narration"]), keys.cache("code", NAMES["code"], "py")
FOOTAGE = keys.cache("footage", NAMES["footage"], "mp4")
SHARED = sorted((NARRATION, AUDIO, BILL, CODE, FOOTAGE))
UNCOUNTED = keys.cache("preflight", keys.digest(1), "json")


@pytest.fixture
async def own(settings: Settings) -> Settings:
    """A bucket of its own."""
    found = settings.model_copy(update={"s3_bucket": f"bucket-{new_id()}"})
    await find_bucket(found, make=True)
    return found


def rendered(video: str) -> e.SceneRendered:
    """A scene made of all that is shared."""
    return e.SceneRendered(
        video_id=video, scene=1, script_key="s", options=VideoOptions(),
        narration=e.NarrationRef(key=NARRATION, audio_key=AUDIO, seconds=1.0, beats=1),
        code=e.CodeRef(key=CODE, origin="template"), footage=e.FootageRef(key=FOOTAGE, frames=30, fps=30),
    )  # fmt: skip


def tell(days: float) -> datetime.datetime:
    """The time in so many days."""
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)


async def delete(log: JetStreamEventLog, video: str) -> None:
    """What is left of a video in the log when its user has deleted it."""
    await log.publish(e.VideoDeleted(video_id=video))
    await log.erase(video)


async def test_a_shared_entry_outlives_its_first_video_and_goes_with_its_last(own: Settings, nats: Client) -> None:
    log, first, second = JetStreamEventLog(nats), new_id(), new_id()
    sweep = functools.partial(delete_expired, find_named=functools.partial(find_named_entries, nats))
    async with open_store(own) as store:
        for key in (*SHARED, UNCOUNTED):
            await store.put(key, b"1", "text/plain")
        for video in (first, second):
            await log.publish(planned(video))
            await log.publish(rendered(video))
        assert await sweep(own, tell(37)) == 0
        await delete(log, first)
        assert await sweep(own, tell(37)) == 0, "the second uses all of it"
        brief = own.model_copy(update={"keep_cache_days": 3})
        assert await sweep(brief, tell(4)) == 1, "by age goes only what events do not name"
        assert await store.list_keys("") == SHARED
        await delete(log, second)
        assert await sweep(own, tell(7.9)) == 0, "who begins to use it now has not said so yet"
        assert await sweep(own, tell(8.1)) == len(SHARED)
        assert await sweep(own, tell(8.1)) == 0
        assert await store.list_keys("") == []


async def test_what_a_video_begins_to_use_while_it_is_swept_stays(own: Settings, nats: Client) -> None:
    log, video = JetStreamEventLog(nats), new_id()
    async with open_store(own) as store:
        await store.put(FOOTAGE, b"1", "video/mp4")
        await store.put(CODE, b"1", "text/x-python")

        async def be_named_meanwhile(entries: Collection[str]) -> set[str]:
            await log.publish(e.SceneCoded(**{
                name: getattr(rendered(video), name) for name in e.SceneCoded.__struct_fields__
                if hasattr(rendered(video), name) and name not in ("at", "began", "cause")
            }))  # fmt: skip
            return await find_named_entries(nats, entries)

        async def be_used_meanwhile(entries: Collection[str]) -> set[str]:
            before = await store.head(FOOTAGE)
            while before == (now := await store.head(FOOTAGE)) and now:
                await store.copy(FOOTAGE, FOOTAGE)  # as a use of what is older than a week does
            return await find_named_entries(nats, entries)

        assert await delete_expired(own, tell(9), be_used_meanwhile) == 1, "the code, which nobody uses"
        await store.put(CODE, b"1", "text/x-python")
        assert await delete_expired(own, tell(9), be_named_meanwhile) == 1, "the footage, which nobody uses"
        assert await store.list_keys("") == [CODE]


async def test_while_the_log_does_not_answer_nothing_that_it_may_name_is_deleted(own: Settings) -> None:
    async def fail(_: Collection[str]) -> set[str]:
        raise TimeoutError

    async with open_store(own) as store:
        await store.put(FOOTAGE, b"1", "video/mp4")
        with pytest.raises(TimeoutError):
            await delete_expired(own, tell(100), fail)
        assert await store.list_keys("") == [FOOTAGE]
