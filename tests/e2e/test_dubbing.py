"""A video in another language: the original's visuals, re-timed to new words."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_client import ApiClient, assert_in_sync, probe_decoded

from lectern.cli.runner.stack import run_stack

ENGLISH = """
# A circle grows

## Growing

Here is a circle.

It grows, slowly, until it fills the whole frame from one side to the other.

```manim
class Growing(NarratedScene):
    def construct(self):
        ring = Circle(radius=0.5, color=theme.primary)
        with self.beat():
            self.play(Create(ring))
        with self.beat():
            self.at("grows")
            self.play(ring.animate.scale(4), run_time=2)
```

## In words

Circles grow in every direction.

- It grows
- It is round
"""
GERMAN = """
# Ein Kreis wächst

## Wachsen

Hier ist ein Kreis.

Er wächst.

## In Worten

Kreise wachsen in jede Richtung.

- Er wächst
- Er ist rund
"""


@pytest.mark.slow
async def test_a_video_is_dubbed_with_its_own_visuals(tmp_path: Path) -> None:
    async with run_stack(tmp_path / "home") as stack:
        client = ApiClient(stack.url)
        original = await client.create_video(ENGLISH)
        early = await client.http.post(f"/v1/videos/{original}/dub", json={"language": "de"})
        assert early.status_code == 409, early.text
        shown = await client.wait_for_outcome(original)
        assert shown["status"] == "completed", shown

        body = {"language": "de", "document": {"markdown": GERMAN}}
        answer = await client.http.post(f"/v1/videos/{original}/dub", json=body)
        assert answer.status_code == 202, answer.text
        dubbed = await client.wait_for_outcome(str(answer.json()["id"]))
        assert dubbed["status"] == "completed", dubbed
        assert dubbed["title"] == "Ein Kreis wächst"
        assert dubbed["options"]["language"] == "de"
        assert not any(scene["degraded"] for scene in dubbed["scenes"]), dubbed["scenes"]
        assert dubbed["scenes"][0]["origin"] == "author"
        assert dubbed["scenes"][0]["seconds"] < shown["scenes"][0]["seconds"], (
            "the footage follows the shorter narration"
        )
        assert [item["name"] for item in dubbed["usage"]["items"] if item["kind"] == "voice"] == ["espeak/de"]
        file = await client.download(str(dubbed["id"]), "video", tmp_path / "de.mp4")
        assert_in_sync(file)
        assert [chapter["tags"]["title"] for chapter in probe_decoded(file)["chapters"]] == ["Wachsen", "In Worten"]

        nobody = await client.http.post(f"/v1/videos/{original}/dub", json={"language": "fr"})
        failed = await client.wait_for_outcome(str(nobody.json()["id"]))
        assert failed["error"]["code"] == "no-model"
        assert "`document`" in failed["error"]["remedy"]
        await client.http.aclose()
