"""A video's log as it was read."""

from __future__ import annotations

import pytest
from unit.contracts.logs import OPTIONS, VIDEO, scene_events, titles

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief
from lectern.contracts.state import fold


def test_a_log_holds_events_state_and_the_last_sequence() -> None:
    events: list[e.AnyEvent] = [
        e.VideoRequested(video_id=VIDEO, brief=Brief(topic="Tides"), options=OPTIONS),
        e.VideoScripted(video_id=VIDEO, script_key="s", title="Tides", scenes=titles(1), options=OPTIONS),
        *scene_events(1, 1, e.now()),
    ]
    read = VideoLog(enumerate(events, start=10))
    assert list(read.events) == events
    assert read.state == fold(events)
    assert read.last == 10 + len(events) - 1
    assert [entry.sequence for entry in read][:2] == [10, 11]
    assert (read.video_id, read.lane) == (VIDEO, "fast")


def test_an_empty_log_is_falsy_and_names_no_video() -> None:
    assert not VideoLog()
    assert VideoLog().last == 0
    with pytest.raises(IndexError):
        _ = VideoLog().video_id


def test_a_video_belongs_to_the_owner_of_its_request_though_an_older_stage_left_it_out() -> None:
    requested = e.VideoRequested(video_id=VIDEO, owner="ann", brief=Brief(topic="Tides"), options=OPTIONS)
    scripted = e.VideoScripted(video_id=VIDEO, script_key="s", title="Tides", scenes=titles(1), options=OPTIONS)
    assert VideoLog(enumerate([requested, scripted])).owner == "ann"
    assert VideoLog(enumerate([scripted])).owner == ""
    assert VideoLog().owner == ""
