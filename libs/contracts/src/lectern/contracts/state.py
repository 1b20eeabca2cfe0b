"""The fold: a video's state is its events, merged. Merging is commutative, associative and idempotent, so duplicates,
replays and reordering cannot change what a video is; a stale revision never wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias, TypeVar

import msgspec

from lectern.contracts import events as e
from lectern.contracts.notes import Note
from lectern.contracts.scene_state import CODE_SHARE, RENDER_SHARE, VOICE_SHARE, SceneEvents, SceneStatus
from lectern.contracts.usage import Usage, add_up

__all__ = [
    "CODE_SHARE",
    "COMPOSE_SHARE",
    "RENDER_SHARE",
    "SCRIPT_SHARE",
    "VOICE_SHARE",
    "SceneEvents",
    "SceneStatus",
    "Status",
    "VideoState",
    "apply",
    "fold",
]

Status: TypeAlias = Literal["queued", "in_progress", "awaiting_approval", "completed", "failed", "cancelled"]

SCRIPT_SHARE, COMPOSE_SHARE = 5, 10  # of a video's work; the rest is that of its scenes
_STAGES = ("voice", "coder", "renderer")

E = TypeVar("E", bound=e.Event)


def _later(a: E | None, b: E | None) -> E | None:
    """Of two events of one type: the newer revision, within it the newer version of the code, then the earlier one."""
    if a is None or b is None:
        return a or b

    def order(event: E) -> tuple[int, int, float, bytes]:
        return (event.revision, e.version_of(event), -event.at.timestamp(), msgspec.json.encode(event))

    return max(a, b, key=order)


def _newest(a: E | None, b: E | None) -> E | None:
    """Of two delays the newer one: unlike other events, a delay may come several times in a revision."""
    if a is None or b is None:
        return a or b

    def order(event: E) -> tuple[int, float, bytes]:
        return (event.revision, event.at.timestamp(), msgspec.json.encode(event))

    return max(a, b, key=order)


def _furthest(a: E | None, b: E | None) -> E | None:
    """Of two failures the one that came later on a scene's way: a stage may fail after an earlier one was retried."""
    if a is None or b is None:
        return a or b

    def order(event: E) -> tuple[int, int, int, float, bytes]:
        place = _STAGES.index(event.stage) if isinstance(event, e.SceneFailed) and event.stage in _STAGES else -1
        return (event.revision, e.version_of(event), place, -event.at.timestamp(), msgspec.json.encode(event))

    return max(a, b, key=order)


def _original(a: e.SceneRendered | None, b: e.SceneRendered) -> e.SceneRendered:
    """Of two events about one take: the one that tells of its rendering, else the first that put it back in force."""
    if a is None:
        return b

    def order(event: e.SceneRendered) -> tuple[bool, int, float, bytes]:
        return (event.take == 0, -event.revision, -event.at.timestamp(), msgspec.json.encode(event))

    return max(a, b, key=order)


