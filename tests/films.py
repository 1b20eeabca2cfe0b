"""Making videos in tests: a running Lectern, the public API, and what ffprobe says of the result."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

TIDES = """
# Why are there tides?

## The Moon pulls

The Moon's gravity pulls on the ocean, and the near side feels it most.

Water heaps up toward the Moon.

```flow
Moon
Gravity
Ocean bulge
```

## Two bulges

There is a second bulge on the far side, where the pull is weakest.

- Near side: strong pull
- Far side: weak pull
"""

SPINNING = """
# A long turn

## Turning

The wheel turns, and turns again, and it takes all the time this sentence needs to be said aloud.

```manim
class Turning(NarratedScene):
    def construct(self):
        wheel = VGroup(*[Star(n=9, outer_radius=r) for r in np.linspace(0.4, 3, 40)])
        with self.beat():
            self.play(Rotate(wheel, TAU), run_time=6)
```

## Resting

Now it rests.

- Rest
"""

BROKEN = TIDES.replace(
    "```flow\nMoon\nGravity\nOcean bulge\n```",
    """```manim
class Broken(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(Create(Cirlce()))
        with self.beat():
            self.wait()
```""",
)

ENDED = ("completed", "failed", "cancelled")


class Studio:
    """A client of a running gateway."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)

    async def ask(self, markdown: str = TIDES, **options: Any) -> str:
        """Asks for a video of a document; returns its id."""
        body = {"document": {"markdown": markdown}, "options": {"quality": "draft", **options}}
        answer = await self.http.post("/v1/videos", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def video(self, video_id: str) -> dict[str, Any]:
        """The video as the API shows it now."""
        answer = await self.http.get(f"/v1/videos/{video_id}")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def until(
        self, video_id: str, seen: Callable[[dict[str, Any]], bool], seconds: float = 120
    ) -> dict[str, Any]:
        """Waits until the video looks as wanted. A gateway that is away for a moment is asked again."""
        shown: dict[str, Any] = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        shown = await self.video(video_id)
                    except (httpx.TransportError, AssertionError):
                        shown = {}
                    if shown and seen(shown):
                        return shown
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not seen within {seconds} s; the last view: {json.dumps(shown)[:3000]}") from None

    async def finished(self, video_id: str, seconds: float = 120) -> dict[str, Any]:
        """Waits for the end, whichever it is."""
        return await self.until(video_id, lambda shown: shown["status"] in ENDED, seconds)

    async def download(self, video_id: str, variant: str, target: Path) -> Path:
        """Downloads one of the outputs."""
        answer = await self.http.get(f"/v1/videos/{video_id}/content", params={"variant": variant})
        assert answer.status_code == 200, answer.text
        target.write_bytes(answer.content)
        return target


def probe(path: Path) -> dict[str, Any]:
    """Streams, chapters and format of a file, with frames counted by decoding."""
    argv = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_chapters", "-show_format", "-of", "json"]
    found: dict[str, Any] = json.loads(subprocess.run([*argv, str(path)], check=True, capture_output=True).stdout)
    return found


def assert_in_sync(path: Path) -> None:
    """The law: audio and picture end within one frame of each other."""
    streams = {stream["codec_type"]: stream for stream in probe(path)["streams"]}
    rate, _, per = streams["video"]["r_frame_rate"].partition("/")
    fps = int(rate) / int(per or 1)
    picture = int(streams["video"]["nb_read_frames"]) / fps
    assert abs(float(streams["audio"]["duration"]) - picture) <= 1 / fps
