"""Examples that OpenAPI shows of a video's files, of queues and of estimates."""

from __future__ import annotations

from lectern.gateway.examples import VIDEO_ID

ESTIMATE = {
    "scenes": {"low": 3, "high": 8},
    "seconds": {"low": 45.0, "high": 127.5},
    "done_in_seconds": {"low": 40.2, "high": 190.0},
    "cost_usd": {"low": 0.031, "high": 0.14},
    "voice": "en-GB-Neural2-A",
    "basis": [
        "There is no script yet: 5 scenes of 75 s in all, as most are.",
        "Times are those of the stages lately, with what waits there now.",
    ],
}

QUEUE = {
    "object": "list",
    "data": [
        {
            "stage": "rendering",
            "depth": 7,
            "in_flight": 2,
            "oldest_age_seconds": 12.5,
            "workers": 1,
            "slots": 2,
        },
    ],
    "has_more": False,
    "next_cursor": None,
}

ARTIFACTS = {
    "object": "list",
    "data": [
        {
            "kind": "video",
            "scene": None,
            "name": "video.mp4",
            "url": f"/v1/videos/{VIDEO_ID}/content?variant=video",
            "media_type": "video/mp4",
            "bytes": 4_810_233,
        },
        {
            "kind": "scene_video",
            "scene": 1,
            "name": "scenes/01-light/scene.mp4",
            "url": f"/v1/videos/{VIDEO_ID}/scenes/1/video",
            "media_type": "video/mp4",
            "bytes": None,
        },
    ],
    "has_more": False,
    "next_cursor": None,
}

SCENE_WORDS = {
    "scene": 1,
    "seconds": 3.2,
    "language": "en",
    "voice": "en-GB-Neural2-A",
    "timing": "exact",
    "beats": [{"text": "A leaf catches light.", "start": 0.0, "end": 3.2, "speaker": ""}],
    "words": [
        {"text": "A", "start": 0.1, "end": 0.2, "beat": 1, "sentence": 1, "glued": False},
        {"text": "leaf", "start": 0.2, "end": 0.6, "beat": 1, "sentence": 1, "glued": False},
    ],
}

ESTIMATE_LIST = {"object": "list", "data": [ESTIMATE], "has_more": False, "next_cursor": None}
TIMED_TRANSCRIPT = {
    "version": 1,
    "title": "The leaf",
    "language": "en",
    "seconds": 4.5,
    "scenes": [
        {
            "number": 1,
            "title": "Light",
            "start": 0.0,
            "end": 4.5,
            "sentences": [
                {
                    "text": "Leaves drink.",
                    "start": 0.3,
                    "end": 1.4,
                    "speaker": "",
                    "words": [
                        {"text": "Leaves", "start": 0.3, "end": 0.8},
                        {"text": "drink.", "start": 0.9, "end": 1.4},
                    ],
                }
            ],
        }
    ],
}
