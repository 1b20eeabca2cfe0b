"""What strangers wrote, where others follow it: one server-sent event, whatever is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from lectern.contracts import events as e
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.requests import Progress
from lectern.contracts.state import VideoState, fold
from lectern.gateway.stream_frames import StreamFrame, make_event_frame, make_progress_frame, make_snapshot_frame

WORDS = 'x\n\ndata: {"type": "video.completed"}\n\nevent: forged\r\rid: 9\r\n\x1b]0;owned\x07\x85\u2028\x00</script><img src=x onerror=a()>'
COMMON = {"video_id": "0198c0de-0000-7000-8000-000000000001", "at": datetime(2026, 1, 2, tzinfo=UTC), "cause": "a:1:b"}
REQUESTED = e.VideoRequested(**COMMON, brief=Brief(topic=WORDS), options=VideoOptions())
FAILED = e.VideoFailed(**COMMON, problem=Problem(code="x", title=WORDS, detail=WORDS, remedy=WORDS))


def make_frames() -> list[StreamFrame]:
    state: VideoState = fold([REQUESTED, FAILED])
    progress = Progress(video_id="v", stage=WORDS, doing=WORDS, done=1, of=2, revision=1, scene=1)
    return [
        make_event_frame(1, REQUESTED, fold([REQUESTED]), REQUESTED),
        make_event_frame(2, FAILED, state, REQUESTED),
        make_snapshot_frame(2, state, REQUESTED, resync=False),
        make_progress_frame(progress),
    ]


@pytest.mark.parametrize("number", range(4), ids=["requested", "failed", "snapshot", "progress"])
def test_words_on_a_stream_cannot_end_their_event_or_begin_another(number: int) -> None:
    text = make_frames()[number].data.decode()
    assert text.endswith("\n\n")
    lines = text[:-2].split("\n")
    assert [line.partition(":")[0] for line in lines] in (["event", "id", "data"], ["event", "data"])
    assert "\r" not in text, "to a client this ends a line as well"
    assert json.loads(lines[-1].removeprefix("data: "))["type"] == lines[0].removeprefix("event: ")
