"""Queue places and forecasts: from the work left on all videos, slots that are there, and live times of stages."""

from __future__ import annotations

import heapq
import math
import random
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import msgspec
import pytest
from unit.gateway.gateways import TestGateway
from unit.gateway.published_video import OUT_OF_MEMORY, PublishedVideo

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.options import VideoOptions
from lectern.contracts.requests import Progress, WorkerSign
from lectern.gateway.outlook.forecast import AtWork, Backlog, Forecast, WaitingVideo, forecast
from lectern.gateway.outlook.stage_times import KEPT, START_TIMES, StageTime, StageTimes, TimeSample, summarise
from lectern.gateway.outlook.workforce import FORGOTTEN_SECONDS, Workforce
from lectern.gateway.workload import STAGES, StageWork, Workload, measure_units, measure_workload
from lectern.worker import Connections
from lectern.worker.testing import MemoryKeyValueStore, memory_connections

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SLOTS = {"scripting": 4, "voicing": 4, "coding": 4, "rendering": 2, "composing": 2}
SERVICES = ("scripter", "voice", "coder", "renderer", "composer")


def exactly(seconds: float) -> StageTime:
    return StageTime(mean=seconds, p50=seconds, p90=seconds, samples=50)


def times_of(**seconds: float):  # type: ignore[no-untyped-def]
    return lambda stage, _: exactly(seconds.get(stage, 0.0))


def waiting(number: int, *, owner: str = "", scenes: int = 3, rendering: float = 10.0, **more: object) -> WaitingVideo:
    """A video whose scenes only wait to be rendered, each for `rendering` units."""
    stages = {"rendering": StageWork(items=scenes, units=scenes * rendering, ready=scenes, since=AT)}
    work = Workload(lane="fast", quality="draft", stages=stages, scripted=True)
    video_id = f"v{number}"
    return WaitingVideo(video_id=video_id, party=owner or video_id, work=msgspec.structs.replace(work, **more))


def test_a_video_alone_takes_as_long_as_its_slowest_stage() -> None:
    video, times = waiting(1, scenes=4), times_of(rendering=1.0)
    found = forecast(video, Backlog([video], times), SLOTS, times)
    assert found is not None
    assert found.seconds == 20
    assert found.low < 20 < found.high


def test_one_scene_cannot_use_two_slots() -> None:
    video, times = waiting(1, scenes=1), times_of(rendering=1.0)
    found = forecast(video, Backlog([video], times), {**SLOTS, "rendering": 8}, times)
    assert found is not None
    assert found.seconds == 10


def test_others_delay_a_video_by_no_more_than_its_own_share() -> None:
    """A short video beside a very long one waits for as much of that as it needs itself."""
    short, long, times = waiting(1, scenes=2), waiting(2, scenes=500), times_of(rendering=1.0)
    found = forecast(short, Backlog([short, long], times), SLOTS, times)
    assert found is not None
    assert 15 <= found.seconds <= 20


def test_an_owner_with_a_hundred_videos_counts_as_one_party() -> None:
    mine = waiting(0, owner="me", scenes=2)
    others = [waiting(number, owner="them") for number in range(1, 101)]
    times = times_of(rendering=1.0)
    found = forecast(mine, Backlog([mine, *others], times), SLOTS, times)
    last = forecast(others[-1], Backlog([mine, *others], times), SLOTS, times)
    assert found is not None
    assert last is not None
    assert 15 <= found.seconds <= 20
    assert last.seconds == pytest.approx((100 * 30 + 20) / 2, rel=0.2)


def test_bulk_videos_wait_for_all_others_and_never_delay_them() -> None:
    fast, bulk, times = waiting(1), waiting(2, lane="bulk"), times_of(rendering=1.0)
    backlog = Backlog([fast, bulk], times)
    first, second = forecast(fast, backlog, SLOTS, times), forecast(bulk, backlog, SLOTS, times)
    assert first is not None
    assert second is not None
    assert (first.seconds, second.seconds) == (15, 30)


def test_nothing_is_promised_where_nobody_works() -> None:
    video, times = waiting(1), times_of(rendering=1.0)
    assert forecast(video, Backlog([video], times), {**SLOTS, "rendering": 0}, times) is None


