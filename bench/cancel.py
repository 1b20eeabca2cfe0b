"""How soon nothing is worked on any more after a cancellation: `python bench/cancel.py [--rounds 3] [--delete]`.

Every service runs in a process of its own. At each stage a video is cancelled (or deleted) over HTTP while its stage is
at work, and it is timed from the request until no process of that work is left: forks in the sandbox, children of the
other services, and jobs that workers show as running. Machines that are busy with something else take longer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import msgspec
from recording import record_figures

from lectern.cli.runner.child import Child
from lectern.cli.runner.stack import Stack, run_stack
from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.worker import JetStreamEventLog, configure_logs, connect_nats

_LOOK = 0.02  # seconds between two looks
_PATIENCE = 240.0
COMPUTING = """
# Computing

## It computes {salt}

This takes a while to be worked out.

```manim
class Computing(NarratedScene):
    def construct(self):
        import time
        {work}
        with self.beat():
            self.play(Rotate(VGroup(*[Star(n=9, outer_radius=r) for r in np.linspace(0.4, 3, 60)]), TAU), run_time=9)
```
"""
CHECKING = (
    "until = time.process_time() + 20\n        while time.process_time() < until:\n            np.sin(np.arange(1000))"
)
SCENES = "\n".join(
    f"## Part {n}\n\nThis is part {n} of {{salt}}, and it is about the number {n}.\n" for n in range(1, 9)
)


class Case(msgspec.Struct, frozen=True):
    """A stage: the lesson that is cancelled in it, its service, and from when on its work is meant."""

    stage: str
    service: str
    lesson: str
    begun: Callable[[VideoLog], bool]
    options: dict[str, object] = {}


def _has(kind: type[e.Event], scenes: int = 1) -> Callable[[VideoLog], bool]:
    return lambda log: sum(isinstance(event, kind) for event in log.events) >= scenes


CASES = (
    Case("scripting", "scripter", "# {salt}\n\n" + "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 15_000, lambda log: True),
    Case("voicing", "voice", "# Long {salt}\n\n" + SCENES, _has(e.ScenePlanned)),
    Case("coding", "renderer", COMPUTING.replace("{work}", CHECKING), _has(e.SceneNarrated)),
    Case("rendering", "renderer", COMPUTING.replace("{work}", "pass"), _has(e.SceneCoded), {"quality": "high"}),
    Case("composing", "composer", "# Long {salt}\n\n" + SCENES, _has(e.SceneRendered, 8), {"burn_captions": True}),
)


def list_work(stack: Stack, service: str) -> set[int]:
    """The processes below a service's, but for those of the sandbox that are always there."""
    parents: dict[int, int] = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                parents[int(entry)] = int(fields[1])
    tree = [member.pid for member in stack.find_members(service) if isinstance(member, Child) and member.pid]
    roots = set(tree)
    for each in tree:
        tree += [child for child, parent in parents.items() if parent == each]
    return {pid for pid in tree if pid not in roots and not _is_sandbox(pid)}


def _is_sandbox(pid: int) -> bool:
    """True for the supervisor and the zygotes; a job is a zygote's fork that leads a session of its own."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        session = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3])
    except OSError:
        return True
    return b"lectern.renderer.sandbox" in command and not (b".zygote" in command and session == pid)


async def time_end(stack: Stack, log: JetStreamEventLog, http: httpx.AsyncClient, case: Case, *, delete: bool) -> float:
    """Seconds from the request until the work of one video is gone."""
    lesson = case.lesson.replace("{salt}", f"{time.time_ns()}")
    body = {"document": {"markdown": lesson}, "options": {"quality": "draft", **case.options}}
    video = (await http.post("/v1/videos", json=body)).raise_for_status().json()["id"]
    async with asyncio.timeout(_PATIENCE):
        while not (case.begun(await log.read(video)) and list_work(stack, case.service)):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)  # processes tell nobody that they are there
        began = time.perf_counter()
        ending = http.delete(f"/v1/videos/{video}") if delete else http.post(f"/v1/videos/{video}/cancel")
        (await ending).raise_for_status()
        while list_work(stack, case.service):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)
    return time.perf_counter() - began


async def measure(home: Path, rounds: int, cases: Sequence[Case], *, delete: bool) -> list[dict[str, object]]:
    """Prints the latency at each stage, and returns it."""
    rows = []
    async with run_stack(home, separate=True, renderers=1) as stack:
        nats = await connect_nats(stack.nats_url, "bench", stack.nats_login)
        log = JetStreamEventLog(nats)
        async with httpx.AsyncClient(base_url=stack.url, timeout=60, trust_env=False) as http:
            for case in cases:
                times = []
                for _ in range(rounds):
                    try:
                        times.append(await time_end(stack, log, http, case, delete=delete))
                    except TimeoutError:
                        print(f"{case.stage}: not seen at work, or not ended, within {_PATIENCE:.0f} s")
                if times:
                    print(
                        f"{case.stage:<10} median {statistics.median(times):.2f} s, longest {max(times):.2f} s"
                        f" of {len(times)}: {' '.join(f'{each:.2f}' for each in times)}; load {os.getloadavg()[0]:.0f}",
                        flush=True,
                    )
                    rows.append({"stage": case.stage, "median": statistics.median(times), "longest": max(times)})
        await nats.close()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delete", action="store_true")
    parser.add_argument("--stages", nargs="*", default=[case.stage for case in CASES])
    parser.add_argument("--record", action="store_true", help="write bench/measured/cancel.json, or delete.json")
    options = parser.parse_args()
    cases = [case for case in CASES if case.stage in options.stages]
    configure_logs("json", "ERROR")
    with tempfile.TemporaryDirectory(prefix="lectern-cancel-") as folder:
        rows = asyncio.run(measure(Path(folder) / "home", options.rounds, cases, delete=options.delete))
    if options.record:
        record_figures("delete" if options.delete else "cancel", rows)


if __name__ == "__main__":
    sys.exit(main())
