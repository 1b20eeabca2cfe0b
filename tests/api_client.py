"""Making videos in tests through the public API of a running Lectern, and checking the result."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from lectern.worker import NatsLogin

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

OUTCOMES = ("completed", "failed", "cancelled")


class ApiClient:
    """A client of a running gateway. `nats_url` is that of its event log, `nats_login` opens it."""

    def __init__(self, url: str, nats_url: str = "", nats_login: NatsLogin | None = None) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)
        self.nats_url = nats_url
        self.nats_login = nats_login

    async def create_video(self, markdown: str = TIDES, **options: Any) -> str:
        """Requests a video of a document; returns its id."""
        body = {"document": {"markdown": markdown}, "options": {"quality": "draft", **options}}
        response = await self.http.post("/v1/videos", json=body)
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    async def get_video(self, video_id: str) -> dict[str, Any]:
        """Returns the Video object."""
        response = await self.http.get(f"/v1/videos/{video_id}")
        assert response.status_code == 200, response.text
        video: dict[str, Any] = response.json()
        return video

    async def wait_until(
        self, video_id: str, condition: Callable[[dict[str, Any]], bool], seconds: float = 240
    ) -> dict[str, Any]:
        """Waits until a Video object meets a condition, and returns it. The gateway may be unavailable meanwhile."""
        video: dict[str, Any] = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        video = await self.get_video(video_id)
                    except (httpx.TransportError, AssertionError):
                        video = {}
                    if video and condition(video):
                        return video
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not met within {seconds} s; the last video: {json.dumps(video)[:3000]}") from None

    async def wait_for_outcome(self, video_id: str, seconds: float = 240) -> dict[str, Any]:
        """Waits until the video is completed, failed or cancelled, and returns it."""
        return await self.wait_until(video_id, lambda video: video["status"] in OUTCOMES, seconds)

    async def download(self, video_id: str, variant: str, target: Path) -> Path:
        """Downloads one of the outputs to `target`."""
        response = await self.http.get(f"/v1/videos/{video_id}/content", params={"variant": variant})
        assert response.status_code == 200, response.text
        target.write_bytes(response.content)
        return target


def probe_decoded(path: Path) -> dict[str, Any]:
    """Returns ffprobe's streams, chapters and format of a file, with frames counted by decoding."""
    argv = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_chapters", "-show_format", "-of", "json"]
    media: dict[str, Any] = json.loads(subprocess.run([*argv, str(path)], check=True, capture_output=True).stdout)
    return media


def assert_in_sync(path: Path) -> None:
    """Asserts that sound and picture end within one frame of each other."""
    streams = {stream["codec_type"]: stream for stream in probe_decoded(path)["streams"]}
    rate, _, per = streams["video"]["r_frame_rate"].partition("/")
    fps = int(rate) / int(per or 1)
    picture = int(streams["video"]["nb_read_frames"]) / fps
    assert abs(float(streams["audio"]["duration"]) - picture) <= 1 / fps