def test_what_is_done_of_a_scene_counts() -> None:
    video, times = waiting(1, scenes=2), times_of(rendering=1.0)
    found = forecast(video, Backlog([video], times), SLOTS, times, {"rendering": AtWork(2, 1.5)})
    assert found is not None
    assert found.seconds == 5


def test_confidence_grows_with_what_was_measured() -> None:
    video = waiting(1)

    def look(samples: int, *, scripted: bool = True) -> Forecast:
        def find(stage: str, work: Workload) -> StageTime:
            return StageTime(mean=1, p50=1, p90=2, samples=samples)

        subject = msgspec.structs.replace(video, work=msgspec.structs.replace(video.work, scripted=scripted))
        found = forecast(subject, Backlog([subject], find), SLOTS, find)
        assert found is not None
        return found

    assert [look(samples).confidence for samples in (0, 5, 20)] == ["low", "medium", "high"]
    unsure = look(50, scripted=False)
    assert unsure.confidence == "low"
    assert unsure.high / unsure.low > look(50).high / look(50).low


class ModelledPipeline:
    """The pipeline in exact seconds: each stage gives its slots to videos in turn, as the worker's loop does.

    `scatter` is the factor by which a scene of a video takes longer in a stage than others do.
    """

    def __init__(
        self,
        videos: dict[str, list[float]],
        seconds: dict[str, float],
        scatter: Callable[[str, str, int], float] = lambda *_: 1.0,
    ) -> None:
        self.seconds = seconds
        self._scatter = scatter
        self.lengths = videos
        self.finished: dict[str, float] = {}
        self._waiting: dict[str, list[tuple[str, int, float]]] = {stage: [] for stage in STAGES}
        self._free = dict(SLOTS)
        self._served: dict[tuple[str, str], float] = {}
        self._done: dict[str, dict[int, int]] = {video: {} for video in videos}
        self._running: list[tuple[float, str, str, int, float]] = []
        self.now = 0.0
        for video, scenes in videos.items():
            for scene in range(len(scenes)):
                self._waiting["voicing"].append((video, scene, 0.0))

    def run_until(self, end: float) -> None:
        self._begin()
        while self._running and self._running[0][0] <= end:
            self.now, stage, video, scene, _ = heapq.heappop(self._running)
            self._free[stage] += 1
            following = STAGES[STAGES.index(stage) + 1] if stage != "composing" else ""
            if not following:
                self.finished[video] = self.now
            elif following == "composing":
                self._done[video][scene] = 4
                if all(self._done[video].get(each) == 4 for each in range(len(self.lengths[video]))):
                    self._waiting["composing"].append((video, -1, self.now))
            else:
                self._waiting[following].append((video, scene, self.now))
            self._begin()
        self.now = end

    def _begin(self) -> None:
        for stage in STAGES[1:]:
            while self._free[stage] and self._waiting[stage]:
                job = min(self._waiting[stage], key=lambda job: (self._served.get((stage, job[0]), 0.0), job[2]))
                self._waiting[stage].remove(job)
                video, scene, _ = job
                length = sum(self.lengths[video]) if scene < 0 else self.lengths[video][scene]
                takes = self.seconds[stage] * measure_units(stage, length) * self._scatter(stage, video, scene)
                self._served[stage, video] = self._served.get((stage, video), 0.0) + takes
                self._free[stage] -= 1
                heapq.heappush(self._running, (self.now + takes, stage, video, scene, self.now))

    def describe(self, video: str) -> WaitingVideo:
        """What the views would say of a video now."""
        at_work = {(stage, scene): (self.now - began) / max(1e-9, end - began)
                   for end, stage, name, scene, began in self._running if name == video}  # fmt: skip
        place = {scene: stage for stage in STAGES for name, scene, _ in self._waiting[stage] if name == video}
        place |= {scene: stage for stage, scene in at_work}
        stages = {}
        for order, stage in enumerate(STAGES[1:4], 1):
            left = [scene for scene, at in place.items() if scene >= 0 and STAGES.index(at) <= order]
            ready = [scene for scene in left if place[scene] == stage]
            units = sum(measure_units(stage, self.lengths[video][scene]) for scene in left)
            if left:
                stages[stage] = StageWork(items=len(left), units=units, ready=len(ready), since=AT)
        units = measure_units("composing", sum(self.lengths[video]))
        stages["composing"] = StageWork(items=1, units=units, ready=int(-1 in place), since=AT)
        work = Workload(lane="fast", quality="draft", stages=stages, scripted=True)
        return WaitingVideo(video_id=video, party=video, work=work)

    def find_at_work(self, video: str) -> dict[str, AtWork]:
        """What workers would tell of a video now."""
        found: dict[str, AtWork] = {}
        for end, stage, name, _, began in self._running:
            if name == video:
                before, share = found.get(stage, AtWork()), (self.now - began) / max(1e-9, end - began)
                found[stage] = AtWork(before.items + 1, before.done + share)
        return found


