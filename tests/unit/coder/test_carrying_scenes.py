"""Scenes that a model codes and that go on with things of each other: in any order of events, coded once and for sure."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import msgspec
import pytest
from unit.coder.coding_tasks import narrate
from unit.coder.test_handlers import FINE, RAISED, FakeRenderer

from lectern.coder.app import build
from lectern.coder.coding import CaptureStills, CodingResult, CodingTask, Preflight, RefusedCode
from lectern.coder.cuing import Cuer
from lectern.coder.deps import CoderDeps
from lectern.coder.handlers import STAGE
from lectern.coder.settings import CoderSettings
from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.ids import new_id
from lectern.contracts.log import VideoLog
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem
from lectern.worker import Connections, Permanent
from lectern.worker.delivery import DeliveryResult
from lectern.worker.testing import deliver, memory_connections

VIDEO = new_id()
PROBLEM = Problem(code="x", title="T", detail="It broke.", remedy="Mend it.")
TEXT = "Something is said."


def write_scene(number: int, *, takes: str = "", gives: str = "") -> str:
    """A scene's code that goes on with one thing and hands on another."""
    lines = [f"class Scene{number}(NarratedScene):", "    def construct(self):"]
    lines += [f'        {takes} = self.carried("{takes}")'] if takes else []
    lines += [f"        self.carry({gives}={gives})"] if gives else []
    return "\n".join([*lines, "        pass"])


class FakeCoder:
    """Codes scenes as their plans say, and keeps their tasks. Each call is one that somebody pays for."""

    def __init__(self) -> None:
        self.tasks: list[CodingTask] = []
        self.fails: set[int] = set()
        self.cards: set[int] = set()
        self.empty: set[int] = set()
        self.renamed: set[int] = set()

    def numbers(self) -> list[int]:
        """The scenes that were coded, in order."""
        return [task.number for task in self.tasks]

    async def code(
        self, task: CodingTask, preflight: Preflight, capture_stills: CaptureStills | None = None
    ) -> CodingResult:
        self.tasks.append(task)
        if task.number in self.fails:
            raise Permanent(PROBLEM)
        if task.number in self.cards:
            return CodingResult(source="class Card: pass", origin="template", fallback="x = 1", degraded=PROBLEM)
        takes = task.carried.names[0] if task.carried else ""
        gives = task.names_to_carry[0] if task.names_to_carry and task.number not in self.empty else ""
        gives += "_of_another_kind" if task.number in self.renamed else ""
        source = write_scene(task.number, takes=takes, gives=gives) + f"  # {task.salt}"
        return CodingResult(source=source, origin="model", fallback="x = 1")

    async def recode(self, task: CodingTask, refused: RefusedCode, preflight: Preflight) -> CodingResult:
        raise NotImplementedError


