"""Examples of the API: takes of a scene, its code, and other forms of a video."""

from __future__ import annotations

from lectern.gateway.examples import VIDEO

REDO_REQUESTS = {
    "direction": {"summary": "Another picture", "value": {"direction": "Show it as a number line."}},
    "voice": {"summary": "Another voice", "value": {"voice": "en-GB"}},
    "narration": {"summary": "Other words", "value": {"narration": ["A leaf catches light.", "It keeps it."]}},
}
CODE = """class Light(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(Create(Circle()))
"""
CODE_CHECK = {
    "object": "code_check",
    "ok": False,
    "findings": [
        {
            "rule": "NameError",
            "level": "error",
            "message": "name 'Circel' is not defined",
            "line": 4,
            "beat": None,
            "time": None,
        }
    ],
    "render_seconds": 0.0,
}
_TAKE = "/v1/videos/0198c0de-0000-7000-8000-000000000001/scenes/1/takes/2"
TAKE_LIST = {
    "object": "list",
    "data": [
        {
            "object": "take",
            "revision": 2,
            "created_at": "2026-11-03T10:02:07Z",
            "in_force": True,
            "seconds": 6.4,
            "voice": "espeak/en-gb",
            "origin": "model",
            "degraded": None,
            "title": "Light",
            "text": ["A leaf catches light."],
            "direction": "Show it as a number line.",
            "urls": {
                "footage": f"{_TAKE}/footage",
                "video": f"{_TAKE}/video",
                "narration": f"{_TAKE}/narration",
                "code": f"{_TAKE}/code",
                "choose": f"{_TAKE}/choose",
            },
        }
    ],
    "has_more": False,
    "next_cursor": None,
}

VARIANTS_REQUESTS = {
    "shapes": {
        "summary": "Upright, and light in high quality",
        "value": {"variants": [{"aspect": "9:16"}, {"theme": "light", "quality": "high"}]},
    }
}
VARIANT_LIST = {"object": "list", "data": [VIDEO], "has_more": False, "next_cursor": None}
