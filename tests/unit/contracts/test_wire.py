"""The wire formats: golden files keep every version of every event readable, subjects match the topology."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest
from unit.contracts.logs import OPTIONS, PROBLEM, scene_events, titles

from lectern.contracts import events as e
from lectern.contracts import keys, subjects, topology
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief
from lectern.contracts.state import SceneEvents, VideoState

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VIDEO = "0198c0de-0000-7000-8000-000000000001"
COMMON = {"video_id": VIDEO, "at": AT, "cause": "a:1:b"}
SAMPLES: list[e.AnyEvent] = [
    e.VideoRequested(**COMMON, brief=Brief(topic="Tides"), options=OPTIONS),
    e.VideoScripted(**COMMON, script_key="s", title="Tides", scenes=titles(2), options=OPTIONS, review=True),
    e.ScriptApproved(**COMMON, script_key="s", title="Tides", scenes=titles(2), plan=(1, 2), options=OPTIONS),
    *scene_events(2, 1, AT),
    e.VideoCompleted(
        **COMMON,
        seconds=4.0,
        frames=120,
        outputs=(e.Output(kind="video", key="k", media_type="video/mp4", bytes=9),),
    ),
    e.VideoFailed(**COMMON, problem=PROBLEM),
    e.VideoCancelled(**COMMON, reason="enough"),
    e.SceneDelayed(**COMMON, scene=2, stage="voice", problem=PROBLEM, since=AT),
    e.VideoDelayed(**COMMON, stage="scripter", problem=PROBLEM, since=AT),
    e.VideoDescribed(**COMMON, title="Why tides?", metadata={"course": "7b"}),
    e.VideoDeleted(**COMMON),
]


def tag(event: e.AnyEvent) -> str:
    version = e.version_of(event)
    return f"{event.__struct_config__.tag}{f'-version-{version}' if version > 1 else ''}"


@pytest.mark.parametrize("event", SAMPLES, ids=tag)
def test_every_event_ever_written_is_still_read(event: e.AnyEvent) -> None:
    """Delete no golden file: logs of thirty days are replayed by new code. A new version gets a new tag and file."""
    golden = GOLDEN / f"{tag(event)}.json"
    if not golden.exists():
        golden.write_bytes(msgspec.json.format(e.encode(event)) + b"\n")
        pytest.fail(f"{golden.name} was missing and has been written: look at it and commit it")
    assert e.decode(golden.read_bytes()) == event


@pytest.mark.parametrize("event", SAMPLES, ids=tag)
def test_an_event_that_is_nested_without_end_is_refused_as_any_other_that_cannot_be_read(event: e.AnyEvent) -> None:
    nested = e.encode(event)[:-1] + b',"more":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    for read in (e.decode, e.owner_of):
        with pytest.raises(msgspec.DecodeError, match="nested too deep"):
            read(nested)


def declared_events() -> list[type[e.Event]]:
    """Every event class with a tag of its own."""
    return [
        kind
        for kind in vars(e).values()
        if isinstance(kind, type) and issubclass(kind, e.Event) and "." in tag_of(kind)
    ]


def tag_of(kind: type[e.Event]) -> str:
    return str(kind.__struct_config__.tag)


@pytest.mark.parametrize("kind", declared_events(), ids=lambda kind: kind.__name__)
def test_an_event_is_complete(kind: type[e.Event]) -> None:
    """The three places of an event: its class, the union, and the state that the fold keeps it in. And a sample here."""
    assert kind in get_args(e.AnyEvent), f"{kind.__name__} is missing from events.AnyEvent"
    state = SceneEvents if issubclass(kind, e.SceneEvent) else VideoState
    fields = get_type_hints(state)
    assert e.verb(kind) in fields, f"{state.__name__} has no field {e.verb(kind)!r} for {kind.__name__}"
    assert fields[e.verb(kind)] == kind | None
    assert kind in {type(sample) for sample in SAMPLES}, f"{kind.__name__} has no sample in this file"


@pytest.mark.parametrize("event", SAMPLES, ids=tag)
def test_an_event_says_whose_video_it_is_about(event: e.AnyEvent) -> None:
    assert event.owner == "", "events from before there were keys are nobody's"
    owned = msgspec.structs.replace(event, owner="ann")
    assert e.decode(e.encode(owned)).owner == "ann"


def test_unknown_fields_are_ignored_and_unknown_types_refused() -> None:
    data = msgspec.json.decode(e.encode(SAMPLES[0]))
    assert e.decode(msgspec.json.encode({**data, "added_later": 1})) == SAMPLES[0]
    with pytest.raises(ValueError, match="Invalid value"):
        e.decode(msgspec.json.encode({**data, "type": "video.unheard-of.v1"}))


def _matches(filter_: str, subject: str) -> bool:
    pattern, tokens = filter_.split("."), subject.split(".")
    if pattern[-1] == ">":
        return len(tokens) >= len(pattern) and all(p in ("*", t) for p, t in zip(pattern[:-1], tokens, strict=False))
    return len(pattern) == len(tokens) and all(p in ("*", t) for p, t in zip(pattern, tokens, strict=True))


@pytest.mark.parametrize("event", SAMPLES, ids=tag)
def test_each_event_reaches_exactly_the_stages_that_answer_it(event: e.AnyEvent) -> None:
    reached = {
        consumer.name
        for consumer in topology.consumers()
        if consumer.stream == topology.VIDEOS and any(_matches(f, subjects.subject(event)) for f in consumer.filters)
    }
    stages = {f"{stage}-fast" for stage, inputs in topology.STAGE_INPUTS.items() if type(event) in inputs}
    own = {topology.PROJECTOR, topology.ERASER} if isinstance(event, e.VideoDeleted) else {topology.PROJECTOR}
    announced = {topology.ANNOUNCER} if type(event) in topology.ANNOUNCED else set()
    cued = {topology.CUER} if type(event) in topology.CUES else set()
    assert reached == stages | own | announced | cued


def test_message_ids_tell_facts_apart_and_repeat_for_the_same_fact() -> None:
    ids = {e.message_id(sample) for sample in SAMPLES}
    assert len(ids) == len(SAMPLES)
    later = msgspec.structs.replace(SAMPLES[0], at=e.now())
    assert e.message_id(later) == e.message_id(SAMPLES[0])
    assert e.message_id(msgspec.structs.replace(SAMPLES[0], revision=2)) != e.message_id(SAMPLES[0])


def test_each_wait_of_a_stage_is_a_fact_of_its_own() -> None:
    delayed = e.SceneDelayed(**COMMON, scene=2, stage="voice", problem=PROBLEM, since=AT)
    later = msgspec.structs.replace(delayed, since=AT + timedelta(seconds=1))
    assert e.message_id(later) != e.message_id(delayed)
    assert e.message_id(msgspec.structs.replace(delayed, stage="coder")) != e.message_id(delayed)
    assert e.message_id(msgspec.structs.replace(delayed, at=e.now())) == e.message_id(delayed)


def test_ids_sort_by_the_time_they_were_given_and_are_safe_in_subjects() -> None:
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert not set("".join(ids)) & set(".*> \t")


def test_a_digest_depends_on_every_input_and_on_where_one_ends() -> None:
    assert keys.digest("a", "bc") != keys.digest("ab", "c")
    assert keys.digest({"x": 1, "y": 2}) == keys.digest({"y": 2, "x": 1})
    assert keys.digest(b"a") != keys.digest("a")


def test_a_subject_names_the_place_of_its_event() -> None:
    assert subjects.read_place("videos.fast.v1.scenes.3.coded") == ("v1", 3)
    assert subjects.read_place("videos.bulk.v1.completed") == ("v1", None)
    assert subjects.read_place("dead.coder") == ("", None)
