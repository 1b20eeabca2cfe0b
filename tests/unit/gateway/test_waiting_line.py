"""The place of a video in a stage's line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lectern.gateway.outlook.forecast import WaitingVideo
from lectern.gateway.outlook.waiting_line import WaitingLine
from lectern.gateway.workload import StageWork, Workload

START = datetime(2026, 11, 1, tzinfo=UTC)
waiting = st.tuples(st.sampled_from("abc"), st.booleans(), st.one_of(st.none(), st.integers(0, 5)))


def make_video(number: int, party: str, bulk: bool, since: int | None) -> WaitingVideo:
    at = START + timedelta(seconds=since) if since is not None else None
    left = StageWork(items=1, units=1.0, ready=int(at is not None), since=at)
    work = Workload(lane="bulk" if bulk else "fast", quality="draft", stages={"rendering": left})
    return WaitingVideo(video_id=str(number), party=party, work=work)


@given(st.lists(waiting, max_size=12), st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 5)))
def test_own_videos_count_each_and_those_of_another_party_once(
    line: list[tuple[str, bool, int | None]], asked: tuple[str, bool, int]
) -> None:
    videos = [make_video(number, *each) for number, each in enumerate(line)]
    party, bulk, since = asked
    place = (bulk, START + timedelta(seconds=since))
    before = [
        (number, other)
        for number, (other, other_bulk, at) in enumerate(line)
        if at is not None and (other_bulk, START + timedelta(seconds=at)) < place
    ]
    for number in range(len(line) + 1):  # one of the line that has moved on, or a new one
        if number < len(line) and line[number][0] != party:
            continue
        own = sum(other == party and known != number for known, other in before)
        others = len({other for _, other in before if other != party})
        asking = make_video(number, party, bulk, since)
        assert WaitingLine(videos, "rendering").count_ahead(asking, place) == own + others


def test_who_has_nothing_in_a_stage_is_in_no_line() -> None:
    video = make_video(1, "a", False, 0)
    assert WaitingLine([video], "coding").count_ahead(make_video(2, "a", False, 9), (False, START)) == 0
