"""Examples that OpenAPI shows."""

from __future__ import annotations

from typing import Any

VIDEO_ID = "01a01f2e-7c1b-7d3a-9a55-0d2b8d1c4f60"

_SUMMARY: dict[str, Any] = {
    "id": VIDEO_ID,
    "object": "video",
    "status": "in_progress",
    "stage": "rendering",
    "progress": 61,
    "title": "How photosynthesis works",
    "lane": "fast",
    "created_at": "2026-11-20T09:30:00Z",
    "completed_at": None,
    "revision": 1,
    "scene_count": 2,
    "scenes_rendered": 1,
    "seconds": None,
    "topic": "How does photosynthesis work?",
    "aspect": "16:9",
    "language": "en",
    "thumbnail": None,
    "scenes_degraded": 0,
    "metadata": {"course": "biology-7b"},
    "external_id": "",
    "batch": None,
    "parent": None,
    "error": None,
    "waiting": None,
    "urls": {
        "self": f"/v1/videos/{VIDEO_ID}",
        "events": f"/v1/videos/{VIDEO_ID}/events",
        "cancel": f"/v1/videos/{VIDEO_ID}/cancel",
        "script": f"/v1/videos/{VIDEO_ID}/script",
        "content": None,
    },
}


def _make_timing(queued: str, began: str, ended: str, waited: float, worked: float, **more: object) -> dict[str, Any]:
    return {
        "queued_at": f"2026-11-20T09:30:{queued}Z",
        "began_at": f"2026-11-20T09:30:{began}Z",
        "ended_at": f"2026-11-20T09:30:{ended}Z",
        "waited_seconds": waited,
        "worked_seconds": worked,
        "attempts": 1,
        "cached": None,
        "cpu_seconds": None,
        **more,
    }


