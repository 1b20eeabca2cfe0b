"""Any topic, with a model: the whole pipeline, the real Gemini client for words and voice, a stand-in for Gemini."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from films import Studio, assert_in_sync
from standins.behaviour import Move, Reads, Says, Script
from standins.gemini import gemini

from lectern.cli.runner import running

PLAN = {
    "title": "Why the sky is blue",
    "scenes": [{"title": f"Part {n}", "purpose": "explain", "shows": "waves"} for n in (1, 2)],
    "symbols": [{"name": "blue light", "colour": "primary", "meaning": "short waves"}],
}
BEATS = [
    {"text": "Sunlight is a mixture of all the colours, from red to violet.", "spoken": "", "show": "a beam"},
    {
        "text": "The air scatters blue light far more than red light, so blue comes from everywhere.",
        "spoken": "",
        "show": "blue dots spread",
    },
]
CODE = """```python
from manim import *

class Sky(Scene):
    def construct(self):
        beam = Line(LEFT * 5, RIGHT * 5, color=theme.accent, stroke_width=12)
        dots = VGroup(*[Dot(np.array([2.2 * np.cos(a), 1.4 * np.sin(a), 0]), color=theme.primary, radius=0.14) for a in np.linspace(0, TAU, 12)])
        with self.beat():
            self.play(ShowCreation(beam), run_time=2)
        with self.beat():
            self.play(%s, run_time=2)
```"""


def answers(request: dict[str, Any]) -> Move:
    """What a model would say to each task, told apart by its instructions. Part 2 is first drawn with a mistake."""
    if request.get("generationConfig", {}).get("responseModalities") == ["AUDIO"]:
        return Reads()
    rules = json.dumps(request["systemInstruction"])
    asked = json.dumps(request["contents"])
    if "You plan a short explainer" in rules:
        return Says(json.dumps(PLAN))
    if "You write the narration" in rules:
        return Says(json.dumps({"scenes": [{"title": f"Part {n}", "beats": BEATS} for n in (1, 2)]}))
    if "You check the narration" in rules:
        return Says(json.dumps({"doubts": []}))
    if "did not pass its check" in rules:
        edit = {"old": "dots.glow()", "new": "FadeIn(dots, scale=0.3)"}
        return Says(json.dumps({"diagnosis": "There is no glow.", "edits": [edit]}))
    return Says(CODE % ("dots.glow()" if "Part 2" in asked.split("Beats, with")[0] else "FadeIn(dots, scale=0.3)"))


@pytest.mark.slow
async def test_a_model_writes_and_draws_a_video_about_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with gemini(Script(otherwise=answers)) as script:
        monkeypatch.setenv("GEMINI_API_KEY", "a-key-that-must-not-leak")
        monkeypatch.setenv("LECTERN_GEMINI_URL", script.url)
        async with running(tmp_path / "home") as stack:
            studio = Studio(stack.url)
            body = {"topic": "Why is the sky blue?", "options": {"quality": "draft", "max_cost_usd": 5.0}}
            video = str((await studio.http.post("/v1/videos", json=body)).json()["id"])
            shown = await studio.finished(video)
            assert shown["status"] == "completed", shown
            assert not any(scene["degraded"] for scene in shown["scenes"]), shown["scenes"]
            assert shown["title"] == "Why the sky is blue"
            assert [scene["origin"] for scene in shown["scenes"]] == ["model", "model"]
            tried = [(attempt["strategy"], attempt["rule"]) for attempt in shown["scenes"][1]["attempts"]]
            assert tried == [("draft", "AttributeError"), ("lines", "")]
            models = [item for item in shown["usage"]["items"] if item["kind"] == "model"]
            assert sum(item["requests"] for item in models) == 6, "plan, script, facts, two scenes, one repair"
            [voice] = [item for item in shown["usage"]["items"] if item["kind"] == "voice"]
            assert (voice["name"], voice["requests"]) == ("gemini/Kore", 4), "with a key, Gemini speaks too"
            assert voice["cost_usd"] > 0
            assert 0 < shown["usage"]["cost_usd"] < 5
            assert_in_sync(await studio.download(video, "video", tmp_path / "v.mp4"))
            assert "a-key-that-must-not-leak" not in json.dumps(shown)
            await studio.http.aclose()
        logs = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
        assert b"a-key-that-must-not-leak" not in logs, "the key reached the log, the store or a file"
