"""The coder at work: real events, a real store, its own service, and a renderer's answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from unit.coder.tasks import narrate

from lectern.coder.app import build
from lectern.coder.handlers import STAGE
from lectern.coder.preflight import Preflight
from lectern.coder.settings import CoderSettings
from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.ids import new_id
from lectern.contracts.options import VideoOptions
from lectern.contracts.requests import CHECK_SCENE, CheckScene, Finding, SceneException, SceneVerdict
from lectern.worker import Connections, Settings, Timing, Transient
from lectern.worker.loop import StageLoop

pytestmark = pytest.mark.slow

MANIM = "class Mine(NarratedScene):\n    def construct(self):\n        self.play(Create(Circel()))"
BEATS = ("First something is said.", "Then something else is said.")
FINE = SceneVerdict(ok=True)
RAISED = SceneVerdict(
    ok=False,
    error=SceneException(
        type="NameError", message="name 'Circel' is not defined", line=3, code="self.play(Create(Circel()))"
    ),
)
TOO_FEW = Finding(rule="beat-missing", level="error", message="the script has 2 beat(s), the code has 1", line=2)
COVERED = Finding(rule="text-overlap", level="error", message="Text('a') and Text('b') overlap by 40%", line=3)

Judge = Callable[[str, CheckScene], SceneVerdict]


class Renderer:
    """Answers preflights as a renderer does, by a rule, and notes what it was asked."""

    def __init__(self, connections: Connections, judge: Judge) -> None:
        self.deps = connections
        self.judge = judge
        self.asked: list[str] = []

    async def answer(self, message: Msg) -> None:
        request = msgspec.json.decode(message.data, type=CheckScene)
        source = (await self.deps.store.get(request.code_key)).decode()
        self.asked.append(source)
        await message.respond(msgspec.json.encode(self.judge(source, request)))


Renders = Callable[[Judge], Awaitable[Renderer]]


@pytest.fixture
async def renders(connections: Connections) -> AsyncIterator[Renders]:
    """Starts a renderer that judges by a rule."""
    started = []

    async def start(judge: Judge) -> Renderer:
        renderer = Renderer(connections, judge)
        started.append(await connections.nats.subscribe(CHECK_SCENE.subject, queue="renderers", cb=renderer.answer))
        await connections.nats.flush()
        return renderer

    yield start
    for subscription in started:
        await subscription.unsubscribe()


@pytest.fixture
async def coder(connections: Connections, settings: Settings) -> AsyncIterator[Connections]:
    """The service's loop, running, with retries on a test's time scale."""
    stop = asyncio.Event()
    given = CoderSettings(**{**settings.model_dump(), "preflight_patience": 0.1, "preflight_timeout": 5.0})
    service = build(given, connections)
    task = asyncio.create_task(
        StageLoop(STAGE, connections, service.deps, service.settings, Timing(retry_delays=(0.05,))).run(stop)
    )
    yield connections
    stop.set()
    await task


async def narrated(connections: Connections, visual: s.AnyVisual | None, revision: int = 1) -> e.SceneNarrated:
    """A narrated scene whose script and narration lie in the store."""
    scene = s.Scene(title="A scene", beats=tuple(s.Beat(text=text) for text in BEATS), visual=visual)
    script = s.Script(title="A video", scenes=(scene,))
    narration = narrate(*BEATS)
    video = new_id()
    script_key, narration_key = keys.script(video, keys.digest(script)), keys.cache("narration", new_id(), "json")
    await connections.store.put_json(script_key, script)
    await connections.store.put_json(narration_key, narration)
    return e.SceneNarrated(
        video_id=video,
        revision=revision,
        scene=1,
        script_key=script_key,
        options=VideoOptions(quality="draft"),
        narration=e.NarrationRef(key=narration_key, audio_key="n.flac", seconds=narration.seconds, beats=2),
    )


async def coded(connections: Connections, event: e.SceneNarrated) -> e.SceneCoded:
    """Publishes the event and waits for its answer."""
    await connections.event_log.publish(event)
    async with asyncio.timeout(20):
        while True:
            for _, fact in await connections.event_log.read(event.video_id):
                if isinstance(fact, e.SceneCoded):
                    return fact
                assert not isinstance(fact, e.SceneFailed), fact
            await asyncio.sleep(0.03)


async def source_of(connections: Connections, key: str) -> str:
    return (await connections.store.get(key)).decode()


async def test_an_authors_manim_is_taken_as_it_is(coder: Connections, renders: Renders) -> None:
    await renders(lambda source, request: FINE)
    event = await coded(coder, await narrated(coder, s.Manim(source=MANIM)))
    assert (event.code.origin, event.degraded, event.code.attempts) == ("author", None, 1)
    assert await source_of(coder, event.code.key) == MANIM
    assert "class KeyPhrases" in await source_of(coder, event.code.fallback_key)


async def test_manim_that_raises_becomes_a_card_and_says_why(coder: Connections, renders: Renders) -> None:
    await renders(lambda source, request: RAISED if "Circel" in source else FINE)
    event = await coded(coder, await narrated(coder, s.Manim(source=MANIM)))
    assert event.code.origin == "template"
    assert "Circel" not in await source_of(coder, event.code.key)
    problem = event.degraded
    assert problem is not None
    assert (problem.stage, problem.scene, problem.code) == ("coder", 1, "manim-error")
    for told in ("NameError", "name 'Circel' is not defined", "line 3", "self.play(Create(Circel()))"):
        assert told in problem.detail
    assert "Correct line 3" in problem.remedy


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (SceneVerdict(ok=True, findings=(TOO_FEW,)), "beat-missing"),
        (SceneVerdict(ok=False, killed="wall", reason="the scene ran for more than 20 s"), "manim-wall"),
    ],
)
async def test_manim_out_of_step_or_out_of_bounds_becomes_a_card(
    coder: Connections, renders: Renders, verdict: SceneVerdict, code: str
) -> None:
    await renders(lambda source, request: verdict if "Circel" in source else FINE)
    event = await coded(coder, await narrated(coder, s.Manim(source=MANIM)))
    assert event.degraded is not None
    assert event.degraded.code == code


async def test_how_an_author_lays_out_a_scene_is_left_to_them(coder: Connections, renders: Renders) -> None:
    await renders(lambda source, request: SceneVerdict(ok=True, findings=(COVERED,)))
    event = await coded(coder, await narrated(coder, s.Manim(source=MANIM)))
    assert (event.code.origin, event.degraded) == ("author", None)


async def test_a_visual_gets_its_template(coder: Connections, renders: Renders) -> None:
    renderer = await renders(lambda source, request: FINE)
    event = await coded(coder, await narrated(coder, s.Bullets(items=("one", "two"))))
    assert "Bullets('one', 'two')" in await source_of(coder, event.code.key)
    assert (event.code.origin, event.degraded) == ("template", None)
    assert len(renderer.asked) == 1


async def test_a_template_that_cannot_be_read_becomes_a_card(coder: Connections, renders: Renders) -> None:
    await renders(lambda source, request: SceneVerdict(ok=True, findings=(COVERED,)) if "Bullets" in source else FINE)
    event = await coded(coder, await narrated(coder, s.Bullets(items=("one", "two"))))
    assert "class KeyPhrases" in await source_of(coder, event.code.key)
    assert event.degraded is not None
    assert "bullets" in event.degraded.detail
    assert "overlap" in event.degraded.detail


async def test_small_code_is_still_shown(coder: Connections, renders: Renders) -> None:
    small = Finding(rule="text-too-small", level="error", message="Text('1') has font size 11")
    await renders(lambda source, request: SceneVerdict(ok=True, findings=(small,)))
    event = await coded(coder, await narrated(coder, s.CodeListing(language="python", source="x = 1")))
    assert "CodeListing" in await source_of(coder, event.code.key)
    event = await coded(coder, await narrated(coder, s.Bullets(items=("one",))))
    assert "Bullets" not in await source_of(coder, event.code.key)


async def test_when_nothing_is_fit_the_plain_card_is_taken_and_the_search_ends(
    coder: Connections, renders: Renders
) -> None:
    renderer = await renders(lambda source, request: RAISED)
    event = await coded(coder, await narrated(coder, s.Bullets(items=("one", "two"))))
    assert "class PlainCard" in await source_of(coder, event.code.key)
    assert event.degraded is not None
    assert len(renderer.asked) == 2


async def test_a_scene_without_a_visual_is_a_card_and_not_degraded(coder: Connections, renders: Renders) -> None:
    await renders(lambda source, request: FINE)
    event = await coded(coder, await narrated(coder, None))
    assert event.degraded is None
    assert event.code.fallback_key != event.code.key


async def test_a_verdict_is_remembered(coder: Connections, renders: Renders) -> None:
    renderer = await renders(lambda source, request: FINE)
    event = await narrated(coder, s.Bullets(items=("one", "two")))
    first = await coded(coder, event)
    again = msgspec.structs.replace(event, video_id=new_id())
    assert (await coded(coder, again)).code == first.code
    assert len(renderer.asked) == 1


async def test_a_run_that_was_stopped_is_not_held_against_the_source(
    connections: Connections, renders: Renders
) -> None:
    verdicts = iter([SceneVerdict(ok=False, killed="wall"), FINE])
    await renders(lambda source, request: next(verdicts))
    event = await narrated(connections, None)
    code_key = keys.cache("code", new_id(), "py")
    await connections.store.put(code_key, b"x = 1", "text/x-python")
    request = CheckScene(code_key=code_key, narration_key=event.narration.key, options=event.options)
    preflight = Preflight(connections.nats, connections.store, timeout=5, patience=0)
    assert (await preflight.check(request)).killed == "wall"
    assert (await preflight.check(request)).ok


async def test_a_renderer_in_trouble_is_asked_again_later(connections: Connections, renders: Renders) -> None:
    await renders(lambda source, request: SceneVerdict(ok=False, unavailable="disk full"))
    event = await narrated(connections, None)
    request = CheckScene(code_key=event.script_key, narration_key=event.narration.key, options=event.options)
    with pytest.raises(Transient, match="disk full"):
        await Preflight(connections.nats, connections.store, timeout=5, patience=0).check(request)


async def test_no_renderer_at_all_is_waited_for(nats: Client, connections: Connections) -> None:
    event = await narrated(connections, None)
    request = CheckScene(code_key=event.script_key, narration_key=event.narration.key, options=event.options)
    with pytest.raises(Transient, match="no renderer"):
        await Preflight(nats, connections.store, timeout=5, patience=0).check(request)


async def test_without_any_renderer_scenes_go_on_unchecked_in_the_end(coder: Connections) -> None:
    event = await coded(coder, await narrated(coder, s.Manim(source=MANIM)))
    assert event.code.origin == "author"
    assert event.code.fallback_key


async def test_a_scene_the_script_does_not_have_fails_with_a_reason(coder: Connections) -> None:
    event = msgspec.structs.replace(await narrated(coder, None), scene=7)
    await coder.event_log.publish(event)
    async with asyncio.timeout(10):
        while True:
            failed = [fact for _, fact in await coder.event_log.read(event.video_id) if isinstance(fact, e.SceneFailed)]
            if failed:
                break
            await asyncio.sleep(0.03)
    assert "scenes 1 to 1, not 7" in failed[0].problem.detail