class Film:
    """A video whose scenes are narrated: its events, delivered to the coder and the cuer in any order."""

    def __init__(self, connections: Connections, carries: Mapping[int, str], scenes: int = 4) -> None:
        self.connections = connections
        self.coder = FakeCoder()
        self.renderer = FakeRenderer(connections)
        built = build(CoderSettings(preflight_patience=0, preflight_timeout=5), connections).deps
        assert isinstance(built, CoderDeps)
        self.deps = msgspec.structs.replace(built, coder=self.coder)
        self.cuer = Cuer(connections.event_log, connections.store)
        self.script = s.Script(
            title="A film",
            scenes=tuple(
                s.Scene(
                    title=f"Scene {number}",
                    beats=(s.Beat(text=TEXT),),
                    plan=s.ScenePlan(carries=(carries[number],) if number in carries else ()),
                )
                for number in range(1, scenes + 1)
            ),
        )
        self.delivered = 0

    async def begin(self) -> None:
        """Stores the script and the narration, and states that the script is written."""
        self.script_key = keys.script(VIDEO, keys.digest(self.script))
        await self.connections.store.put_json(self.script_key, self.script)
        await self.connections.store.put_json("narration", narrate(TEXT))
        titles = tuple(e.SceneTitle(title=scene.title, words=3) for scene in self.script.scenes)
        await self.publish(
            e.VideoScripted(
                video_id=VIDEO,
                script_key=self.script_key,
                title="A film",
                scenes=titles,
                options=VideoOptions(quality="draft"),
            )
        )

    def narrated(self, scene: int, revision: int = 1, salt: str = "") -> e.SceneNarrated:
        return e.SceneNarrated(
            video_id=VIDEO,
            scene=scene,
            revision=revision,
            script_key=self.script_key,
            options=VideoOptions(quality="draft"),
            salt=salt,
            narration=e.NarrationRef(key="narration", audio_key="n.flac", seconds=2.0, beats=1),
        )

    async def publish(self, *events: e.AnyEvent) -> None:
        for event in events:
            await self.connections.event_log.publish(event)

    async def log(self) -> VideoLog:
        return await self.connections.event_log.read(VIDEO)

    async def deliver(self, event: e.AnyEvent) -> None:
        """Delivers an event to all who handle it here."""
        if isinstance(event, e.SceneNarrated | e.SceneCued):
            result = (await deliver(STAGE, event, self.connections, self.deps)).result
            assert result in (DeliveryResult.SUCCESS, DeliveryResult.FAILED, DeliveryResult.STALE)
        if isinstance(event, e.SceneCoded | e.SceneFailed):
            await self.cuer.cue_follower(event)

    async def settle(self, chance: random.Random | None = None, waiting: list[e.AnyEvent] | None = None) -> None:
        """Publishes what waits, and delivers all events until nothing is left, by chance out of order and twice."""
        waiting, seen, queue = waiting or [], 0, []
        while True:
            events = (await self.log()).events
            queue += events[seen:]
            seen = len(events)
            if waiting and (not queue or (chance and chance.random() < 0.4)):
                await self.publish(waiting.pop(chance.randrange(len(waiting)) if chance else 0))
                continue
            if not queue:
                return
            event = queue.pop(chance.randrange(len(queue)) if chance else 0)
            await self.deliver(event)
            if chance and chance.random() < 0.2:
                queue.append(event)

    async def render(self, scene: int, revision: int = 1) -> None:
        """States that a scene was rendered from the code that it has."""
        coded = (await self.log()).state.scene(scene).coded
        assert coded is not None
        shared = {name: getattr(coded, name) for name in e.SceneRendered.__struct_fields__ if hasattr(coded, name)}
        footage = e.FootageRef(key="f", frames=30, fps=15)
        await self.publish(e.SceneRendered(**{**shared, "footage": footage, "spent": ()}))

    async def coded(self) -> dict[int, e.CodeRef]:
        """The scenes' codes, by number."""
        scenes = (await self.log()).state.scenes()
        return {number: code for number, facts in scenes.items() if (code := facts.code())}


@pytest.fixture
async def film() -> AsyncIterator[Film]:
    """Four scenes: the first carries a car into the second, that a boat into the third; the fourth stands alone."""
    made = Film(memory_connections(), {1: "car", 2: "boat"})
    await made.begin()
    async with AsyncExitStack() as stack:
        for responder in made.renderer.responders():
            await stack.enter_async_context(made.connections.bus.answering(responder))
        yield made


@pytest.mark.parametrize("seed", range(24))
async def test_in_any_order_each_scene_is_coded_once_and_after_the_one_whose_things_it_takes(
    film: Film, seed: int
) -> None:
    await film.settle(random.Random(seed), [film.narrated(number) for number in (1, 2, 3, 4)])
    assert sorted(film.coder.numbers()) == [1, 2, 3, 4]
    taken = {task.number: task.carried.names if task.carried else () for task in film.coder.tasks}
    assert taken == {1: (), 2: ("car",), 3: ("boat",), 4: ()}
    codes = await film.coded()
    assert codes[2].context.before == (codes[1].key,)
    assert codes[3].context.before == (codes[1].key, codes[2].key)
    assert not any(code.begins_anew for code in codes.values())
    assert sum(isinstance(event, e.SceneCued) for event in (await film.log()).events) == 2


async def test_a_scene_that_takes_nothing_is_coded_without_waiting(film: Film) -> None:
    await film.settle(waiting=[film.narrated(4), film.narrated(3), film.narrated(2)])
    assert film.coder.numbers() == [4], "scenes 2 and 3 wait for those before them, and hold no worker up"
    await film.settle(waiting=[film.narrated(1)])
    assert film.coder.numbers() == [4, 1, 2, 3]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("trouble", "told"), [("fails", "could not be made"), ("cards", "is shown as a card"), ("empty", "carries nothing")]
)
async def test_whatever_becomes_of_a_scene_the_next_one_is_coded_and_its_user_told(
    film: Film, trouble: str, told: str, seed: int
) -> None:
    getattr(film.coder, trouble).add(1)
    await film.settle(random.Random(seed), [film.narrated(number) for number in (1, 2, 3, 4)])
    assert sorted(set(film.coder.numbers())) == [1, 2, 3, 4]
    assert film.coder.numbers().count(2) == film.coder.numbers().count(3) == 1
    assert next(task.carried for task in film.coder.tasks if task.number == 2) is None
    assert f"scene 1 {told}" in (await film.coded())[2].begins_anew
    notes = [note.text for note in (await film.log()).state.hints()]
    assert notes == [f"Scene 2 begins with a picture of its own: scene 1 {told}."]