def test_forecasts_of_ten_modelled_videos_hold() -> None:
    """Durations are exact here, so what is off, as a share of the whole, is the model of the pipeline itself."""
    seconds = {"voicing": 0.2, "coding": 1.5, "rendering": 0.8, "composing": 0.05}
    lengths = {f"v{n}": [6.0 + (n * 7 + scene * 5) % 11 for scene in range(2 + n % 4)] for n in range(10)}
    whole = ModelledPipeline(lengths, seconds)
    whole.run_until(10_000)
    times = times_of(**seconds)
    for share, most in ((0.1, 0.2), (0.5, 0.15), (0.9, 0.1)):
        errors = []
        for video, end in whole.finished.items():
            pipeline = ModelledPipeline(lengths, seconds)
            pipeline.run_until(end * share)
            left = [pipeline.describe(name) for name in lengths if name not in pipeline.finished]
            subject = next(each for each in left if each.video_id == video)
            found = forecast(subject, Backlog(left, times), SLOTS, times, pipeline.find_at_work(video))
            assert found is not None
            errors.append(abs(found.seconds - end * (1 - share)) / end)
        assert statistics.median(errors) < most, (share, sorted(errors))


@pytest.mark.parametrize("scatter", [0.0, 0.3, 0.6])
def test_four_in_five_ranges_hold(scatter: float) -> None:
    """Ten videos at once, looked at ten times on the way; with fewer videos more of the ranges hold."""
    seconds = {"voicing": 0.2, "coding": 1.5, "rendering": 0.8, "composing": 0.05}
    chance, held, median = random.Random(5), [], math.exp(-(scatter**2) / 2)
    spread = {stage: StageTime(mean=mean, p50=mean * median, p90=mean * median * math.exp(1.28 * scatter), samples=50)
              for stage, mean in seconds.items()}  # fmt: skip

    def find(stage: str, work: Workload) -> StageTime:
        return spread.get(stage, exactly(0.0))

    for _ in range(6):
        lengths = {f"v{n}": [chance.uniform(5, 20) for _ in range(chance.randint(1, 6))] for n in range(10)}
        pipeline = ModelledPipeline(lengths, seconds, lambda *_: chance.lognormvariate(-(scatter**2) / 2, scatter))
        found: list[tuple[str, float, Forecast]] = []
        for step in range(10):
            pipeline.run_until(step * 15.0)
            left = [pipeline.describe(name) for name in lengths if name not in pipeline.finished]
            backlog = Backlog(left, find)
            for video in left:
                at_work = pipeline.find_at_work(video.video_id)
                if seen := forecast(video, backlog, SLOTS, find, at_work):
                    found.append((video.video_id, pipeline.now, seen))
        pipeline.run_until(10_000)
        held += [seen.low <= pipeline.finished[video] - at <= seen.high for video, at, seen in found]
    assert len(held) > 300
    assert 0.75 < statistics.mean(held) < 0.95, statistics.mean(held)


def test_a_forecast_does_not_grow_while_a_video_is_made() -> None:
    seconds = {"voicing": 0.2, "coding": 1.5, "rendering": 0.8, "composing": 0.05}
    lengths = {f"v{n}": [9.0, 11.0, 7.0] for n in range(4)}
    pipeline, times = ModelledPipeline(lengths, seconds), times_of(**seconds)
    ends = []
    for step in range(1, 40):
        pipeline.run_until(step * 1.0)
        left = [pipeline.describe(name) for name in lengths if name not in pipeline.finished]
        if "v0" in pipeline.finished:
            break
        subject = next(each for each in left if each.video_id == "v0")
        found = forecast(subject, Backlog(left, times), SLOTS, times, pipeline.find_at_work("v0"))
        assert found is not None
        ends.append(pipeline.now + found.seconds)
    delays = [after - before for before, after in pairwise(ends)]
    assert len(ends) > 10
    assert max(delays) < 0.15 * ends[0], "it may come earlier, when a scene is given a slot, but hardly ever later"


