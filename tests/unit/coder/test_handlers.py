"""The coder's handler and clients, on doubles of the servers and a made-up renderer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
import pytest
import stamina
from unit.coder.coding_tasks import narrate

from lectern.coder.app import build
from lectern.coder.clients import PreflightClient, StillsClient, verdict_key
from lectern.coder.deps import CoderDeps
from lectern.coder.handlers import STAGE, foretell_voices
from lectern.coder.requests import build_responder
from lectern.coder.settings import CoderSettings
from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts import script as s
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, OfferedScene, Variant, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.requests import (
    CHECK_SCENE,
    DESCRIBE_CODER,
    DRAW_STILLS,
    CheckScene,
    DescribeCoder,
    DrawStills,
    Finding,
    Request,
    SceneException,
    SceneVerdict,
    Stills,
)
from lectern.contracts.state import fold
from lectern.contracts.topology import ATTEMPTS
from lectern.contracts.usage import Usage
from lectern.worker import Bus, Connections, NoReply, Responder, Transient, Unavailable
from lectern.worker.delivery import DeliveryResult
from lectern.worker.testing import deliver, memory_connections

MANIM = "class Mine(NarratedScene):\n    def construct(self):\n        self.play(Create(Circel()))"
BEATS = ("First something is said.", "Then something else is said.")
FINE = SceneVerdict(ok=True)
RAISED = SceneVerdict(
    ok=False,
    error=SceneException(
        type="NameError", message="name 'Circel' is not defined", line=3, code="self.play(Create(Circel()))"
    ),
)
DEAR = Finding(rule="too-dear", level="error", message="line 3 takes 80% of 400 s: build it once", line=3)
TOO_FEW = Finding(rule="beat-missing", level="error", message="the script has 2 beat(s), the code has 1", line=2)
COVERED = Finding(rule="text-overlap", level="error", message="Text('a') and Text('b') overlap by 40%", line=3)

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
Judge = Callable[[str, CheckScene], SceneVerdict]


class FakeRenderer:
    """Answers preflights by a rule, which is to pass everything, and keeps the sources it was sent."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.judge: Judge = lambda source, request: FINE
        self.stills = Stills(ok=False, reason="the scene raised")
        self.sources: list[str] = []
        self.parties: list[tuple[str, str]] = []

    async def check(self, request: CheckScene) -> SceneVerdict:
        self.parties.append((request.owner, request.video_id))
        source = (await self.connections.store.get(request.code_key)).decode()
        self.sources.append(source)
        return self.judge(source, request)

    async def draw(self, request: DrawStills) -> Stills:
        return self.stills

    def responders(self) -> tuple[Responder[CheckScene, SceneVerdict], Responder[DrawStills, Stills]]:
        return (
            Responder(request=CHECK_SCENE, handler=self.check, failed=lambda error: SceneVerdict(ok=False)),
            Responder(request=DRAW_STILLS, handler=self.draw, failed=lambda error: Stills(ok=False)),
        )


@pytest.fixture
def memory() -> Connections:
    return memory_connections()


@pytest.fixture
async def renderer(memory: Connections) -> AsyncIterator[FakeRenderer]:
    """A renderer that is running."""
    renderer = FakeRenderer(memory)
    async with AsyncExitStack() as stack:
        for responder in renderer.responders():
            await stack.enter_async_context(memory.bus.answering(responder))
        yield renderer


@pytest.fixture
def deps(memory: Connections) -> CoderDeps:
    service = build(CoderSettings(preflight_patience=0, preflight_timeout=5), memory)
    assert isinstance(service.deps, CoderDeps)
    return service.deps


