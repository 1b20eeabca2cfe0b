"""A machine that is busy with something else: videos take longer, and are none the worse for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_client import ApiClient

from lectern.cli.runner.stack import run_stack
from lectern.contracts import events as e
from lectern.worker import JetStreamEventLog, connect_nats

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

COMPUTING = """
# Computing {number}

## It computes

Number {number} takes a while to be worked out.

```manim
class Computing{number}(NarratedScene):
    def construct(self):
        import time
        while time.process_time() < {seconds}:
            np.sin(np.arange(1000))
        with self.beat():
            self.play(Create(Square()))
```
"""
GREEDY_PROCESSES = 9  # each in a session of its own, which the kernel gives as much as a scene (sched(7), autogroup)


def find_sandbox_processes() -> Iterator[int]:
    """Finds the sandbox's processes below this one: its supervisor and its zygotes, of which jobs are forks."""
    parents = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
    for pid in parents:
        ancestor = pid
        while ancestor in parents and ancestor != os.getpid():
            ancestor = parents[ancestor]
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if ancestor == os.getpid() and b"lectern.renderer.sandbox" in command:
                yield pid


@contextlib.contextmanager
def starve_scenes() -> Iterator[None]:
    """Leaves scenes one core, of which greedy processes take all but a tenth."""
    core = min(os.sched_getaffinity(0))
    for pid in find_sandbox_processes():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(pid, {core})
    code = f"import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    command = [sys.executable, "-I", "-S", "-c", code]
    greedy = [subprocess.Popen(command, start_new_session=True) for _ in range(GREEDY_PROCESSES)]
    try:
        yield
    finally:
        for process in greedy:
            process.kill()
            process.wait()


async def test_five_videos_at_once_on_a_starved_machine_are_finished_and_none_is_degraded(tmp_path: Path) -> None:
    async with run_stack(tmp_path / "home") as stack:
        client = ApiClient(stack.url, stack.nats_url, stack.nats_login)
        with starve_scenes():
            documents = [COMPUTING.format(number=number, seconds=3.0 if number == 0 else 0.2) for number in range(5)]
            videos = [await client.create_video(document) for document in documents]
            shown = await asyncio.gather(*(client.wait_for_outcome(video, seconds=300) for video in videos))
        await client.http.aclose()
        nats = await connect_nats(client.nats_url, "test", client.nats_login)
        log = await JetStreamEventLog(nats).read(videos[0])
        await nats.close()
    assert [video["status"] for video in shown] == ["completed"] * 5, shown
    scenes = [scene for video in shown for scene in video["scenes"]]
    assert not any(scene.get("degraded") for scene in scenes), scenes
    narrated, coded = [
        next(event.at for _, event in log if isinstance(event, kind)) for kind in (e.SceneNarrated, e.SceneCoded)
    ]
    waited = (coded - narrated).total_seconds()
    assert waited > 20, f"three seconds of computing took {waited:.0f} s: the machine was not starved"