class VideoState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of a video. Made only by `fold`."""

    requested: e.VideoRequested | None = None
    scripted: e.VideoScripted | None = None
    approved: e.ScriptApproved | None = None
    completed: e.VideoCompleted | None = None
    failed: e.VideoFailed | None = None
    cancelled: e.VideoCancelled | None = None
    delayed: e.VideoDelayed | None = None
    described: e.VideoDescribed | None = None
    deleted: e.VideoDeleted | None = None
    scene_events: dict[int, SceneEvents] = {}
    planned_in: dict[int, int] = {}  # scene -> revision it was last planned in
    takes: dict[int, dict[int, e.SceneRendered]] = {}  # scene -> revision it was rendered in -> how it was
    usage_by_event: dict[str, tuple[Usage, ...]] = {}  # message id -> what the work behind that event used

    def revision(self) -> int:
        """The current revision, from 1."""
        return max((fact.revision for fact in (self.requested, self.scripted, self.approved) if fact), default=1)

    def traceparent(self) -> str:
        """The span of the request that began the current work; "" where an older version did not note it."""
        begun = [fact for fact in (self.approved, self.scripted, self.requested) if fact and fact.traceparent]
        return max(begun, key=lambda fact: fact.revision).traceparent if begun else ""

    def title(self) -> str:
        """The title that the user gave the video, else the script's, else a short form of the brief."""
        own = self.described or self.requested
        script = self.script()
        given = own.title if own else ""
        return given or (script.title if script else self.requested.brief.label() if self.requested else "")

    def metadata(self) -> dict[str, str]:
        """The user's own names and values for the video."""
        own = self.described or self.requested
        return own.metadata if own else {}

    def script(self) -> e.VideoScripted | e.ScriptApproved | None:
        """The current script: the newest approved one, else the one that was written."""
        if self.approved and (not self.scripted or self.approved.revision >= self.scripted.revision):
            return self.approved
        return self.scripted

    def scene_count(self) -> int:
        """The number of scenes of the current script; 0 before there is one."""
        script = self.script()
        return len(script.scenes) if script else 0

    def scene(self, number: int) -> SceneEvents:
        """The scene's events in the revision it was last planned in."""
        return self.scene_events.get(number, SceneEvents()).of_revision(self.planned_in.get(number, 1))

    def scenes(self) -> Mapping[int, SceneEvents]:
        """Every scene of the current script, in order."""
        return {number: self.scene(number) for number in range(1, self.scene_count() + 1)}

    def outcome(self) -> e.Outcome | e.VideoDeleted | None:
        """The end of the current revision; None while it is in progress. A deletion ends every revision."""
        if self.deleted:
            return self.deleted
        ended = [fact for fact in (self.completed, self.failed, self.cancelled) if fact]
        current = [fact for fact in ended if fact.revision >= self.revision()]
        return min(current, key=lambda fact: fact.at, default=None)

    def delay(self) -> e.Delay | None:
        """What the video waits for: a stage that works on all of it, else the scene that has waited longest."""
        if self.outcome() is not None or self.awaits_approval():
            return None
        own = self.delayed
        if own is not None and own.revision >= self.revision() and not self._is_overcome(own):
            return own
        delays = [delay for facts in self.scenes().values() if (delay := facts.delay())]
        return min(delays, key=lambda delay: delay.since, default=None)

    def _is_overcome(self, delayed: e.VideoDelayed) -> bool:
        """True once the scripter has answered: only the outcome answers the composer."""
        if delayed.stage != "scripter":
            return False
        planned = any(facts.planned and facts.planned.revision >= delayed.revision for facts in self.scenes().values())
        return planned or (self.scripted is not None and self.scripted.revision >= delayed.revision)

    def is_stale(self, event: e.AnyEvent) -> bool:
        """True if the event's revision has ended, its scene was planned again, or its version of the code is done."""
        outcome = self.outcome()
        if outcome is not None and (self.deleted or event.revision <= outcome.revision):
            return True
        if not isinstance(event, e.SceneEvent):
            return False
        return event.revision < self.planned_in.get(event.scene, 1) or self.scene(event.scene).is_code_settled(event)

    def awaits_approval(self) -> bool:
        """True while the script waits for the user's approval."""
        scripted = self.scripted
        return bool(scripted and scripted.review and (not self.approved or self.approved.revision < scripted.revision))

    def voice(self) -> str:
        """The id of the voice that the first narrated scene is spoken with; "" before there is one.

        A scene that has a voice of its own does not count.
        """
        narrations = (facts.narration() for facts in self.scenes().values())
        return next((each.voice for each in narrations if each and each.voice and not each.own_voice), "")

    def take_in_force(self, number: int) -> int | None:
        """The revision in which the footage of a scene was rendered; None while it has none."""
        rendered = self.scene(number).rendered
        return (rendered.take or rendered.revision) if rendered else None

    def notes(self) -> tuple[Note, ...]:
        """What the user should know about the video: voices that could not be used, missing fonts, claims in doubt."""
        script = self.script()
        if script is None:
            return ()
        voice = self.voice()
        instead = f" It is spoken by {voice} instead." if voice else ""
        refused = (f"The voice {each.voice} could not be used. {each.reason}" for each in script.options.refused_voices)
        unmet = script.unmet if isinstance(script, e.VideoScripted) else ()
        return (
            *(Note(code="voice-replaced", text=f"{text.strip()}{instead}") for text in refused),
            *(Note(code="wish-unmet", text=f"This is a finished lesson: {clause}.") for clause in unmet),
            *(Note(code="letters-missing", text=text) for text in self._describe_missing_letters()),
            *(Note(code="doubt", text=f"To be checked: {doubt}") for doubt in script.doubts),
        )

    def _describe_missing_letters(self) -> Iterator[str]:
        """Says of each scene which letters it shows as boxes, and of the captions that are burned in."""
        remedy = "no font has them. Have fonts-noto-cjk or another font with them installed, and make it again."
        for number, facts in self.scenes().items():
            if facts.rendered and (letters := facts.rendered.footage.missing_letters):
                yield f"Scene {number} shows boxes in place of {' '.join(letters)}: {remedy}"
        outcome = self.outcome()
        if isinstance(outcome, e.VideoCompleted) and outcome.missing_letters:
            yield f"The captions show boxes in place of {' '.join(outcome.missing_letters)}: {remedy}"

    def hints(self) -> tuple[Note, ...]:
        """What whoever writes the script should know; viewers need not."""
        script = self.script()
        uncarried = (
            Note(code="not-carried", text=f"Scene {number} begins with a picture of its own: {reason}.")
            for number in self.scenes()
            if (reason := self._explain_beginning(number))
        )
        return (*(script.hints if script else ()), *uncarried)

    def goes_on(self, number: int) -> bool:
        """Whether a scene is drawn after just the code that draws the one before, whose things it goes on with."""
        code, before = self.scene(number).code(), self.scene(number - 1).code()
        return bool(code and before and code.context.before[-1:] == (before.key,))

    def _explain_beginning(self, number: int) -> str:
        """Why a scene does not begin with things of the one before, though it was to; "" where it does."""
        code = self.scene(number).code()
        if code is None or code.begins_anew or not code.context.before:
            return code.begins_anew if code else ""
        settled = self.scene(number).rendered and self.scene(number - 1).is_settled()
        return f"scene {number - 1} has got other code since" if settled and not self.goes_on(number) else ""

    def usage(self) -> tuple[Usage, ...]:
        """The video's usage so far, over all revisions: a total for each model, voice and renderer."""
        return add_up(item for spent in self.usage_by_event.values() for item in spent)

    def final_events(self) -> tuple[e.SceneRendered | e.SceneFailed, ...] | None:
        """Each scene's final event, in order, once every scene has one and the script may be made; None before."""
        if not self.scene_count() or self.awaits_approval():
            return None
        final = [facts.rendered or facts.failure() for facts in self.scenes().values()]
        return tuple(event for event in final if event) if all(final) else None

    def status(self) -> Status:
        """The status that users see."""
        match self.outcome():
            case e.VideoCompleted():
                return "completed"
            case e.VideoFailed():
                return "failed"
            case e.VideoCancelled() | e.VideoDeleted():
                return "cancelled"
        if self.awaits_approval():
            return "awaiting_approval"
        return "in_progress" if self.script() else "queued"

    def progress(self) -> int:
        """The percentage of the work that is done, weighted by what stages cost; 100 only when completed."""
        if self.status() == "completed":
            return 100
        scenes = self.scenes().values()
        making = 100 - SCRIPT_SHARE - COMPOSE_SHARE
        done = sum(facts.share() for facts in scenes) / len(scenes) if scenes else 0.0
        return int(SCRIPT_SHARE * bool(self.script()) + making * done)