async def test_times_come_from_the_log_and_count_once() -> None:
    times, bucket = StageTimes(MemoryKeyValueStore()), MemoryKeyValueStore()
    times = StageTimes(bucket)
    await times.start()
    rendered = e.SceneRendered(
        video_id="v", scene=1, script_key="s", options=VideoOptions(quality="draft"), began=AT,
        at=AT + timedelta(seconds=12), narration=e.NarrationRef(key="n", audio_key="a", seconds=8, beats=1),
        code=e.CodeRef(key="c", origin="model"), footage=e.FootageRef(key="f", frames=120, fps=15),
    )  # fmt: skip
    cached = msgspec.structs.replace(rendered, footage=msgspec.structs.replace(rendered.footage, cached=True))
    replica = StageTimes(bucket)
    for sequence in range(1, 7):
        await times.record([(sequence, rendered)])
        await replica.record([(sequence, rendered), (sequence + 100, cached)])
    found = times.find("rendering.draft", "rendering")
    assert (found.mean, found.samples) == (pytest.approx(1.0), 6)
    assert times.find("rendering.high", "rendering") == found, "what is known of others, before nothing is known"
    assert times.find("voicing") == START_TIMES["voicing"]
    await times.close()


def test_times_are_bounded_and_follow_what_happens_now() -> None:
    before = [TimeSample(number, 1.0) for number in range(48)]
    after = [TimeSample(number, 3.0) for number in range(48, 64)]
    found = summarise([*before, *after])
    assert found is not None
    assert 1.9 < found.mean < 2.3
    assert (found.p90, found.samples) == (3.0, KEPT)


async def test_the_newest_samples_are_kept_however_many_come() -> None:
    bucket = MemoryKeyValueStore()
    times = StageTimes(bucket)
    scripted = e.VideoScripted(
        video_id="v", script_key="s", title="T", scenes=(), options=VideoOptions(), began=AT, at=AT
    )
    await times.record([(sequence, scripted) for sequence in range(1000)])
    entry = await bucket.get("scripting")
    assert entry is not None
    assert len(msgspec.json.decode(entry.value or b"")) == KEPT


async def send_signs(connections: Connections, *, slots: int = 2, busy: int = 0) -> None:
    for service in SERVICES:
        sign = WorkerSign(stage=service, worker=f"{service}-1", slots=slots, busy=busy)
        await connections.bus.publish(subjects.worker(service), msgspec.json.encode(sign))


async def test_a_worker_that_is_silent_is_forgotten() -> None:
    connections, now = memory_connections(), [0.0]
    workforce = Workforce(connections.bus, clock=lambda: now[0])
    await workforce.start()
    await send_signs(connections, busy=1)
    await connections.bus.publish(subjects.worker("renderer"), b"no sign")
    assert workforce.count("rendering") == (1, 2, 1)
    now[0] = FORGOTTEN_SECONDS + 1
    assert workforce.count("rendering") == (0, 0, 0)
    await send_signs(connections)
    await send_signs(connections, slots=0)
    assert workforce.count("rendering") == (0, 0, 0)
    await workforce.close()


async def test_a_video_shows_its_place_and_when_it_will_be_there(
    gateway: TestGateway, connections: Connections
) -> None:
    first, second = PublishedVideo(connections), PublishedVideo(connections)
    for video in (first, second):
        await video.request()
        await video.write_script()
        await video.plan(1)
        await video.plan(2)
    unknown = (await gateway.http.get(second.url)).json()
    assert (unknown["eta"], unknown["queue"]["stage"], unknown["queue"]["ahead"]) == (None, "voicing", 1)
    await send_signs(connections)
    shown = (await gateway.http.get(second.url)).json()
    assert shown["eta"]["low"] < shown["eta"]["seconds"] < shown["eta"]["high"]
    assert shown["eta"]["confidence"] == "low"
    progress = Progress(video_id=second.video_id, stage="voice", doing="speaking", done=0, of=1, scene=1)
    await connections.bus.publish(subjects.progress(second.video_id, 1), msgspec.json.encode(progress))
    assert (await gateway.http.get(second.url)).json()["queue"]["ahead"] == 0


