"""What OpenAPI shows beside the models: examples, and the problems a route may answer."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from lectern.gateway.models import ProblemBody

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
    "error": None,
    "urls": {
        "self": f"/v1/videos/{VIDEO_ID}",
        "events": f"/v1/videos/{VIDEO_ID}/events",
        "cancel": f"/v1/videos/{VIDEO_ID}/cancel",
        "script": f"/v1/videos/{VIDEO_ID}/script",
        "content": None,
    },
}
VIDEO: dict[str, Any] = {
    **_SUMMARY,
    "topic": "How does photosynthesis work?",
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
        "critique": False,
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
    "scenes": [
        {
            "number": 1,
            "title": "Light",
            "status": "rendered",
            "seconds": 12.4,
            "footage": f"/v1/videos/{VIDEO_ID}/scenes/1/footage",
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
        },
        {
            "number": 2,
            "title": "Sugar",
            "status": "coded",
            "seconds": 9.8,
            "footage": None,
            "origin": "template",
            "attempts": [],
            "degraded": None,
            "error": None,
        },
    ],
    "outputs": [],
}
VOICE_LIST = {
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
    "scenes": [
        {
            "title": "Light",
            "beats": [{"text": "A leaf catches light.", "spoken": ""}],
            "visual": {"kind": "flow", "steps": ["Light", "Leaf", "Sugar"]},
        }
    ],
    "sources": [],
}
ASSET = {
    "id": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "media_type": "image/png",
    "bytes": 48213,
}

REQUESTS = {
    "topic": {"summary": "A topic", "value": {"topic": "How does photosynthesis work?"}},
    "document": {
        "summary": "A lesson in Markdown with a picture, in portrait",
        "value": {
            "document": {
                "markdown": "# The leaf\n\n## Light\n\nA leaf catches light.\n\n![A leaf](leaf.png)\n",
                "assets": {"leaf.png": ASSET["id"]},
            },
            "options": {"quality": "high", "aspect": "9:16", "voice": "en-GB", "review": True},
            "lane": "bulk",
        },
    },
}

DUBS = {
    "model": {"summary": "Translated by a model", "value": {"language": "de"}},
    "document": {
        "summary": "Translated by you",
        "value": {
            "language": "de",
            "document": {"markdown": "# Das Blatt\n\n## Licht\n\nEin Blatt fängt Licht ein.\n"},
        },
    },
}

_TITLES = {
    400: "The request cannot be read",
    404: "There is no such thing",
    409: "It does not fit the state the video is in",
    412: "The script has changed meanwhile",
    413: "The body is too large",
    415: "The body has the wrong type",
    416: "The range lies outside the file",
    422: "The request was refused",
    503: "The event log or the object store is away",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for the statuses, as problem+json, each with an example."""
    return {
        status: {
            "model": ProblemBody,
            "description": _TITLES[status],
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/ProblemBody"},
                    "example": {
                        "type": "https://lectern.dev/problems/validation-error",
                        "title": _TITLES[status],
                        "status": status,
                        "detail": "/options/quality: 'hd' is not possible; use one of 'draft', 'standard', …",
                        "code": "validation-error",
                        "remedy": "Correct the fields named in `errors` and send the request again.",
                        "retryable": status == 503,
                        "errors": [],
                    },
                }
            },
        }
        for status in statuses
    }


def described(app: FastAPI) -> dict[str, Any]:
    """The application's OpenAPI, without the 422 that FastAPI adds wherever there is a parameter."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for methods in schema["paths"].values():
            for operation in methods.values():
                if "HTTPValidationError" in str(operation["responses"].get("422")):
                    del operation["responses"]["422"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schema["components"]["schemas"].pop(unused, None)
        app.openapi_schema = schema
    return app.openapi_schema


def answers(status: int, description: str, example: object) -> dict[int | str, dict[str, Any]]:
    """An OpenAPI response with an example."""
    return {status: {"description": description, "content": {"application/json": {"example": example}}}}