_TIMINGS: dict[str, Any] = {
    "voicing": _make_timing("04", "04", "05", 0.0, 1.0, cached=False),
    "coding": _make_timing("05", "06", "20", 1.0, 14.0),
    "rendering": _make_timing("20", "20", "31", 0.0, 11.0, cached=False, cpu_seconds=9.7),
}
VIDEO: dict[str, Any] = {
    **_SUMMARY,
    "script_revision": 1,
    "options": {
        "quality": "standard",
        "aspect": "16:9",
        "voice": "en-GB",
        "speaking_rate": 1.0,
        "language": "en",
        "captions": "plain",
        "theme": "dark",
        "review": False,
        "burn_captions": False,
        "music": "calm",
        "sounds": "on",
        "brand": None,
        "cards": True,
        "critique": None,
        "max_cost_usd": None,
    },
    "usage": {
        "cost_usd": 0.0,
        "tokens": 0,
        "characters": 96,
        "items": [
            {
                "kind": "voice",
                "name": "espeak/en-us",
                "task": "",
                "requests": 1,
                "input": 0,
                "cached": 0,
                "thinking": 0,
                "output": 0,
                "characters": 96,
                "cpu_seconds": 0.0,
                "cost_usd": 0.0,
            }
        ],
    },
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "timings": {
        "requested_at": "2026-11-20T09:30:00Z",
        "scripting": _make_timing("00", "00", "04", 0.0, 4.0),
        "composing": None,
        "first_scene_seconds": 31.0,
        "completed_seconds": None,
    },
    "queue": {"stage": "rendering", "ahead": 2, "as_of": "2026-11-20T09:30:32Z"},
    "eta": {"seconds": 24.0, "low": 17.5, "high": 33.0, "confidence": "medium", "as_of": "2026-11-20T09:30:32Z"},
    "scenes": [
        {
            "number": 1,
            "title": "Light",
            "status": "rendered",
            "seconds": 12.4,
            "footage": f"/v1/videos/{VIDEO_ID}/scenes/1/footage",
            "video": f"/v1/videos/{VIDEO_ID}/scenes/1/video",
            "still": f"/v1/videos/{VIDEO_ID}/scenes/1/still",
            "narration": f"/v1/videos/{VIDEO_ID}/scenes/1/narration",
            "words": f"/v1/videos/{VIDEO_ID}/scenes/1/words",
            "origin": "model",
            "attempts": [
                {
                    "number": 1,
                    "strategy": "draft",
                    "rule": "NameError",
                    "finding": "- NameError in line 7: name 'Cirlce' is not defined",
                    "line": 7,
                },
                {"number": 2, "strategy": "lines", "rule": "", "finding": "", "line": None},
            ],
            "degraded": None,
            "error": None,
            "waiting": None,
            "voice": "en-GB-Neural2-A",
            "timings": _TIMINGS,
        },
        {
            "number": 2,
            "title": "Sugar",
            "status": "coded",
            "seconds": 9.8,
            "footage": None,
            "video": None,
            "still": None,
            "narration": f"/v1/videos/{VIDEO_ID}/scenes/2/narration",
            "words": f"/v1/videos/{VIDEO_ID}/scenes/2/words",
            "origin": "template",
            "attempts": [],
            "degraded": None,
            "error": None,
            "waiting": None,
            "voice": "en-GB-Neural2-A",
            "timings": {**_TIMINGS, "rendering": None},
        },
    ],
    "outputs": [],
    "notes": [
        {"code": "doubt", "text": "To be checked: all plants (some parasitic ones have no chlorophyll)"},
    ],
}
LESSONS = {
    "object": "list",
    "data": [
        {
            "name": "photosynthesis",
            "title": "How does photosynthesis work?",
            "language": "en",
            "audience": "school",
            "seconds": 79.5,
        }
    ],
}
LESSON = "title: How does photosynthesis work?\n\n# How does photosynthesis work?\n\n## A factory that runs on light\n…"
VOICES = {
    "object": "list",
    "data": [
        {
            "id": "en-GB-Neural2-A",
            "language": "en-GB",
            "gender": "female",
            "engine": "google",
            "timing": "exact",
            "usd_per_million": 16.0,
        }
    ],
}
VIDEO_LIST = {"object": "list", "data": [_SUMMARY], "has_more": False, "next_cursor": None}
SCRIPT = {
    "revision": 1,
    "approved": False,
    "title": "How photosynthesis works",
    "language": "en",
    "angle": "",
    "question": "",
    "idea": "",
    "audience": "",
    "scenes": [
        {
            "title": "Light",
            "beats": [{"text": "A leaf catches light.", "spoken": "", "show": "", "speaker": "", "pause": 0.0}],
            "visual": {"kind": "flow", "steps": ["Light", "Leaf", "Sugar"]},
            "plan": {
                "idea": "",
                "purpose": "",
                "shows": "",
                "form": "",
                "direction": "",
                "carries": [],
                "transition": "",
            },
            "voice": "",
        }
    ],
    "sources": [],
    "pronunciations": {},
    "symbols": [],
    "doubts": [],
    "cast": "",
    "hints": [],
}
ASSET = {
    "id": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "media_type": "image/png",
    "bytes": 48213,
}

VIDEO_REQUESTS = {
    "topic": {"summary": "A topic", "value": {"topic": "How does photosynthesis work?"}},
    "document": {
        "summary": "A lesson in Markdown, in portrait",
        "value": {
            "document": {
                "markdown": "# The leaf\n\n## Light\n\nA leaf catches light.\n",
                "assets": {},  # an image's name and its id, which only an upload gives
            },
            "options": {"quality": "high", "aspect": "9:16", "voice": "en-GB", "review": True},
            "lane": "bulk",
        },
    },
}