def _plan(event: e.AnyEvent) -> tuple[int, ...]:
    """The scenes that an event asks for."""
    match event:
        case e.ScriptApproved():
            return event.plan
        case e.ScenePlanned():
            return (event.scene,)
    return ()


def apply(state: VideoState, event: e.AnyEvent) -> VideoState:
    """The state with one more event. Applying an event twice, or events in another order, changes nothing.

    Each event is kept under its verb, in the video's fields or in its scene's: `scene.coded` in `SceneEvents.coded`.
    """
    return fold((event,), state)


def fold(events: Iterable[e.AnyEvent], state: VideoState | None = None) -> VideoState:
    """The state that events (of one video) add up to, starting from `state` when part was folded before."""
    merging = _Merging(state or VideoState())
    for event in events:
        merging.add(event)
    return merging.build()


class _Merging:
    """A state that is being folded: in dictionaries, since a copy for each event would cost more than the merge."""

    def __init__(self, state: VideoState) -> None:
        self._facts = msgspec.structs.asdict(state)
        self._scenes = {number: msgspec.structs.asdict(facts) for number, facts in state.scene_events.items()}
        self._planned_in = dict(state.planned_in)
        self._takes = {scene: dict(takes) for scene, takes in state.takes.items()}
        self._usage = dict(state.usage_by_event)

    def add(self, event: e.AnyEvent) -> None:
        """Merges one event."""
        self._add_usage(event)
        for number in _plan(event):
            self._planned_in[number] = max(event.revision, self._planned_in.get(number, 1))
        facts = self._facts
        if isinstance(event, e.SceneEvent):
            facts = self._scenes.setdefault(event.scene, {})
        if isinstance(event, e.SceneRendered):
            self._keep_take(event)
        verb, merge = e.verb(type(event)), _later
        if isinstance(event, e.Delay):
            merge = _newest
        elif isinstance(event, e.SceneFailed):
            merge = _furthest
        facts[verb] = merge(facts.get(verb), event)

    def _add_usage(self, event: e.AnyEvent) -> None:
        """Counts an event's usage once for its message id; of two versions of one event the more expensive counts."""
        spent: tuple[Usage, ...] = getattr(event, "spent", ())
        if spent:
            name = e.message_id(event)
            known = self._usage.get(name)
            self._usage[name] = max(spent, known, key=_order_by_cost) if known else spent

    def _keep_take(self, event: e.SceneRendered) -> None:
        """Keeps every version of a scene, also one that came too late to be in force."""
        takes, take = self._takes.setdefault(event.scene, {}), event.take or event.revision
        takes[take] = _original(takes.get(take), event)

    def build(self) -> VideoState:
        """The state."""
        parts = {
            "scene_events": {number: SceneEvents(**facts) for number, facts in self._scenes.items()},
            "planned_in": self._planned_in,
            "takes": self._takes,
            "usage_by_event": self._usage,
        }
        return VideoState(**self._facts | parts)


def _order_by_cost(items: tuple[Usage, ...]) -> tuple[float, str]:
    return sum(item.cost_usd for item in items), str(items)
