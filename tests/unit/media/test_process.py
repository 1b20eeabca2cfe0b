"""Programs have a time limit and are killed with all their children."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from lectern.media.ffmpeg import run_ffmpeg
from lectern.media.process import ProcessFailed, run_process

SPAWNS_A_CHILD = (
    "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"
)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def _wait_for_end(pid: int) -> None:
    """Waits until a process has ended: a killed one may take a moment."""
    async with asyncio.timeout(10):
        while _alive(pid):
            await asyncio.sleep(0.01)


async def test_stdout_and_the_end_of_stderr_are_returned() -> None:
    out, tail = await run_process(
        [sys.executable, "-c", "import sys; print(sys.stdin.read()); sys.stderr.write('note')"], timeout=20, stdin=b"hi"
    )
    assert (out, tail) == (b"hi\n", "note")


async def test_an_error_includes_the_status_and_the_end_of_stderr() -> None:
    with pytest.raises(ProcessFailed, match=r"status 1: .*No such file or directory"):
        await run_ffmpeg(["-i", "/nowhere.mp4", "/dev/null"], timeout=20)


async def test_only_the_end_of_a_long_stderr_is_kept() -> None:
    _, tail = await run_process(
        [sys.executable, "-c", "import sys\nfor i in range(200_000): sys.stderr.write('%08d\\n' % i)"], timeout=20
    )
    assert len(tail) <= 8 * 1024
    assert tail.endswith("00199999\n")


@pytest.mark.slow
async def test_a_program_that_times_out_is_killed_with_its_children(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = SPAWNS_A_CHILD.replace("print(p.pid, flush=True)", f"open({str(pid_file)!r}, 'w').write(str(p.pid))")
    with pytest.raises(ProcessFailed, match="timed out"):
        await run_process([sys.executable, "-c", script], timeout=3.0)
    await _wait_for_end(int(pid_file.read_text()))


async def test_cancellation_kills_the_program_at_once(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    task = asyncio.create_task(run_process([sys.executable, "-c", script], timeout=60))
    while not (pid_file.exists() and pid_file.read_text()):
        await asyncio.sleep(0.01)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _wait_for_end(int(pid_file.read_text()))
    assert time.monotonic() - started < 5