async def test_a_scene_whose_voice_failed_does_not_hold_up_the_next(film: Film) -> None:
    failed = e.SceneFailed(video_id=VIDEO, scene=1, stage="voice", problem=PROBLEM)
    await film.settle(waiting=[film.narrated(2), failed])
    assert film.coder.numbers() == [2]


async def test_a_video_that_was_cancelled_meanwhile_is_not_cued(film: Film) -> None:
    await film.settle(waiting=[film.narrated(2)])
    await film.connections.event_log.record_outcome(e.VideoCancelled(video_id=VIDEO))
    await film.cuer.cue_follower(e.SceneFailed(video_id=VIDEO, scene=1, stage="voice", problem=PROBLEM))
    assert film.coder.numbers() == []
    assert not any(isinstance(event, e.SceneCued) for event in (await film.log()).events)


async def plan_again(film: Film, numbers: tuple[int, ...], *, salts: dict[int, str]) -> None:
    """All scenes are coded and rendered, and some are planned again, as a redo does it."""
    for number in (1, 2, 3, 4):
        await film.render(number)
    scripted = (await film.log()).state.scripted
    assert scripted is not None
    shared = {"script_key": film.script_key, "title": "A film", "scenes": scripted.scenes, "options": scripted.options}
    await film.publish(e.ScriptApproved(video_id=VIDEO, revision=2, plan=numbers, salts=salts, **shared))
    film.coder.tasks.clear()


async def test_a_redone_scene_that_still_carries_what_is_taken_leaves_its_followers_their_code(film: Film) -> None:
    await film.settle(waiting=[film.narrated(number) for number in (1, 2, 3, 4)])
    before = await film.coded()
    await plan_again(film, (1, 2, 3), salts={1: "again"})
    again = [film.narrated(1, 2, salt="again"), film.narrated(2, 2), film.narrated(3, 2)]
    await film.settle(random.Random(1), again)
    assert film.coder.numbers() == [1], "nobody pays for scenes that only follow"
    codes = await film.coded()
    assert codes[1].key != before[1].key
    assert [codes[number].key for number in (2, 3)] == [before[number].key for number in (2, 3)]
    assert codes[3].context.before == (codes[1].key, codes[2].key), "and each is drawn after what is there now"


async def test_a_redone_scene_that_carries_something_else_has_its_follower_coded_anew(film: Film) -> None:
    await film.settle(waiting=[film.narrated(number) for number in (1, 2, 3, 4)])
    await plan_again(film, (1, 2, 3), salts={1: "again"})
    film.coder.empty.add(1)
    await film.settle(waiting=[film.narrated(1, 2, salt="again"), film.narrated(2, 2), film.narrated(3, 2)])
    assert film.coder.numbers() == [1, 2], "the third still finds what it takes in the second's new code"
    assert film.coder.tasks[1].carried is None


async def test_a_follower_does_not_keep_code_that_takes_what_is_carried_under_another_name_now(film: Film) -> None:
    await film.settle(waiting=[film.narrated(number) for number in (1, 2, 3, 4)])
    await plan_again(film, (1, 2, 3), salts={1: "again"})
    film.coder.renamed.add(1)
    await film.settle(waiting=[film.narrated(1, 2, salt="again"), film.narrated(2, 2), film.narrated(3, 2)])
    assert film.coder.numbers() == [1, 2]


async def test_kept_code_that_fails_after_the_new_scene_is_written_anew(film: Film) -> None:
    await film.settle(waiting=[film.narrated(number) for number in (1, 2, 3, 4)])
    await plan_again(film, (1, 2, 3), salts={1: "again"})
    film.renderer.judge = lambda source, request: RAISED if "Scene2" in source else FINE
    await film.settle(waiting=[film.narrated(1, 2, salt="again"), film.narrated(2, 2), film.narrated(3, 2)])
    assert film.coder.numbers() == [1, 2]


async def test_a_follower_that_is_redone_itself_is_coded_anew_at_once(film: Film) -> None:
    await film.settle(waiting=[film.narrated(number) for number in (1, 2, 3, 4)])
    await plan_again(film, (2,), salts={2: "again"})
    await film.settle(waiting=[film.narrated(2, 2, salt="again")])
    assert film.coder.numbers() == [2]
    assert film.coder.tasks[0].carried is not None
