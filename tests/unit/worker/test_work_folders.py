"""What a job writes to the disk is gone after it, and after a crash of its process when the service starts again."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lectern.worker import Service, Settings, make_work_folder, remove_abandoned_folders
from lectern.worker.service import clean_scratch
from lectern.worker.testing import memory_connections

CRASHING = """
import sys, time
from pathlib import Path
from lectern.worker import make_work_folder
with make_work_folder("composer", Path(sys.argv[1])) as folder:
    (folder / "scene.mp4").write_bytes(bytes(1000))
    print(folder, flush=True)
    time.sleep(60)
"""


def leave_folder(parent: Path) -> Path:
    """The folder of a process that was killed while it worked in it, which is still there."""
    folder = kill_at_work(parent)
    assert (folder / "scene.mp4").exists()
    return folder


def kill_at_work(parent: Path) -> Path:
    """Kills a process that works in a folder of its own, which is returned."""
    with subprocess.Popen([sys.executable, "-c", CRASHING, str(parent)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        process.send_signal(signal.SIGKILL)
    return folder


@pytest.mark.slow
def test_the_folder_of_a_killed_process_is_removed_and_that_of_a_working_one_stays(tmp_path: Path) -> None:
    left = leave_folder(tmp_path)
    with make_work_folder("composer", tmp_path) as own:
        (own / "sound.m4a").write_bytes(b"sound")
        assert remove_abandoned_folders(tmp_path) == 1
        assert (own / "sound.m4a").exists()
    assert not left.exists()
    assert not own.exists()


@pytest.mark.slow
async def test_a_service_removes_what_crashes_have_left_when_it_starts(tmp_path: Path) -> None:
    left = leave_folder(tmp_path)
    await clean_scratch(Settings(scratch=tmp_path))
    assert not left.exists()


async def test_a_service_removes_what_is_left_in_folders_of_its_own(tmp_path: Path) -> None:
    looks: list[int] = []

    def clean() -> int:
        looks.append(1)
        return 1

    await clean_scratch(Settings(scratch=tmp_path), clean)
    assert looks == [1]


def test_a_folder_that_its_job_has_removed_itself_is_no_failure(tmp_path: Path) -> None:
    with make_work_folder("voice", tmp_path) as folder:
        folder.rmdir()
    assert remove_abandoned_folders(tmp_path) == 0


def test_without_a_scratch_folder_the_systems_is_used() -> None:
    with make_work_folder("voice") as folder:
        assert folder.is_relative_to(tempfile.gettempdir())
        assert folder.stat().st_mode & 0o077 == 0, "nobody else may look into it"


@pytest.mark.slow
async def test_what_a_crash_leaves_while_a_service_runs_is_removed_without_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lectern.worker.service.CLEANING_SECONDS", 0.05)
    stop = asyncio.Event()
    service = Service(name="composer", connections=memory_connections(), settings=Settings(scratch=tmp_path), deps=None)
    serving = asyncio.create_task(service.serve(stop))
    try:
        left = await asyncio.to_thread(kill_at_work, tmp_path)
        async with asyncio.timeout(60):
            while left.exists():
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await serving
