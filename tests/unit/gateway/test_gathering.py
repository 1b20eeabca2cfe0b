"""Logs put together from all events in the order of the stream: whole, or not at all, and in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from unit.worker.pipeline_events import planned, requested

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.gateway.gathering import Gathering
from lectern.worker import StoredMessage


def store(events: Sequence[e.AnyEvent]) -> list[StoredMessage]:
    """Messages of events, as they lie on a stream from sequence 1."""
    return [StoredMessage(number, event.video_id, e.encode(event)) for number, event in enumerate(events, start=1)]


@given(st.data(), st.integers(1, 5), st.integers(0, 4))
def test_each_log_is_whole_and_given_away_with_its_last_event(data: st.DataObject, videos: int, scenes: int) -> None:
    firsts = [requested() for _ in range(videos)]
    events = [*firsts, *(planned(first.video_id, scene=scene) for first in firsts for scene in range(1, scenes + 1))]
    stored = store(data.draw(st.permutations(events)))
    gathering = Gathering({first.video_id: scenes + 1 for first in firsts})
    found: dict[str, VideoLog] = {}
    for message in stored:
        for video_id, log in gathering.take([message]):
            assert log.last == message.sequence
            found[video_id] = log
    assert {each: log.events for each, log in found.items()} == {
        first.video_id: tuple(e.decode(each.data) for each in stored if each.video_id == first.video_id)
        for first in firsts
    }


def test_a_log_that_lost_events_meanwhile_is_not_taken_for_whole() -> None:
    video = requested()
    assert not list(Gathering({video.video_id: 2}).take(store([video])))


def test_videos_that_are_not_wanted_are_passed_by() -> None:
    assert not list(Gathering({}).take(store([requested()])))


def test_what_is_held_is_bounded_and_the_video_begun_first_is_given_up() -> None:
    first, second = requested(), requested()
    stored = store([first, second, planned(first.video_id), planned(second.video_id)])
    gathering = Gathering({first.video_id: 2, second.video_id: 2}, most_held=len(stored[0].data) + 20)
    assert [video_id for video_id, _ in gathering.take(stored)] == [second.video_id]