DUB_REQUESTS = {
    "model": {"summary": "Translated by a model", "value": {"language": "de"}},
    "document": {
        "summary": "Translated by you",
        "value": {
            "language": "de",
            "document": {"markdown": "# Das Blatt\n\n## Licht\n\nEin Blatt fängt Licht ein.\n"},
        },
    },
}
PROBLEM = {
    "type": "/problems/validation-error",
    "title": "Invalid request",
    "status": 422,
    "detail": "/options/quality: 'hd' is not possible; use one of 'draft', 'standard', …",
    "code": "validation-error",
    "remedy": "Correct the fields listed in `errors` and send the request again.",
    "retryable": False,
    "errors": [],
}
EXPLANATION = {
    "code": "validation-error",
    "status": 422,
    "title": "Invalid request",
    "cause": "One or more fields of the request are missing, unknown or out of range.",
    "remedy": "Correct the fields listed in `errors` and send the request again.",
}

_WEBHOOK_ID = "01a01f2e-8a00-7000-8c11-5a7d11f0a2b4"
_DELIVERY_ID = "01a01f2f-1b00-7d55-b2a0-94f5ab3c7e10"
WEBHOOK: dict[str, Any] = {
    "id": _WEBHOOK_ID,
    "object": "webhook",
    "url": "https://example.org/hooks/lectern",
    "events": ["video.completed", "video.failed"],
    "description": "course platform",
    "enabled": True,
    "note": "",
    "failing_since": None,
    "created_at": "2026-11-20T09:30:00Z",
    "old_secret_until": None,
}
NEW_WEBHOOK = {**WEBHOOK, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
WEBHOOK_LIST = {"object": "list", "data": [WEBHOOK], "has_more": False, "next_cursor": None}
WEBHOOK_REQUESTS = {
    "webhook": {
        "summary": "Be told when a video is done",
        "value": {"url": "https://example.org/hooks/lectern", "events": ["video.completed", "video.failed"]},
    }
}
DELIVERY: dict[str, Any] = {
    "id": _DELIVERY_ID,
    "object": "webhook_delivery",
    "webhook_id": _WEBHOOK_ID,
    "event": "webhook.test",
    "video_id": None,
    "status": "pending",
    "created_at": "2026-11-20T09:31:00Z",
    "next_attempt_at": "2026-11-20T09:31:05Z",
    "attempts": [
        {"at": "2026-11-20T09:31:00Z", "seconds": 0.213, "status": 500, "error": "it responded with status 500"}
    ],
    "body": '{"type":"webhook.test","timestamp":"2026-11-20T09:31:00Z","data":{}}',
}
DELIVERY_LIST = {"object": "list", "data": [DELIVERY], "has_more": False, "next_cursor": None}

_BATCH_ID = "01a01f2e-7c1b-7000-8a55-0d2b8d1c4f60"
_BATCH_SUMMARY: dict[str, Any] = {
    "id": _BATCH_ID,
    "object": "batch",
    "status": "in_progress",
    "created_at": "2026-11-20T09:30:00Z",
    "lane": "bulk",
    "counts": {
        "total": 1,
        "refused": 0,
        "missing": 0,
        "queued": 1,
        "in_progress": 0,
        "awaiting_approval": 0,
        "completed": 0,
        "failed": 0,
        "cancelled": 0,
        "deleted": 0,
    },
    "urls": {
        "self": f"/v1/batches/{_BATCH_ID}",
        "cancel": f"/v1/batches/{_BATCH_ID}/cancel",
        "videos": f"/v1/videos?batch={_BATCH_ID}",
    },
}
BATCH = {
    **_BATCH_SUMMARY,
    "items": [
        {
            "index": 0,
            "custom_id": "sky",
            "video": VIDEO_ID,
            "status": "queued",
            "url": f"/v1/videos/{VIDEO_ID}",
            "problem": None,
        }
    ],
}
BATCH_LIST = {"object": "list", "data": [_BATCH_SUMMARY], "has_more": False, "next_cursor": None}
EXPLANATIONS = {"object": "list", "data": [EXPLANATION]}
