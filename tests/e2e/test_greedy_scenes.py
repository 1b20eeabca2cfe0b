"""Scenes that sleep, spin, allocate or draw far too much: what the user sees of each, and that the video arrives."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_client import ApiClient, assert_in_sync

from lectern.cli.runner.stack import run_stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

SENTENCE = "One two three four five six seven eight nine ten, and so on until the sentence has taken its eight seconds."
SCENE = """
## {title}

{sentence}

```manim
class Greedy(NarratedScene):
    def construct(self):
        with self.beat():
            {body}
```
"""
BODIES = {
    "It sleeps": "import time; time.sleep(600)",
    "It spins": "while True: pass",
    "It allocates": "kept = [np.ones(10_000_000) for _ in range(1000)]",
    "It draws thousands of dots": """value = ValueTracker(0)
            self.add(always_redraw(
                lambda: VGroup(*(Dot([n % 80 / 8 - 5, n // 80 / 8 - 3, value.get_value()]) for n in range(4000)))
            ))
            self.play(value.animate.set_value(1), run_time=15)""",
}
# The problem's code, what its detail says, and what its remedy says.
SHOWN = [
    ("manim-idle", "slept for more than 30 seconds", "Never sleep"),
    ("manim-cpu", "used more than 12 seconds of computing", "look for a loop that never ends"),
    ("manim-memory", "needed more than 2048 MiB, in line 4", "fewer and smaller things"),
    ("manim-too-dear", "line 6 (`lambda: VGroup(", "Change that line"),
]


async def test_each_greedy_scene_becomes_a_card_that_says_why_and_what_to_do(tmp_path: Path) -> None:
    # Twice as long, so that the cost is in the number of frames: few of them are looked at before it is rendered.
    scenes = [SCENE.format(title=title, sentence=f"{SENTENCE} {SENTENCE}", body=body) for title, body in BODIES.items()]
    async with run_stack(tmp_path / "home") as stack:
        client = ApiClient(stack.url)
        video = await client.create_video("# Greedy scenes\n" + "".join(scenes))
        shown = await client.wait_for_outcome(video, seconds=240)
        assert_in_sync(await client.download(video, "video", tmp_path / "v.mp4"))
        await client.http.aclose()
    assert shown["status"] == "completed", shown
    degraded = [scene["degraded"] for scene in shown["scenes"]]
    assert [problem["code"] for problem in degraded] == [code for code, _, _ in SHOWN], [
        problem["detail"] for problem in degraded
    ]
    for problem, (_, detail, remedy) in zip(degraded, SHOWN, strict=True):
        assert detail in problem["detail"]
        assert remedy in problem["remedy"]