async def store_scene(memory: Connections, visual: s.AnyVisual | None, direction: str = "") -> e.SceneNarrated:
    """A narrated scene whose script and narration are in the store."""
    beats, plan = tuple(s.Beat(text=text) for text in BEATS), s.ScenePlan(direction=direction)
    scene = s.Scene(title="A scene", beats=beats, visual=visual, plan=plan)
    script = s.Script(title="A video", scenes=(scene,))
    narration = narrate(*BEATS)
    video = new_id()
    script_key, narration_key = keys.script(video, keys.digest(script)), keys.cache("narration", new_id(), "json")
    await memory.store.put_json(script_key, script)
    await memory.store.put_json(narration_key, narration)
    return e.SceneNarrated(
        video_id=video,
        revision=1,
        scene=1,
        script_key=script_key,
        options=VideoOptions(quality="draft"),
        narration=e.NarrationRef(key=narration_key, audio_key="n.flac", seconds=narration.seconds, beats=2),
    )


async def code(memory: Connections, deps: CoderDeps, event: e.SceneNarrated, attempt: int = 1) -> e.SceneCoded:
    """The event that answers a delivery."""
    delivered = await deliver(STAGE, event, memory, deps, attempt=attempt)
    [answer] = delivered.events[-1:]
    assert isinstance(answer, e.SceneCoded), answer
    return answer


async def source_of(memory: Connections, key: str) -> str:
    return (await memory.store.get(key)).decode()


async def test_an_authors_manim_is_used_as_it_is(memory: Connections, deps: CoderDeps, renderer: FakeRenderer) -> None:
    event = await code(memory, deps, await store_scene(memory, s.Manim(source=MANIM)))
    assert (event.code.origin, event.degraded, event.code.attempts) == ("author", None, 1)
    assert await source_of(memory, event.code.key) == MANIM
    assert "class NamedThings" in await source_of(memory, event.code.fallback_key)