async def test_what_has_ended_or_waits_for_its_user_has_no_outlook(
    gateway: TestGateway, connections: Connections
) -> None:
    await send_signs(connections)
    done, review = PublishedVideo(connections), PublishedVideo(connections, review=True)
    await done.finish()
    await review.request()
    await review.write_script()
    for video in (done, review):
        shown = (await gateway.http.get(video.url)).json()
        assert (shown["queue"], shown["eta"]) == (None, None)


async def test_a_video_that_waits_for_an_outage_promises_nothing(
    gateway: TestGateway, connections: Connections
) -> None:
    await send_signs(connections)
    video = PublishedVideo(connections)
    await video.request()
    await video.write_script()
    await video.plan(1)
    await video.publish(e.SceneDelayed, scene=1, stage="voice", problem=OUT_OF_MEMORY, since=e.now())
    assert (await gateway.http.get(video.url)).json()["eta"] is None


async def test_the_queue_says_what_each_stage_has_to_do(http: httpx.AsyncClient, connections: Connections) -> None:
    await send_signs(connections, busy=1)
    video = PublishedVideo(connections, scenes=3)
    await video.request()
    await video.write_script()
    for scene in (1, 2, 3):
        await video.plan(scene)
    await video.code(1)
    stages = {each["stage"]: each for each in (await http.get("/v1/queue")).json()["data"]}
    assert list(stages) == list(STAGES)
    assert (stages["voicing"]["depth"], stages["voicing"]["in_flight"], stages["voicing"]["slots"]) == (1, 1, 2)
    assert (stages["rendering"]["depth"], stages["rendering"]["workers"]) == (0, 1)
    assert stages["voicing"]["oldest_age_seconds"] >= 0


async def test_the_work_left_shrinks_as_scenes_are_made(connections: Connections) -> None:
    video = PublishedVideo(connections)
    left = []
    for step in (video.request, video.write_script, *(lambda n=n: video.plan(n) for n in (1, 2)),
                 *(lambda n=n: video.render(n) for n in (1, 2))):  # fmt: skip
        await step()
        work = measure_workload((await video.read()).state)
        assert work is not None
        left.append(sum(stage.items for stage in work.stages.values()))
    assert left == sorted(left, reverse=True)
    assert left[-1] == 1, "only composing is left"
    await video.complete()
    assert measure_workload((await video.read()).state) is None


async def test_scenes_that_go_on_with_the_one_before_are_coded_one_after_another(connections: Connections) -> None:
    video = PublishedVideo(connections, scenes=3)
    titles = [e.SceneTitle(title=str(n), words=6, waits=n > 1) for n in (1, 2, 3)]
    await video.request()
    await video.publish(e.VideoScripted, script_key="s", title="T", scenes=tuple(titles), options=video.options)
    ready, seconds = [], []
    for step in (*range(4), *range(1, 4)):  # coded; and then the first is made again, and the others with it
        if step == 0:
            for n in (1, 2, 3):
                await narrate(video, n)
        else:
            await video.code(step)
        work = measure_workload((await video.read()).state)
        assert work is not None
        ready.append(work.stages["coding"].ready if "coding" in work.stages else 0)
        seconds.append(foretell_coding(video, work))
        if step == 3 and video.revision == 1:
            video.revision = 2
            plan = {"plan": (1, 2, 3), "script_key": "s", "title": "T", "scenes": tuple(titles)}
            await video.publish(e.ScriptApproved, options=video.options, **plan)
            for n in (1, 2, 3):
                await narrate(video, n)
    assert ready == [1, 1, 1, 0, 1, 1, 0]
    assert seconds == [30, 20, 10, 0, 20, 10, 0], "ten for each, though four slots are free"


async def narrate(video: PublishedVideo, scene: int) -> None:
    narration = e.NarrationRef(key="n", audio_key="a", seconds=4.5, beats=2)
    fields = {"script_key": "s", "options": video.options, "narration": narration}
    await video.publish(e.SceneNarrated, scene=scene, **fields)


def foretell_coding(video: PublishedVideo, work: Workload) -> float:
    """Seconds until all is coded, ten for each scene."""
    waiting = WaitingVideo(video_id=video.video_id, party="p", work=work)
    found = forecast(waiting, Backlog([waiting], times_of(coding=10.0)), SLOTS, times_of(coding=10.0))
    assert found is not None
    return found.seconds