async def test_the_renderer_is_told_whose_turn_a_check_takes(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    event = msgspec.structs.replace(await store_scene(memory, s.Manim(source=MANIM)), owner="ann")
    coded = await code(memory, deps, event)
    assert renderer.parties == [("ann", event.video_id)]
    assert coded.owner == "ann"


async def test_code_that_another_video_uses_too_lasts_as_if_it_was_written_then(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks_ago = datetime.now(UTC) - timedelta(days=30)
    with monkeypatch.context() as patch:
        patch.setattr(memory.store, "_clock", lambda: weeks_ago)
        first = await code(memory, deps, await store_scene(memory, s.Manim(source=MANIM)))
    second = await code(memory, deps, await store_scene(memory, s.Manim(source=MANIM)))
    assert first.code.key == second.code.key
    info = await memory.store.head(second.code.key)
    assert info is not None
    assert info.written is not None
    assert info.written > weeks_ago


async def test_manim_that_raises_becomes_a_card_with_the_reason(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    renderer.judge = lambda source, request: RAISED if "Circel" in source else FINE
    event = await code(memory, deps, await store_scene(memory, s.Manim(source=MANIM)))
    assert event.code.origin == "template"
    assert "Circel" not in await source_of(memory, event.code.key)
    problem = event.degraded
    assert problem is not None
    assert (problem.stage, problem.scene, problem.code) == ("coder", 1, "manim-error")
    for text in ("NameError", "name 'Circel' is not defined", "line 3", "self.play(Create(Circel()))"):
        assert text in problem.detail
    assert "Correct line 3" in problem.remedy


@pytest.mark.parametrize(
    ("verdict", "problem_code"),
    [
        (SceneVerdict(ok=True, findings=(TOO_FEW,)), "beat-missing"),
        (SceneVerdict(ok=True, findings=(DEAR,)), "manim-too-dear"),
        (SceneVerdict(ok=False, killed="idle", reason="the scene slept for more than 20 seconds"), "manim-idle"),
    ],
)
async def test_manim_out_of_step_or_out_of_bounds_becomes_a_card(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer, verdict: SceneVerdict, problem_code: str
) -> None:
    renderer.judge = lambda source, request: verdict if "Circel" in source else FINE
    event = await code(memory, deps, await store_scene(memory, s.Manim(source=MANIM)))
    assert event.degraded is not None
    assert event.degraded.code == problem_code


async def test_an_authors_layout_is_left_to_them(memory: Connections, deps: CoderDeps, renderer: FakeRenderer) -> None:
    renderer.judge = lambda source, request: SceneVerdict(ok=True, findings=(COVERED,))
    event = await code(memory, deps, await store_scene(memory, s.Manim(source=MANIM)))
    assert (event.code.origin, event.degraded) == ("author", None)


async def test_refused_code_becomes_a_card_where_no_model_is_set_up(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    narrated = await store_scene(memory, None)
    coded = await code(memory, deps, narrated)
    problem = Problem(code="scene-error", title="T", detail="It raised.", remedy="Mend it.", stage="renderer")
    refused = e.SceneRefused(
        video_id=narrated.video_id,
        scene=1,
        script_key=narrated.script_key,
        options=narrated.options,
        narration=narrated.narration,
        code=coded.code,
        problem=problem,
    )
    delivered = await deliver(STAGE, refused, memory, deps)
    (again,) = delivered.events[-1:]
    assert isinstance(again, e.SceneCoded)
    assert again.version == 2
    assert again.degraded is not None
    assert (again.degraded.code, again.degraded.stage, again.degraded.scene) == ("scene-error", "renderer", 1)
    assert again.code.history[-1].strategy == "render"


async def test_a_visual_gets_its_template(memory: Connections, deps: CoderDeps, renderer: FakeRenderer) -> None:
    event = await code(memory, deps, await store_scene(memory, s.Bullets(items=("one", "two"))))
    assert "Bullets('one', 'two')" in await source_of(memory, event.code.key)
    assert (event.code.origin, event.degraded) == ("template", None)
    assert len(renderer.sources) == 1


async def test_an_unreadable_template_becomes_a_card(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    renderer.judge = lambda source, request: SceneVerdict(ok=True, findings=(COVERED,)) if "Bullets" in source else FINE
    event = await code(memory, deps, await store_scene(memory, s.Bullets(items=("one", "two"))))
    assert "class NamedThings" in await source_of(memory, event.code.key)
    assert event.degraded is not None
    assert "bullets" in event.degraded.detail
    assert "overlap" in event.degraded.detail


async def test_small_code_is_still_shown(memory: Connections, deps: CoderDeps, renderer: FakeRenderer) -> None:
    small = Finding(rule="text-too-small", level="error", message="Text('1') has font size 11")
    renderer.judge = lambda source, request: SceneVerdict(ok=True, findings=(small,))
    event = await code(memory, deps, await store_scene(memory, s.CodeListing(language="python", source="x = 1")))
    assert "CodeListing" in await source_of(memory, event.code.key)
    event = await code(memory, deps, await store_scene(memory, s.Bullets(items=("one",))))
    assert "Bullets" not in await source_of(memory, event.code.key)


async def test_when_no_source_passes_the_plain_card_is_used(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    renderer.judge = lambda source, request: RAISED
    event = await code(memory, deps, await store_scene(memory, s.Bullets(items=("one", "two"))))
    assert "class PlainCard" in await source_of(memory, event.code.key)
    assert event.degraded is not None
    assert len(renderer.sources) == 2


async def test_a_scene_without_a_visual_is_a_card_and_not_degraded(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    event = await code(memory, deps, await store_scene(memory, None))
    assert event.degraded is None
    assert event.code.fallback_key != event.code.key


async def test_a_verdict_is_cached(memory: Connections, deps: CoderDeps, renderer: FakeRenderer) -> None:
    event = await store_scene(memory, s.Bullets(items=("one", "two")))
    first = await code(memory, deps, event)
    again = msgspec.structs.replace(event, video_id=new_id())
    assert (await code(memory, deps, again)).code == first.code
    assert len(renderer.sources) == 1


async def test_the_verdict_on_a_killed_run_is_not_cached(memory: Connections, renderer: FakeRenderer) -> None:
    verdicts = iter([SceneVerdict(ok=False, killed="cpu"), FINE])
    renderer.judge = lambda source, request: next(verdicts)
    event = await store_scene(memory, None)
    code_key = keys.cache("code", new_id(), "py")
    await memory.store.put(code_key, b"x = 1", "text/x-python")
    request = CheckScene(code_key=code_key, narration_key=event.narration.key, options=event.options)
    preflight = PreflightClient(memory.bus, memory.store, timeout=5, startup_wait=0)
    assert (await preflight.check(request)).killed == "cpu"
    assert (await preflight.check(request)).ok


@pytest.mark.parametrize("begun", [False, True])
async def test_a_renderer_in_trouble_is_waited_for_and_says_whether_the_scene_had_begun(
    memory: Connections, renderer: FakeRenderer, begun: bool
) -> None:
    renderer.judge = lambda source, request: SceneVerdict(ok=False, unavailable="disk full", begun=begun)
    event = await store_scene(memory, None)
    request = CheckScene(code_key=event.script_key, narration_key=event.narration.key, options=event.options)
    with pytest.raises(Unavailable, match="disk full") as outage:
        await PreflightClient(memory.bus, memory.store, timeout=5, startup_wait=0).check(request)
    assert outage.value.begun == begun


async def test_stills_are_read_from_the_store(memory: Connections, renderer: FakeRenderer) -> None:
    request = DrawStills(code_key="code", narration_key="narration", options=VideoOptions(), at=(1.0, 2.0))
    client = StillsClient(memory.bus, memory.store, timeout=5, startup_wait=0)
    with pytest.raises(Transient, match="the scene raised"):
        await client.draw(request)
    await memory.store.put("still", b"jpeg", "image/jpeg")
    renderer.stills = Stills(ok=True, keys=("still", "still"))
    assert await client.draw(request) == (b"jpeg", b"jpeg")


async def test_a_missing_renderer_is_retried_and_then_reported(memory: Connections) -> None:
    event = await store_scene(memory, None)
    request = CheckScene(code_key=event.script_key, narration_key=event.narration.key, options=event.options)
    client = PreflightClient(memory.bus, memory.store, timeout=5, startup_wait=3)
    with stamina.set_testing(True, attempts=4, cap=True), pytest.raises(NoReply, match="no service answers") as caught:
        await client.check(request)
    assert caught.value.absent


async def test_a_renderer_that_starts_late_is_found(memory: Connections, renderer: FakeRenderer) -> None:
    event = await store_scene(memory, None)
    request = CheckScene(code_key=event.script_key, narration_key=event.narration.key, options=event.options)
    bus = LateBus(memory.bus, absent=2)
    with stamina.set_testing(True, attempts=4, cap=True):
        client = PreflightClient(bus, memory.store, timeout=5, startup_wait=3)  # type: ignore[arg-type]
        assert (await client.check(request)).ok


async def test_stills_too_wait_for_a_renderer_that_starts_late(memory: Connections, renderer: FakeRenderer) -> None:
    await memory.store.put("still", b"jpeg", "image/jpeg")
    renderer.stills = Stills(ok=True, keys=("still",))
    request = DrawStills(code_key="code", narration_key="narration", options=VideoOptions(), at=(1.0,))
    bus = LateBus(memory.bus, absent=2)
    with stamina.set_testing(True, attempts=4, cap=True):
        client = StillsClient(bus, memory.store, timeout=5, startup_wait=3)  # type: ignore[arg-type]
        assert await client.draw(request) == (b"jpeg",)


class LateBus:
    """A bus on which no service answers the first requests."""

    def __init__(self, bus: Bus, absent: int) -> None:
        self._bus = bus
        self._absent = absent

    async def ask(self, request: Request[Q, R], message: Q, *, timeout: float) -> R:
        if self._absent:
            self._absent -= 1
            raise NoReply(request.subject, absent=True)
        return await self._bus.ask(request, message, timeout=timeout)


async def test_without_any_renderer_scenes_wait_for_one(memory: Connections, deps: CoderDeps) -> None:
    event = await store_scene(memory, s.Manim(source=MANIM))
    for _ in range(ATTEMPTS + 2):
        assert (await deliver(STAGE, event, memory, deps, attempt=2)).result is DeliveryResult.WAITING
    delay = (await memory.event_log.read(event.video_id)).state.scene(1).delay()
    assert delay is not None
    assert (delay.stage, delay.problem.code) == ("coder", "service-unavailable")


async def test_a_scene_that_the_script_does_not_have_fails_with_a_reason(memory: Connections, deps: CoderDeps) -> None:
    event = msgspec.structs.replace(await store_scene(memory, None), scene=7)
    [failed] = (await deliver(STAGE, event, memory, deps)).events
    assert isinstance(failed, e.SceneFailed)
    assert "scenes 1 to 1, not 7" in failed.problem.detail


async def test_a_direction_that_nobody_can_follow_is_told_and_not_ignored(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    plain = await code(memory, deps, await store_scene(memory, s.Bullets(items=("One", "Two"))))
    directed = await code(memory, deps, await store_scene(memory, s.Bullets(items=("One", "Two")), "As a number line"))
    assert plain.degraded is None
    assert directed.degraded is not None
    assert directed.degraded.code == "direction-needs-model"
    assert (directed.code.origin, directed.code.key) == ("template", plain.code.key)


@pytest.mark.parametrize("has_model", [True, False])
async def test_the_coder_tells_whether_it_follows_directions(memory: Connections, *, has_model: bool) -> None:
    async with memory.bus.answering(build_responder(has_model=has_model)):
        abilities = await memory.bus.ask(DESCRIBE_CODER, DescribeCoder(), timeout=60)
    assert abilities.follows_directions is has_model


def offer_of(scene: e.SceneNarrated, original: s.Scene, key: str, salt: str = "") -> e.VideoRequested:
    """The request of a variant whose original offers code for its only scene."""
    offered = OfferedScene(scene_digest=keys.digest(original), salt=salt, code_key=key)
    variant = Variant(video_id=new_id(), script_key=scene.script_key, scenes=(offered,))
    return e.VideoRequested(video_id=scene.video_id, brief=Brief(topic="T"), options=scene.options, variant=variant)


@pytest.mark.parametrize(
    ("verdict", "salt", "reused"),
    [
        (FINE, "", True),
        (SceneVerdict(ok=True, findings=(COVERED,)), "", False),
        (RAISED, "", False),
        (FINE, "redo", False),
    ],
    ids=["passes", "covered in this shape", "raises", "redone afresh"],
)
async def test_a_variants_scene_is_drawn_by_the_originals_code_where_that_passes(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer, verdict: SceneVerdict, salt: str, *, reused: bool
) -> None:
    event = await store_scene(memory, s.Bullets(items=("One",)), "Draw a tree.")
    script = await memory.store.get_json(event.script_key, s.Script)
    key = keys.cache("code", "original", "py")
    await memory.store.put(key, b"class Original: pass", "text/x-python")
    requested = offer_of(event, script.scene(1), key)
    await memory.event_log.publish(requested)
    renderer.judge = lambda source, request: verdict if "Original" in source else FINE
    coded = await code(memory, deps, msgspec.structs.replace(event, salt=salt))
    assert (coded.code.origin == "model") is reused
    assert ("class Original" in await source_of(memory, coded.code.key)) is reused


async def test_an_edited_scene_of_a_variant_is_not_drawn_by_the_originals_code(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    event = await store_scene(memory, s.Bullets(items=("One",)))
    key = keys.cache("code", "original", "py")
    await memory.store.put(key, b"class Original: pass", "text/x-python")
    await memory.event_log.publish(offer_of(event, s.Scene(title="Another", beats=()), key))
    assert (await code(memory, deps, event)).code.origin == "template"


CAST = "def car():\n    return Square()"
DRAWS = "class A(NarratedScene):\n    def construct(self):\n        self.carry(car=car())"
GOES_ON = "class B(NarratedScene):\n    def construct(self):\n        c = self.carried('car')"


async def store_carrying_scene(memory: Connections) -> e.SceneNarrated:
    """The second of two scenes, which goes on with a thing of the first; its script has a cast."""
    event = await store_scene(memory, s.Manim(source=GOES_ON))
    script = await memory.store.get_json(event.script_key, s.Script)
    first = s.Scene(title="Before", beats=(s.Beat(text="Before."),), visual=s.Manim(source=DRAWS))
    script = msgspec.structs.replace(script, scenes=(first, *script.scenes), cast=CAST)
    await memory.store.put_json(event.script_key, script)
    return msgspec.structs.replace(event, scene=2)


async def test_code_is_checked_and_handed_on_with_the_cast_and_the_scenes_it_goes_on_from(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    asked: list[CheckScene] = []
    renderer.judge = lambda source, request: (asked.append(request), FINE)[1]
    coded = await code(memory, deps, await store_carrying_scene(memory))
    context = coded.code.context
    assert await source_of(memory, coded.code.key) == GOES_ON
    assert [await source_of(memory, key) for key in (context.cast_key, *context.before)] == [CAST, DRAWS]
    assert asked[0].context == context


async def test_a_card_in_the_place_of_code_that_goes_on_is_run_with_nothing_else(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    renderer.judge = lambda source, request: RAISED if "carried" in source else FINE
    coded = await code(memory, deps, await store_carrying_scene(memory))
    assert (coded.code.origin, coded.code.context) == ("template", e.CodeContext())


async def test_an_error_in_the_cast_is_told_with_its_line_there(
    memory: Connections, deps: CoderDeps, renderer: FakeRenderer
) -> None:
    error = SceneException(type="NameError", message="name 'Squar' is not defined", line=2, code="x", place="cast")
    renderer.judge = lambda source, request: SceneVerdict(ok=False, error=error) if "carried" in source else FINE
    coded = await code(memory, deps, await store_carrying_scene(memory))
    assert coded.degraded is not None
    assert "in line 2 of the cast" in coded.degraded.detail
    assert "Correct line 2 of the cast" in coded.degraded.remedy


def test_a_verdict_is_another_with_another_cast_or_other_scenes_before() -> None:
    request = CheckScene(code_key="c", narration_key="n", options=VideoOptions())
    replace = msgspec.structs.replace
    other = [
        request,
        replace(request, context=e.CodeContext(cast_key="x")),
        replace(request, context=e.CodeContext(before=("x",))),
    ]
    assert len({verdict_key(each) for each in other}) == 3


def narrated_at(cost: float, scene: int = 1) -> e.SceneNarrated:
    return e.SceneNarrated(
        video_id="v", scene=scene, script_key="s", options=VideoOptions(),
        narration=e.NarrationRef(key="n", audio_key="n", seconds=4.0, beats=1),
        spent=(Usage(kind="voice", name="v", characters=50, cost_usd=cost),),
    )  # fmt: skip


def test_money_for_the_voice_of_scenes_that_are_not_spoken_yet_is_left_to_it() -> None:
    titles = tuple(e.SceneTitle(title=f"{n}", words=words) for n, words in ((1, 10), (2, 20), (3, 30)))
    common = {"video_id": "v", "script_key": "s", "options": VideoOptions()}
    log: list[e.AnyEvent] = [
        e.VideoScripted(title="t", scenes=titles, **common),
        *(e.ScenePlanned(scene=n, **common) for n in (1, 2, 3)),
    ]
    assert foretell_voices(fold(log)) == 0.0, "nothing is known of the price"
    assert foretell_voices(fold([*log, narrated_at(0.01)])) == pytest.approx(0.05)
    assert foretell_voices(fold([*log, narrated_at(0.01), narrated_at(0.02, 2)])) == pytest.approx(0.03)
